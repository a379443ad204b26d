import Bytes
import TraceEngine
import TraceOutput

extension Target {
    /// A filter, up to the first NUL, and behind it the fields of a record that it is asked about.
    static let filter = Target(name: "filter") { bytes in
        let ground = TraceGround.shared
        let (text, fields) = bytes.halves
        guard let filter = try? Filter(parsing: text, format: ground.format, cpus: 2) else { return }
        let record = ground.record(fields)
        // Cut anywhere it says something, and the same each time.
        for end in [0, 8, record.count / 2, record.count] {
            let cut = record.span.extracting(0..<min(end, record.count))
            let first = filter.matches(cut, cpu: 1, comm: "fuzz")
            precondition(first == filter.matches(cut, cpu: 1, comm: "fuzz"), "a filter changes its mind")
        }
    }

    /// Lines of `trigger`, histograms among them, and records that pull them, up to the first NUL, and behind it the
    /// fields of the records. Whatever they say, the end of their instance takes all with it.
    static let trigger = Target(name: "trigger") { bytes in
        let ground = TraceGround.shared
        let (text, fields) = bytes.halves
        // There from the first input on.
        _ = try? ground.engine.changeSyntheticEvents("lat u64 lat; s32 delta".utf8Span.span)
        let before = (ground.engine.mappedBytes, ground.event.enabledCount, ground.other.enabledCount)
        guard let instance = try? ground.engine.createInstance(name: "pulled"),
            (try? instance.setBufferKilobytes(8)) != nil
        else { preconditionFailure("no instance") }
        var start = 0
        while start < text.count {
            let end = text.indices[start...].first { text[$0] == 0x0A } ?? text.count
            try? instance.addTrigger(text.extracting(start..<end), of: ground.event)
            start = end + 1
        }
        let record = ground.record(fields)
        for round in 0..<4 {
            instance.tracingOn = true
            let event = round % 2 == 0 ? ground.event : ground.other
            _ = try? instance.write(event: event, payload: record.span, lane: round / 2, task: ground.task)
        }
        instance.checkInvariants()
        var shown = ByteBuffer()
        instance.appendTriggers(of: ground.event, to: &shown)
        instance.appendHistograms(of: ground.event, to: &shown)
        for report in instance.histograms(of: ground.event) { precondition(report.entries.count <= 4) }
        if instance.hasTriggers(ground.event) { precondition(shown.count > 0, "a trigger that is not shown") }
        try? ground.engine.removeInstance(instance)
        let after = (ground.engine.mappedBytes, ground.event.enabledCount, ground.other.enabledCount)
        precondition(before == after, "something stays of a removed instance: \(before) \(after)")
    }

    /// A line of `synthetic_events`; what is defined goes again by its name.
    static let synthetic = Target(name: "synthetic") { bytes in
        let ground = TraceGround.shared
        let before = ground.engine.catalogue.snapshot.systems.flatMap(\.events).count
        _ = try? ground.engine.changeSyntheticEvents(bytes)
        ground.engine.catalogue.checkInvariants()
        _ = try? ground.engine.removeSyntheticEvents()
        precondition(ground.engine.catalogue.snapshot.systems.flatMap(\.events).count == before, "it stays")
    }

    /// The text of a `format`, up to the first NUL, and behind it a record of it, shown in each way.
    static let format = Target(name: "format") { bytes in
        let (text, record) = bytes.halves
        guard let format = try? EventFormat(parsing: text) else { return }
        let event = TraceEventDescription(system: "fuzz", name: "event", format: format)
        let header = TraceRecordHeader(timestamp: 5, cpu: 0)
        var out = ByteBuffer()
        FtraceText().append(record, of: event, header: header, comm: "fuzz", to: &out)
        var options = FtraceText.Options()
        options.fields = true
        FtraceText(options: options).append(record, of: event, header: header, comm: "fuzz", to: &out)
        out.removeAll()
        JSONEvents().append(record, of: event, header: header, comm: "fuzz", to: &out)
        precondition((try? JSONReader.document(out.span)) != nil, "what it shows is no JSON")
    }

    /// A definition of a user event. What is taken has a format that can be read, and can be defined again by what
    /// `dynamic_events` shows.
    static let userEvent = Target(name: "user-event") { bytes in
        guard let definition = try? UserEventDefinition(parsing: bytes) else { return }
        guard let again = try? UserEventDefinition(parsing: definition.text.utf8Span.span) else {
            preconditionFailure("what it shows is no definition: \(definition.text)")
        }
        precondition(again.text == definition.text, "what it shows is another: \(definition.text)")
        precondition((try? definition.format(id: 1)) != nil, "no format")
    }

    /// The NDJSON of `user_events_data`.
    static let lines = Target(name: "lines") { bytes in
        let ground = TraceGround.shared
        try? ground.engine.post(lines: bytes, by: ground.task, lane: 0)
        ground.instance.checkInvariants()
    }

    /// The packed records of `user_events_data`.
    static let packed = Target(name: "packed") { bytes in
        let ground = TraceGround.shared
        try? ground.engine.post(packed: bytes, by: ground.task, lane: 1)
        ground.instance.checkInvariants()
    }

    /// A catalogue file.
    static let catalogue = Target(name: "catalogue") { bytes in
        let catalogue = CatalogueText([UInt8](copying: bytes))
        for entry in catalogue.entries { _ = try? catalogue.format(of: entry) }
    }

    /// A JSON document: what is read can be written, and read again as the same.
    static let json = Target(name: "json") { bytes in
        guard let document = try? JSONReader.document(bytes) else { return }
        var out = ByteBuffer()
        out.append(json: document)
        guard let again = try? JSONReader.document(out.span) else { preconditionFailure("what it writes is no JSON") }
        precondition(again == document, "it reads another document than it wrote")
    }
}
