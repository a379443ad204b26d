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
            let bare = line.contains("\"") ? withoutLiterals(line) : line
            guard bare.contains("//") else { return String(bare) }
            return String(bare.firstRange(of: "//").map { bare[..<$0.lowerBound] } ?? bare[...])
        }
    }
}

/// A line whose string literals are empty.
private func withoutLiterals(_ line: Substring) -> Substring {
    var out: [UInt8] = []
    var isInside = false
    var isRaw = false
    var isEscaped = false
    let bytes = Array(line.utf8)
    for (index, byte) in bytes.enumerated() {
        if isInside, isEscaped || byte == 0x5C && !isRaw {
            isEscaped = !isEscaped
        } else if byte == 0x22, isInside, isRaw {
            // Within #"…"# a quote alone is text.
            if index + 1 < bytes.count, bytes[index + 1] == 0x23 { isInside = false }
        } else if byte == 0x22 {
            isInside.toggle()
            isRaw = isInside && index > 0 && bytes[index - 1] == 0x23
            out.append(byte)
        } else if !isInside {
            out.append(byte)
        }
    }
    return Substring(decoding: out, as: UTF8.self)
}

/// The repository.
enum Repository {
    static let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static let notOurs: Set = [".git", ".swiftpm", ".venv", "__pycache__", ".hypothesis", ".schemathesis"]

    /// Every text file that is part of it.
    static let files: [SourceFile] = {
        let kinds: Set = ["swift", "md", "yaml", "yml", "py", "sh", "toml", "json", "h", "modulemap", "txt", ""]
        guard let walk = FileManager.default.enumerator(atPath: top.path) else { return [] }
        var found: [SourceFile] = []
        while let path = walk.nextObject() as? String {
            let name = path.split(separator: "/").last ?? ""
            if name.hasPrefix(".build") || notOurs.contains(String(name)) {
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
