internal import Bytes
internal import PseudoFS
internal import SystemPackage

/// A file of the program's: closures that are called when it is read or written, under no lock of debugfs.
final class CallEntry: Entry, @unchecked Sendable {
    // Sendable: see `Entry`; the closures are constant.

    /// What is called.
    enum Calls: Sendable {
        /// A number that the program computes and takes: a simple attribute.
        case number(
            get: (@Sendable () throws(Failure) -> UInt64)?, set: (@Sendable (UInt64) throws(Failure) -> Void)?)
        /// Text.
        case text(
            read: (@Sendable (inout ByteBuffer) throws(Failure) -> Void)?,
            write: (@Sendable (Span<UInt8>) throws(Failure) -> Void)?)
        /// Registers.
        case registers(@Sendable () throws(Failure) -> [DebugRegister])
        /// What is rendered while it is read.
        case sequence(@Sendable (ReadRequest) throws(Failure) -> any OpenFile)
    }

    private let calls: Calls

    init(name: EntryName, type: DebugType, mode: UInt16, identity: UInt64, calls: Calls) {
        self.calls = calls
        super.init(name: name, type: type, mode: mode, identity: identity)
    }

    override func value() throws(Failure) -> Value {
        switch calls {
        case .number(let get, _):
            guard let get else { throw Self.notReadable }
            return type.value(of: try get())
        case .text(let read, _):
            guard let read else { throw Self.notReadable }
            var out = ByteBuffer()
            try read(&out)
            return .text(String(repairing: out.span.withoutNewline))
        case .registers(let registers): return DebugRegister.value(of: try registers())
        case .sequence: throw Failure(.notSupported)
        }
    }

    override func appendText(to out: inout ByteBuffer) throws(Failure) {
        switch calls {
        case .number(let get, _):
            guard let get else { throw Self.notReadable }
            out.append(text: try get(), of: type)
        case .text(let read, _):
            guard let read else { throw Self.notReadable }
            let start = out.count
            do throws(Failure) {
                try read(&out)
            } catch {
                out.truncate(to: start)
                throw error
            }
        case .registers(let registers): out.append(registers: try registers())
        case .sequence: throw Failure(.notSupported)
        }
    }

    override func write(_ bytes: Span<UInt8>) throws(Failure) {
        switch calls {
        case .number(_, .some(let set)): try set(try type.bits(of: bytes))
        case .text(_, .some(let write)): try write(bytes)
        default: throw Failure(.permissionDenied, "the program takes no writes to it")
        }
    }

    /// Begins to render it.
    func open(_ request: ReadRequest) throws(Failure) -> any OpenFile {
        guard case .sequence(let open) = calls else { throw Failure(.notSupported) }
        return try open(request)
    }

    private static var notReadable: Failure { Failure(.permissionDenied, "the program gives nothing to read") }
}
