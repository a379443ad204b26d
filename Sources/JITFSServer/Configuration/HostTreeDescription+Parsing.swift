internal import HostFS

extension HostTreeDescription {
    /// Reads what `--host` takes.
    ///
    /// ```swift
    /// try HostTreeDescription(parsing: "tracing=/sys/kernel/tracing:rw")
    /// ```
    /// - Parameter text: `NAME=DIR[:OPTION[,OPTION]]`, the options being `rw` and `xdev`. A colon that no such word
    ///   follows belongs to the directory.
    /// - Throws: a sentence for people, where it is no such thing.
    init(parsing text: String) throws(ConfigurationError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else {
            throw ConfigurationError("--host takes NAME=DIR[:rw][,xdev], not \(text)")
        }
        let name = parts[0]
        let isName = name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x2F && $0 != 0x7F }
        guard isName, (1...255).contains(name.utf8.count), name != ".", name != ".." else {
            throw ConfigurationError("--host \(text): a name is 1 to 255 bytes without / and blanks, and not . or ..")
        }
        self.init(name: name, directory: parts[1])
        guard let colon = directory.lastIndex(of: ":") else { return }
        let words = directory[directory.index(after: colon)...]
        let options = words.split(separator: ",", omittingEmptySubsequences: false)
        guard options.allSatisfy({ $0 == "rw" || $0 == "xdev" }) else { return }
        directory = String(directory[..<colon])
        isWritable = options.contains("rw")
        crossesMounts = options.contains("xdev")
        if directory.isEmpty { throw ConfigurationError("--host \(text): the directory is missing") }
    }
}
