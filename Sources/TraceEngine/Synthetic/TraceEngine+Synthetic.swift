internal import Bytes
internal import Locking
internal import SystemPackage

extension TraceEngine {
    /// The system in which synthetic events are.
    public static var syntheticSystem: String { "synthetic" }

    /// The definitions as `synthetic_events` shows them, in the order in which they came: `lat\tu64 ns; pid_t pid`.
    public var syntheticEvents: [String] { context.synthetic.all.map(\.definition.text) }

    /// Whether there is a synthetic event of a name.
    public func hasSyntheticEvent(named name: String) -> Bool { context.synthetic.event(named: name) != nil }

    /// Takes one line of `synthetic_events`: `NAME TYPE FIELD[; TYPE FIELD …]` defines, `!NAME` removes.
    ///
    /// - Returns: the event that was defined, where one was.
    /// - Throws: EINVAL for what is no definition, EEXIST for a name that is taken, E2BIG where a record would not fit
    ///   a sub-buffer, ENFILE beyond the limit on events; ENOENT and EBUSY for a removal. What is wrong with a
    ///   definition is in the error log of the top instance.
    @discardableResult
    public func changeSyntheticEvents(_ line: Span<UInt8>) throws(FilterRefusal) -> TraceEvent? {
        let line = line.untilNUL.withoutSpaceAtStart
        if line.isEmpty { return nil }
        guard let text = String(exactly: line) else { throw FilterRefusal(.invalidArgument, "a definition is UTF-8") }
        guard text.hasPrefix("!") else { return try defineSyntheticEvent(text, isDynamic: false) }
        try removeSyntheticEvent(named: String(text.dropFirst().prefix { $0 != " " && $0 != "\t" }))
        return nil
    }

    /// Takes one line of `dynamic_events` that begins with `s:`.
    ///
    /// - Returns: the event.
    /// - Throws: as ``changeSyntheticEvents(_:)``.
    @discardableResult
    public func defineDynamicSyntheticEvent(_ line: Span<UInt8>) throws(FilterRefusal) -> TraceEvent {
        guard let text = String(exactly: line.untilNUL) else {
            throw FilterRefusal(.invalidArgument, "a definition is UTF-8")
        }
        return try defineSyntheticEvent(text, isDynamic: true)
    }

    private func defineSyntheticEvent(_ text: String, isDynamic: Bool) throws(FilterRefusal) -> TraceEvent {
        func refusal(_ problem: SyntheticDefinition.Problem, _ errno: Errno) -> FilterRefusal {
            top.log(
                ErrorLog.Entry(
                    timestamp: context.clock.now(), place: "synthetic_events", message: problem.kind.rawValue,
                    command: Array(text.utf8), position: problem.position))
            return FilterRefusal(errno, "at byte \(problem.position): \(problem.kind.rawValue)")
        }
        let definition: SyntheticDefinition
        do throws(SyntheticDefinition.Problem) {
            definition = try SyntheticDefinition(text, isDynamic: isDynamic)
        } catch {
            throw refusal(error, .invalidArgument)
        }
        guard definition.fixedSize <= TraceInstance.payloadMax else {
            throw FilterRefusal(.argListTooLong, "a record has at most \(TraceInstance.payloadMax) bytes")
        }
        var format = ByteBuffer()
        definition.append(format: 0, to: &format)
        let bytes = format.array
        do throws(Errno) {
            return try context.synthetic.changes.withLock { _ throws(Errno) in
                let event = try catalogue.add(
                    system: Self.syntheticSystem, name: definition.name, format: .own(bytes), origin: .dynamic)
                context.synthetic.append(SyntheticEvent(definition, event))
                return event
            }
        } catch {
            guard error == .fileExists else { throw FilterRefusal(error) }
            let position = SyntheticDefinition.position(of: definition.name, in: text)
            throw refusal(.init(kind: .exists, position: position), error)
        }
    }

    /// Removes a synthetic event.
    ///
    /// - Throws: ENOENT where there is none, EBUSY where it is enabled or a histogram uses it.
    public func removeSyntheticEvent(named name: String) throws(FilterRefusal) {
        defer { endings.tell() }
        do throws(Errno) {
            try context.synthetic.changes.withLock { _ throws(Errno) in
                guard let event = context.synthetic.event(named: name) else { throw .noSuchFileOrDirectory }
                try remove(event)
            }
        } catch {
            throw FilterRefusal(error, error == .resourceBusy ? "\(name) is in use" : "there is no such event")
        }
    }

    /// Removes them all, or none.
    ///
    /// - Throws: EBUSY where one is enabled, or a histogram uses it.
    public func removeSyntheticEvents() throws(FilterRefusal) {
        defer { endings.tell() }
        do throws(Errno) {
            try context.synthetic.changes.withLock { _ throws(Errno) in
                let all = context.synthetic.all
                guard all.allSatisfy({ !$0.event.isWanted && !$0.isUsed }) else { throw .resourceBusy }
                for event in all { try remove(event) }
            }
        } catch {
            throw FilterRefusal(error, "a synthetic event is in use")
        }
    }

    /// Removes one. Under the lock of changes.
    func remove(_ synthetic: SyntheticEvent) throws(Errno) {
        guard synthetic.close() else { throw .resourceBusy }
        do throws(Errno) { try drop(synthetic.event) } catch {
            synthetic.reopen()
            throw error
        }
        context.synthetic.remove(synthetic)
    }
}
