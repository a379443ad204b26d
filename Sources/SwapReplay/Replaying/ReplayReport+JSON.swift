public import Bytes

extension ReplayReport {
    /// Appends the report as one object of JSON, without a newline. Times are nanoseconds, sizes bytes.
    ///
    /// ```
    /// {"recording":{"pool":"swap",…,"operations":1000,"lost":0},
    ///  "operations":{"put":{"count":600,"mean_ns":11400.5,"p50_ns":…,"p90_ns":…,"p99_ns":…,"p999_ns":…,"max_ns":…},…},
    ///  "lengths":{"bucket_bytes":256,"same":3,"huge":1,"buckets":[…]},
    ///  "models":[{"allocator":"stacks","policy":"clock","mem_limit":null,"held_bytes":…,…,"samples":[{"operations":…},…]}]}
    /// ```
    ///
    /// - Parameters:
    ///   - out: where it goes.
    ///   - isComplete: whether the recording had an end.
    public func append(jsonTo out: inout ByteBuffer, isComplete: Bool) {
        out.append("{\"recording\":{\"pool\":")
        out.append(jsonString: header?.pool ?? "")
        out.append(",\"clock\":")
        out.append(jsonString: header?.clock ?? "")
        out.append(",\"started_unix_ns\":")
        out.append(decimal: header?.startedUnixNanoseconds ?? 0)
        out.append(isComplete ? ",\"complete\":true" : ",\"complete\":false")
        out.member("operations", traffic.operationCount)
        out.member("duration_ns", traffic.times.map { $0.upperBound - $0.lowerBound } ?? 0)
        out.member("gaps", traffic.gapCount)
        out.member("lost", traffic.lostCount)
        out.member("pages", traffic.pagesEver)
        out.member("pages_stored", traffic.pagesStored)
        out.member("pages_found", traffic.pagesFound)
        out.append("},\"operations\":{")
        for (index, kind) in TrafficOperation.Kind.allCases.enumerated() {
            if index > 0 { out.append(0x2C) }
            out.append(jsonString: kind.name)
            out.append(0x3A)
            append(durationsOf: kind, to: &out)
        }
        out.append("},\"lengths\":{\"bucket_bytes\":")
        out.append(decimal: TrafficSummary.bucketBytes)
        out.member("same", traffic.samePuts)
        out.member("huge", traffic.hugePuts)
        out.append(",\"buckets\":[")
        for (index, count) in traffic.lengths.enumerated() {
            if index > 0 { out.append(0x2C) }
            out.append(decimal: count)
        }
        out.append("]},\"models\":[")
        for (index, outcome) in outcomes.enumerated() {
            if index > 0 { out.append(0x2C) }
            outcome.append(jsonTo: &out)
        }
        out.append("]}")
    }

    private func append(durationsOf kind: TrafficOperation.Kind, to out: inout ByteBuffer) {
        let durations = traffic.durations(of: kind)
        out.append("{\"count\":")
        out.append(decimal: durations.count)
        out.append(",\"mean_ns\":")
        let tenths = UInt64((durations.mean * 10).rounded())
        out.append(decimal: tenths / 10)
        out.append(0x2E)
        out.append(decimal: tenths % 10)
        out.member("p50_ns", durations.percentile(0.5))
        out.member("p90_ns", durations.percentile(0.9))
        out.member("p99_ns", durations.percentile(0.99))
        out.member("p999_ns", durations.percentile(0.999))
        out.member("max_ns", durations.max)
        out.append(0x7D)
    }
}

extension ReplayOutcome {
    fileprivate func append(jsonTo out: inout ByteBuffer) {
        out.append("{\"allocator\":")
        out.append(jsonString: allocator.rawValue)
        out.append(",\"policy\":")
        out.append(jsonString: policy.rawValue)
        out.append(",\"mem_limit\":")
        if let memLimitBytes { out.append(decimal: memLimitBytes) } else { out.append("null") }
        out.member("held_bytes", heldBytes)
        out.member("ideal_bytes", idealBytes)
        out.member("held_bytes_max", heldBytesMax)
        out.member("ideal_bytes_at_max", idealBytesAtMax)
        out.member("hits", hits)
        out.member("misses", misses)
        out.member("spills", spills)
        out.member("disk_reads", diskReads)
        out.member("disk_read_bytes", diskReadBytes)
        out.member("disk_writes", diskWrites)
        out.member("disk_write_bytes", diskWriteBytes)
        out.member("disk_bytes", diskBytes)
        out.member("disk_bytes_max", diskBytesMax)
        out.append(",\"samples\":[")
        for (index, sample) in samples.enumerated() {
            out.append(index == 0 ? "{\"operations\":" : ",{\"operations\":")
            out.append(decimal: sample.operations)
            out.member("time_ns", sample.time)
            out.member("held_bytes", sample.heldBytes)
            out.member("ideal_bytes", sample.idealBytes)
            out.member("disk_bytes", sample.diskBytes)
            out.append(0x7D)
        }
        out.append("]}")
    }
}

extension ByteBuffer {
    /// Appends a further member of an object.
    fileprivate mutating func member(_ name: String, _ value: some BinaryInteger) {
        append(0x2C)
        append(jsonString: name)
        append(0x3A)
        append(decimal: value)
    }
}
