internal import SystemPackage

/// What is asked of a tracefs; paths are relative to where it is mounted.
///
/// The kernel's is ``TracefsDirectory``; tests have one that is a table, whose files refuse what they are told to.
protocol Tracefs: Sendable {
    /// The whole of a file.
    func read(_ path: String) throws(Errno) -> [UInt8]

    /// Writes a file with one write(2); the old content goes (`O_TRUNC`).
    func write(_ text: String, to path: String) throws(Errno)

    /// The names in a directory, sorted.
    func names(in path: String) throws(Errno) -> [String]

    /// Makes a directory: an instance.
    func makeDirectory(_ path: String) throws(Errno)

    /// Removes a directory: an instance.
    ///
    /// - Throws: EBUSY while any of its files is open in some process.
    func removeDirectory(_ path: String) throws(Errno)

    /// Opens a file for reads that do not wait.
    ///
    /// - Returns: a descriptor, which the caller closes.
    func open(_ path: String) throws(Errno) -> Int32
}

extension Tracefs {
    /// A short file as text, without white space around it.
    func text(_ path: String) throws(Errno) -> String {
        var bytes = try read(path)[...]
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        while let first = bytes.first, first <= 0x20 { bytes.removeFirst() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
