/// Paths of the system, which are bytes.
enum HostPath {
    /// The names in a path; empty ones are none.
    static func names(of path: [UInt8]) -> [[UInt8]] { path.split(separator: 0x2F).map(Array.init) }

    /// What of a path stands below another, without a slash before it; empty for the same; nil where it is not below.
    /// Both are absolute, or below the same directory, of which the empty path is the directory itself.
    static func relative(_ path: [UInt8], to top: [UInt8]) -> [UInt8]? {
        if path == top { return [] }
        if top.isEmpty { return path }
        let prefix = top.last == 0x2F ? top : top + [0x2F]
        return path.starts(with: prefix) ? Array(path[prefix.count...]) : nil
    }

    /// The directory part and the last name of a relative path.
    static func split(_ path: [UInt8]) -> (directory: [UInt8], name: [UInt8]) {
        guard let slash = path.lastIndex(of: 0x2F) else { return ([], path) }
        return (Array(path[..<slash]), Array(path[(slash + 1)...]))
    }

    /// A name in a directory.
    static func join(_ directory: [UInt8], _ name: [UInt8]) -> [UInt8] {
        directory.isEmpty ? name : directory + [0x2F] + name
    }
}
