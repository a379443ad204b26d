public import Bytes
public import PseudoFS

/// The endless part of a reply: an open file, and what is to be given back when it is closed.
public final class StreamBody: Sendable {
    private let file: any OpenFile
    private let release: @Sendable () -> Void

    /// Wraps a file.
    ///
    /// - Parameters:
    ///   - file: what is read.
    ///   - release: called once, after the file was closed.
    public init(_ file: any OpenFile, release: @escaping @Sendable () -> Void = {}) {
        self.file = file
        self.release = release
    }

    /// As ``OpenFile/read(into:limit:)``.
    public func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep { file.read(into: &buffer, limit: limit) }

    /// As ``OpenFile/onReadable(_:)``.
    public func onReadable(_ wake: (@Sendable () -> Void)?) { file.onReadable(wake) }

    /// Whether it ended before its time: what was given is right, and not all. The reader must not take it for the end.
    public var hasFailed: Bool { file.failure != nil }

    /// Seconds from the start after which the stream ends whatever comes; nil for never.
    public var timeoutSeconds: Double? { file.timeoutSeconds }

    /// Lets go of everything. To be called exactly once.
    public func close() {
        file.onReadable(nil)
        file.close()
        release()
    }
}
