public import Bytes

extension HistogramReading {
    /// Appends what the file `hist` shows of it, below its head: entries and totals.
    func append(to out: inout ByteBuffer) {
        for row in order { append(entry: row, to: &out) }
        for action in definition.actions {
            if let cause = action.snapshot?.last { append(action, cause, to: &out) }
        }
        out.append("\nTotals:\n    Hits: ")
        out.append(decimal: hits)
        out.append("\n    Entries: ")
        out.append(decimal: order.count)
        out.append("\n    Dropped: ")
        out.append(decimal: drops)
        out.append(0x0A)
    }

    private func append(entry row: Int, to out: inout ByteBuffer) {
        append(keysOf: row, to: &out)
        if !definition.hidesHitcount {
            out.append(" hitcount: ")
            out.append(decimal: sum(0, of: row), width: 10)
        }
        for (index, value) in definition.sums.enumerated().dropFirst() where !value.flags.contains(.expression) {
            out.append(0x20)
            append(value, index, of: row, to: &out)
        }
        for action in definition.actions where action.kind != .snapshot { append(action, of: row, to: &out) }
        out.append(0x0A)
    }

    // MARK: keys

    private func append(keysOf row: Int, to out: inout ByteBuffer) {
        out.append("{ ")
        var hasLines = false
        for (index, key) in definition.keys.enumerated() {
            if index > 0 { out.append(", ") }
            if key.flags.contains(.stack) {
                // No stack has an address in it.
                out.append("common_stacktrace:\n")
                hasLines = true
                continue
            }
            out.append(key.title)
            out.append(": ")
            append(key, of: row, to: &out)
        }
        out.append(hasLines ? "}" as StaticString : " }")
    }

    private func append(_ key: HistogramField, of row: Int, to out: inout ByteBuffer) {
        let value = self.key(key, of: row)
        let flags = key.flags
        if flags.contains(.hex) {
            out.append(hexadecimal: value)
        } else if !flags.isDisjoint(with: [.symbol, .symbolOffset]) {
            // There are no symbols: the address once more, as the kernel shows what it does not know.
            out.append("[")
            out.append(hexadecimal: value)
            out.append("] ")
            var address = ByteBuffer()
            address.append("0x")
            address.append(hexadecimal: value)
            append(address.span, width: flags.contains(.symbol) ? 45 : 55, to: &out)
        } else if flags.contains(.execname) {
            append(comm(of: row).span, width: 16, to: &out)
            append(bracketed: value, width: 10, to: &out)
        } else if flags.contains(.syscall) {
            append("unknown_syscall".utf8Span.span, width: 30, to: &out)
            append(bracketed: value, width: 3, to: &out)
        } else if flags.contains(.log2) {
            out.append("~ 2^")
            append(padded: value, width: 2, to: &out)
        } else if flags.contains(.buckets) {
            out.append("~ ")
            out.append(decimal: value)
            out.append(0x2D)
            out.append(decimal: value &+ key.bucketSize &- 1)
        } else if flags.contains(.text) {
            append(text(key, of: row).span, width: 50, to: &out)
        } else {
            out.append(decimal: value, width: 10)
        }
    }

    private func append(bracketed value: UInt64, width: Int, to out: inout ByteBuffer) {
        out.append("[")
        out.append(decimal: value, width: width)
        out.append("]")
    }

    private func append(padded value: UInt64, width: Int, to out: inout ByteBuffer) {
        let start = out.count
        out.append(decimal: value)
        out.append(repeating: 0x20, count: width - (out.count - start))
    }

    private func append(_ text: Span<UInt8>, width: Int, to out: inout ByteBuffer) {
        out.append(text)
        out.append(repeating: 0x20, count: width - text.count)
    }

    // MARK: values

    private func append(_ value: HistogramField, _ index: Int, of row: Int, to out: inout ByteBuffer) {
        let number = sum(index, of: row)
        out.append(0x20)
        out.append(value.title)
        if value.flags.contains(.percent) {
            guard let hundredths = Self.hundredths(of: number, in: totals[index]) else {
                return out.append(" (%):[ERROR]")
            }
            out.append(" (%): ")
            out.append(decimal: hundredths / 100, width: 3)
            out.append(0x2E)
            out.append(decimal: hundredths % 100, width: 2, padding: 0x30)
        } else if value.flags.contains(.graph) {
            out.append(": ")
            guard let hundredths = Self.hundredths(of: number, in: maxima[index]) else {
                out.append(repeating: 0x20, count: 13)
                return out.append("[ERROR]")
            }
            let length = min(Int(hundredths) * 20 / 10_000, 20)
            out.append(repeating: 0x23, count: length)
            out.append(repeating: 0x20, count: 20 - length)
        } else if value.flags.contains(.hex) {
            var digits = ByteBuffer()
            digits.append(hexadecimal: number)
            out.append(": ")
            out.append(repeating: 0x20, count: 10 - digits.count)
            out.append(digits.span)
        } else {
            out.append(": ")
            out.append(decimal: number, width: 10)
        }
    }

    /// A part in hundredths of a percent; nil for something of nothing.
    static func hundredths(of part: UInt64, in whole: UInt64) -> UInt64? {
        if whole == 0 { return part == 0 ? 0 : nil }
        if part < .max / 10_000 { return part * 10_000 / whole }
        return whole / 10_000 == 0 ? nil : part / (whole / 10_000)
    }

    // MARK: actions

    /// What led to the last snapshot.
    private func append(_ action: HistogramAction, _ cause: HistogramSnapshot.Cause, to out: inout ByteBuffer) {
        out.append("\nSnapshot taken (see tracing/snapshot).  Details:\n\ttriggering value { ")
        switch action.handler {
        case .onMatch(let system, let event): out.append("onmatch(\(system).\(event))")
        case .onMax(let variable): out.append("onmax(\(variable))")
        case .onChange(let variable): out.append("onchange(\(variable))")
        }
        out.append(" }: ")
        out.append(decimal: cause.value, width: 10)
        out.append("\ttriggered by event with key: ")
        HistogramReading(cause.row, of: self).append(keysOf: 0, to: &out)
        out.append(0x0A)
    }

    private func append(_ action: HistogramAction, of row: Int, to out: inout ByteBuffer) {
        guard let slot = action.tracked?.slot else { return }
        if case .onMax = action.handler { out.append("\n\tmax: ") } else { out.append("\n\tchanged: ") }
        out.append(decimal: rows[row + layout.variables + slot], width: 10)
        for (variable, source, _) in definition.saved {
            out.append("  ")
            out.append(variable.variable ?? "")
            out.append(": ")
            if source?.flags.contains(.text) == true {
                append(text(ofVariable: variable, of: row).span, width: 32, to: &out)
            } else {
                out.append(decimal: self.variable(variable, of: row), width: 10)
            }
        }
    }
}

extension TraceInstance {
    /// Appends what the file `hist` of an event shows: each of its histograms, as in Linux; nothing where there is none.
    public func appendHistograms(of event: TraceEvent, to out: inout ByteBuffer) {
        context.outside.deliver()
        for (index, trigger) in histogramTriggers(of: event).enumerated() {
            if index > 0 { out.append("\n\n") }
            out.append("# event histogram\n#\n# trigger info: ")
            trigger.append(to: &out)
            out.append("\n#\n\n")
            HistogramReading(trigger.histogram).append(to: &out)
        }
    }

    /// The histogram triggers of an event, in order.
    func histogramTriggers(of event: TraceEvent) -> [HistogramTrigger] {
        peek { ($0?.triggers[event.id] ?? []).compactMap(\.histogram) }
    }
}
