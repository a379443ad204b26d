internal import Bytes
internal import SystemPackage

extension EventFormat {
    /// Makes a record of the text that the file `inject` takes: `prev_pid=12 prev_comm="bash" prev_state=0x1`.
    ///
    /// As the kernel's `trace_events_inject.c`: numbers in C's notation, cut to the field's width without a word; text
    /// in
    /// `'…'` or `"…"`, where a backslash only keeps the quote behind it from ending the text and stays in it; text too
    /// long for `char[N]` is cut to N-1 bytes. A `char *` cannot be injected and stays null.
    ///
    /// - Parameters:
    ///   - text: what was written; white space around it does not matter, and nothing at all is an event of zeroes.
    ///   - common: the record's first eight bytes; `common_pid=…` in the text overrides them.
    /// - Returns: the record's bytes.
    /// - Throws: ``RecordError`` with the byte's offset: EINVAL, ENOENT for a field the event has not, ERANGE for a
    ///   number of more than 64 bits.
    public func encode(injected text: Span<UInt8>, common: RecordCommon) throws(RecordError) -> [UInt8] {
        if text.count >= InjectScanner.lengthMax {
            throw RecordError(field: nil, reason: "a page or more of text", errno: .invalidArgument)
        }
        // The kernel keeps one zero byte behind the fixed part: text that is not given points there.
        var record = RecordBuilder(fixedSize: fixedSize + 1, common: common)
        for field in fields {
            if case .dynamic(_, isText: true, let relative) = field.shape {
                let place = relative ? fixedSize - field.offset - 4 : fixedSize
                record.set(UInt64(place), at: field.offset, size: 4)
            }
        }
        var scanner = InjectScanner(text)
        while let name = try scanner.name() {
            let place = scanner.offset
            guard let field = self.field(named: name) else {
                throw RecordError(
                    field: name, offset: place, reason: "the event has no such field", errno: .noSuchFileOrDirectory)
            }
            try inject(try scanner.value(of: field), into: field, of: &record, at: place)
        }
        return record.finished()
    }

    private func inject(
        _ value: InjectScanner.Value, into field: EventField, of record: inout RecordBuilder, at place: Int
    ) throws(RecordError) {
        switch (value, field.shape) {
        case (.number(let bits), _):
            guard [1, 2, 4, 8].contains(field.size) else {
                throw RecordError(
                    field: field.name, offset: place, reason: "cannot be injected", errno: .invalidArgument)
            }
            record.set(bits, at: field.offset, size: field.size)
        case (.text(let bytes), .text):
            record.set(bytes.span.clipped(0, max(field.size - 1, 0)), at: field.offset)
        case (.text(let bytes), .dynamic(_, _, let relative)):
            _ = record.append(dynamic: field, bytes.span, isText: true, relative: relative)
        case (.text, _): break
        }
    }
}

extension EventField {
    /// Whether the kernel takes it for a string: `char` in brackets, `__data_loc char`, or a pointer to `char`.
    var isText: Bool {
        switch shape {
        case .text: true
        case .dynamic(_, let isText, _): isText
        default: type == "char *" || type == "const char *"
        }
    }
}
