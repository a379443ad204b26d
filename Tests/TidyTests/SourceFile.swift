import Foundation

/// A file of the repository, as the rules look at it.
struct SourceFile {
    /// From the repository's top: `Sources/Bytes/Hash64.swift`.
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var name: String { String(path.split(separator: "/").last ?? "") }
    var isSwift: Bool { path.hasSuffix(".swift") }
    var isSource: Bool { path.hasPrefix("Sources/") && isSwift }

    /// The module of a file below Sources.
    var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    /// The code of each line: without comments and without what stands in string literals.
    var code: [String] {
        var isText = false
        return lines.map { line in
            if line.contains("\"\"\"") {
                isText.toggle()
                return ""
            }
            if isText { return "" }
            let bare = line.replacing(#/#?"(?:[^"\\]|\\.)*"#?/#, with: "\"\"")
            return String(bare.firstRange(of: "//").map { bare[..<$0.lowerBound] } ?? bare[...])
        }
    }
}

/// The repository.
enum Repository {
    static let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Every text file that is part of it.
    static let files: [SourceFile] = {
        let kinds: Set = ["swift", "md", "yaml", "yml", "py", "sh", "toml", "json", "h", "modulemap", "txt", ""]
        guard let walk = FileManager.default.enumerator(atPath: top.path) else { return [] }
        var found: [SourceFile] = []
        while let path = walk.nextObject() as? String {
            let name = path.split(separator: "/").last ?? ""
            if name.hasPrefix(".build") || name == ".git" || name == ".swiftpm" || name == "__pycache__" || name == ".venv" {
                walk.skipDescendants()
                continue
            }
            guard kinds.contains((path as NSString).pathExtension), name != "Package.resolved",
                walk.fileAttributes?[.type] as? FileAttributeType == .typeRegular,
                let text = try? String(contentsOf: top.appending(path: path), encoding: .utf8)
            else { continue }
            found.append(SourceFile(path: path, text: text))
        }
        return found
    }()
}
