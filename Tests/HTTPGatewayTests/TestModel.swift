internal import Bytes
internal import PseudoFS
internal import Locking
internal import SystemPackage

/// What the test tree stands for: a few values, named children that come and go, and a failure to be thrown.
final class TestModel: Subject {
    struct State {
        var number: UInt64 = 42
        var flag = true
        var text = "hello"
        var written: [String] = []
        var callers: [String] = []
        var children: [String: TestModel] = [:]
        var opens = 0
        var isDead = false
        var device = [UInt8](0..<100)
        /// How many bodies were taken as they came.
        var receivers = 0
        /// How writes that are taken as they come went on.
        var writes: [String] = []
    }

    let state = Locked(State())
    let name: String
    let identity: UInt64
    let pipe = TestPipe.Source()
    let watches = Locked<[ObjectIdentifier: TestWatch]>([:])

    init(name: String = "top", identity: UInt64 = 7) {
        self.name = name
        self.identity = identity
    }

    var isDead: Bool { state.withLock { $0.isDead } }

    /// Tells those who watch.
    func changed() { for watch in watches.withLock({ Array($0.values) }) { watch.tell() } }

    var written: [String] { state.withLock { $0.written } }

    func take(_ bytes: Span<UInt8>, _ request: WriteRequest) {
        let text = String(repairing: bytes)
        state.withLock { state in
            state.written.append(request.appends ? "+" + text : text)
            state.callers.append("\(request.caller.comm)-\(request.caller.pid)")
        }
    }

    func makeChild(_ name: String) throws(Failure) {
        let isNew = state.withLock { state in
            if state.children[name] != nil { return false }
            state.children[name] = TestModel(name: name, identity: Hash64.of(name.utf8Span.span, seed: 3))
            return true
        }
        if !isNew { throw Failure(.fileExists, "\(name) is there already") }
    }

    func child(_ name: Span<UInt8>) -> TestModel? {
        let name = String(repairing: name)
        return state.withLock { $0.children[name] }
    }
}

/// The model, as the tables are bound to it.
struct TestContext: NodeContext {
    let model: TestModel

    init(model: TestModel) { self.model = model }

    static func of(_ binding: Binding) -> TestContext { TestContext(model: binding.subject(as: TestModel.self)) }

    var binding: Binding { Binding(model) }
}

/// A file that gives what is put into its source, and waits when there is nothing.
final class TestPipe: OpenFile, @unchecked Sendable {
    final class Source: Sendable {
        struct State {
            var pieces: [String] = []
            var hasEnded = false
            var closes = 0
        }
        let state = Locked(State())
        func put(_ piece: String) { state.withLock { $0.pieces.append(piece) } }
        func end() { state.withLock { $0.hasEnded = true } }
        var closes: Int { state.withLock { $0.closes } }
    }

    let source: Source
    let timeoutSeconds: Double?

    init(_ source: Source, timeoutSeconds: Double?) {
        self.source = source
        self.timeoutSeconds = timeoutSeconds
    }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let (piece, hasEnded) = source.state.withLock { state in
            (state.pieces.isEmpty ? nil : state.pieces.removeFirst(), state.hasEnded)
        }
        if let piece {
            buffer.append(piece)
            return .more
        }
        return hasEnded ? .end : .wouldBlock
    }

    func close() { source.state.withLock { $0.closes += 1 } }
}

/// What tells of changes of the model.
final class TestWatch: ValueWatch {
    private let model: TestModel
    private let state = Locked<(isArmed: Bool, wake: (@Sendable () -> Void)?)>((false, nil))

    init(_ model: TestModel) {
        self.model = model
        model.watches.withLock { $0[ObjectIdentifier(self)] = self }
    }

    func arm() { state.withLock { $0.isArmed = true } }
    func onChange(_ wake: (@Sendable () -> Void)?) { state.withLock { $0.wake = wake } }
    func close() { _ = model.watches.withLock { $0.removeValue(forKey: ObjectIdentifier(self)) } }

    func tell() {
        let wake = state.withLock { state in
            defer { state.isArmed = false }
            return state.isArmed ? state.wake : nil
        }
        wake?()
    }
}

/// A range of a device, a byte being what its position is.
final class TestRange: OpenFile, @unchecked Sendable {
    private var position: UInt64
    private let end: UInt64
    private let bytes: [UInt8]

    init(_ range: Range<UInt64>, of bytes: [UInt8]) {
        position = range.lowerBound
        end = range.upperBound
        self.bytes = bytes
    }

    var failure: Failure? { position < end ? Failure(.badMessage, "damaged") : nil }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let stop = min(end, position + UInt64(limit))
        while position < stop {
            // A byte of 255 is a damaged one.
            let byte = bytes.isEmpty ? UInt8(truncatingIfNeeded: position) : bytes[Int(position)]
            if !bytes.isEmpty, byte == 255 { return .end }
            buffer.append(byte)
            position += 1
        }
        return position == end ? .end : .more
    }

    func close() {}
}

/// A write that is taken as it comes: to the small device, or to nowhere, which is full after 70,000 bytes.
final class TestWrite: OpenWrite, @unchecked Sendable {
    // Sendable: one thread at a time uses it.
    private let model: TestModel
    private var position: Int?
    private var taken = 0

    init(_ model: TestModel, at position: Int?) {
        self.model = model
        self.position = position
    }

    func write(_ bytes: Span<UInt8>) throws(Failure) {
        guard let start = position else {
            taken += bytes.count
            if taken > 70_000 { throw Failure(.noSpace, "it is full") }
            return
        }
        let bytes = [UInt8](copying: bytes)
        model.state.withLock { $0.device.replaceSubrange(start..<(start + bytes.count), with: bytes) }
        position = start + bytes.count
    }

    func finish() throws(Failure) {
        model.state.withLock { $0.writes.append("finished \(taken)") }
        if position == nil, taken == 3 { throw Failure(.noSpace, "three are refused") }
    }

    func abandon() { model.state.withLock { $0.writes.append("abandoned \(taken)") } }
}

/// A document of so many lines.
final class TestLines: OpenFile, @unchecked Sendable {
    private var next = 0
    private let count: Int
    private let form: Form
    private let isBroken: Bool

    init(count: Int, form: Form, isBroken: Bool = false) {
        self.count = count
        self.form = form
        self.isBroken = isBroken
    }

    /// A broken one is not all there at its last line.
    var failure: Failure? { isBroken && next == count ? Failure(.badMessage, "damaged") : nil }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let end = buffer.count + limit
        if next == 0, form == .json { buffer.append("[") }
        while buffer.count < end {
            if next == count {
                if form == .json { buffer.append("]") }
                return .end
            }
            if form == .json, next > 0 { buffer.append(",") }
            buffer.append("\(next)")
            if form != .json { buffer.append("\n") }
            next += 1
        }
        return .more
    }

    func close() {}
}
