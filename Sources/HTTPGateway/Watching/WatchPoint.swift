internal import Bytes
internal import Locking
internal import PseudoFS
internal import Synchronization
internal import SystemPackage

/// One thing that is watched, in one form: it is looked at once for all who watch it.
///
/// A look renders what is to be seen, and calls the streams where that is something else. Looks have numbers, drawn before
/// they begin: one that ends after a later one is dropped, for a change between the two has another look follow.
final class WatchPoint: Lookout {
    private struct State: Sendable {
        var latest: Sight?
        /// The number of the look that found it.
        var number: UInt64 = 0
        /// Who is called; each knows its index.
        var streams: [WatchStream] = []
        /// What was told last of a directory to who was up to date.
        var changes: (from: Sight, to: Sight, event: [UInt8])?
    }

    /// What is watched.
    let node: Node
    private let namespace: Namespace
    private let look: Look
    private let int64AsString: Bool
    private let entryCountMax: Int
    private let readiness: (any Readiness)?
    private let value: (any ValueWatch)?
    private let ticket = Locked<Watchers.Ticket?>(nil)
    private let lookCount = Atomic<UInt64>(0)
    /// A leaf; nothing is called under it.
    private let state = Locked(State())

    /// Begins to look out.
    ///
    /// - Throws: ENODEV where what the node stands for has been removed; what the file itself reports.
    init(
        _ node: Node, in namespace: Namespace, as look: Look, int64AsString: Bool, entryCountMax: Int
    ) throws(Failure) {
        self.node = node
        self.look = look
        self.namespace = namespace
        self.int64AsString = int64AsString
        self.entryCountMax = entryCountMax
        readiness = try node.openReadiness()
        do throws(Failure) {
            value = try node.openValueWatch()
        } catch {
            readiness?.close()
            throw error
        }
        let own = namespace.watch(node, by: self)
        ticket.withLock { $0 = own }
        value?.onChange { [weak self] in self?.mark() }
        // Only a look that the watchers ask for arms what tells by itself: those come one at a time.
        if value != nil || readiness != nil { mark() }
    }

    /// Stops; nobody is left who watches.
    func close() {
        let own = ticket.withLock { ticket in
            defer { ticket = nil }
            return ticket
        }
        if let own { namespace.watchers.remove(own) }
        readiness?.close()
        value?.close()
    }

    private func mark() { if let own = ticket.withLock({ $0 }) { namespace.watchers.mark(own) } }

    // MARK: looking

    func lookAgain() {
        guard ticket.withLock({ $0 != nil }) else { return }
        value?.arm()
        readiness?.wait { [weak self] in self?.mark() }
        observe()
    }

    /// Looks, and calls the streams where there is something else to be seen.
    private func observe() {
        let number = lookCount.add(1, ordering: .sequentiallyConsistent).newValue
        guard let sight = sight() else { return }
        let called = state.withLock { state -> [WatchStream] in
            guard number > state.number else { return [] }
            state.number = number
            if sight.fingerprint == state.latest?.fingerprint { return [] }
            state.latest = sight
            return state.streams
        }
        for stream in called { stream.call() }
    }

    /// What is to be seen now; nil where the file does not say.
    private func sight() -> Sight? {
        if node.isGone || readiness?.isOver == true { return Sight(.nothing) }
        do throws(Failure) {
            if node.declaration.isDirectory {
                let entries = try EntryList(try node.entries(look), countMax: entryCountMax)
                // What went while it was read has fewer entries than it had.
                return node.isGone ? Sight(.nothing) : Sight(.entries(entries))
            }
            return Sight(.value(try event().array))
        } catch {
            if node.isGone { return Sight(.nothing) }
            return error.errno == .fileTooLarge && node.declaration.isDirectory ? Sight(.tooLarge(problem(error))) : nil
        }
    }

    /// What a file shows now, in one line.
    private func event() throws(Failure) -> ByteBuffer {
        var out = ByteBuffer()
        out.append("data: ")
        out.appendObject(of: node)
        out.append(",\"value\":")
        if let readiness {
            out.append(readiness.isReady ? "true" : "false")
        } else {
            try node.watched().appendJSON(to: &out, int64AsString: int64AsString)
        }
        out.append("}\n\n")
        return out
    }

    /// The event that a stream ends with where its directory has become too large.
    private func problem(_ failure: Failure) -> [UInt8] {
        var out = ByteBuffer()
        var target = ByteBuffer()
        let path = node.path
        target.append(percentEncoded: path.span, keepsSlash: true)
        out.append("event: problem\ndata: ")
        Problem(failure: failure, status: failure.status).appendJSON(to: &out, target: target.span)
        out.append("\n")
        return out.array
    }

    // MARK: those who watch

    /// Takes a stream in, and looks for it: from now on it is called.
    ///
    /// - Throws: EFBIG for a directory of more entries than can be watched; it was not taken in then.
    func join(_ stream: WatchStream) throws(Failure) {
        state.withLock { state in
            stream.index = state.streams.count
            state.streams.append(stream)
        }
        observe()
        if case .tooLarge = latest?.view {
            leave(stream)
            throw Failure(.fileTooLarge, "a directory of more than \(entryCountMax) entries is not watched")
        }
    }

    /// Lets a stream go; in as many steps however many there are.
    func leave(_ stream: WatchStream) {
        state.withLock { state in
            guard stream.index >= 0 else { return }
            let last = state.streams.removeLast()
            if last !== stream {
                state.streams[stream.index] = last
                last.index = stream.index
            }
            stream.index = -1
        }
    }

    /// What was seen last.
    var latest: Sight? { state.withLock { $0.latest } }

    /// Appends the event that begins with a directory: all its entries.
    func appendEvent(of entries: EntryList, to out: inout ByteBuffer) {
        out.append("data: ")
        out.appendObject(of: node)
        out.append(",\"entries\":[")
        entries.appendJSON(to: &out)
        out.append("]}\n\n")
    }

    /// The event that tells of a directory what came and went between two looks: made once for all who saw the same.
    func changes(from old: Sight, to new: Sight) -> [UInt8] {
        let known = state.withLock { state in
            state.changes.flatMap { $0.from === old && $0.to === new ? $0.event : nil }
        }
        if let known { return known }
        guard case .entries(let before) = old.view, case .entries(let now) = new.view else { return [] }
        var out = ByteBuffer()
        out.append("data: ")
        out.appendObject(of: node)
        out.append(0x2C)
        now.appendChanges(since: before, to: &out)
        out.append("}\n\n")
        let event = out.array
        // One that is up to date is followed by others; one that is far behind is alone.
        state.withLock { state in if state.latest === new { state.changes = (old, new, event) } }
        return event
    }
}
