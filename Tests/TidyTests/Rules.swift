import Foundation

/// What a machine can see of the rules of the house. Each says where a file breaks it: `path:line: what`.
enum Rules {
    private static func problems(
        _ file: SourceFile, _ what: String, where isBad: (String, Int) -> Bool, in lines: [String]? = nil
    ) -> [String] {
        let lines = lines ?? file.lines.map(String.init)
        return lines.indices.filter { isBad(lines[$0], $0) }.map { "\(file.path):\($0 + 1): \(what)" }
    }

    // MARK: who may import whom

    /// What each module may import beside ``everywhere``.
    static let arrows: [String: Set<String>] = [
        "OpenMetrics": [],
        "Bytes": [],
        "Locking": [],
        "Zstd": ["CZstd"],
        "PseudoFS": [],
        "TraceEngine": ["CLinuxShims"],
        "PagePool": ["CLinuxShims"],
        "SwapReplay": [],
        "SysFS": ["PseudoFS"],
        "DebugFS": ["PseudoFS"],
        "HostFS": ["PseudoFS", "CLinuxShims"],
        "TraceOutput": ["TraceEngine"],
        "KernelTracing": ["TraceEngine", "CLinuxShims"],
        "PagePoolZstd": ["PagePool", "Zstd"],
        "TraceFS": ["PseudoFS", "TraceEngine", "TraceOutput"],
        "PoolFS": ["PseudoFS", "PagePool"],
        "ProcFS": ["PseudoFS"],
        "HTTPGateway": ["PseudoFS"],
        "MicroHTTPD": ["HTTPGateway", "PseudoFS", "CMicroHTTPD"],
        "JITFSServer": [
            "OpenMetrics", "Zstd", "PseudoFS", "TraceEngine", "PagePool", "SysFS", "DebugFS", "HostFS", "TraceOutput",
            "KernelTracing", "PagePoolZstd", "TraceFS", "PoolFS", "ProcFS", "HTTPGateway", "MicroHTTPD", "CLinuxShims",
        ],
        "JITFSClient": ["SwapReplay", "ArgumentParser", "CGnuTLS"],
        "jitfsd": ["JITFSServer", "JITFSClient", "ArgumentParser"],
        "jitfs": ["JITFSClient"],
    ]

    /// What every module may import: the values of layer 0, errnos, atomics, the C library.
    static let everywhere: Set<String> = ["Bytes", "Locking", "SystemPackage", "Synchronization", "Glibc"]

    static func imports(_ file: SourceFile) -> [String] {
        guard file.isSource else { return [] }
        return file.code.enumerated().compactMap { number, line in
            guard let name = importedModule(line) else { return nil }
            let mayImport = arrows[file.module]?.contains(name) ?? false
            if mayImport || everywhere.contains(name) { return nil }
            return "\(file.path):\(number + 1): \(file.module) does not import \(name)"
        }
    }

    /// `Bytes` of `@testable public import struct Bytes.ByteBuffer`.
    private static func importedModule(_ line: String) -> String? {
        guard line.contains("import ") else { return nil }
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(of: "import"), place + 1 < words.count else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        let target = kinds.contains(words[place + 1]) ? words.dropFirst(place + 2).first : words[place + 1]
        return target?.split(separator: ".").first.map(String.init)
    }

    /// Only tests link Foundation.
    static func foundation(_ file: SourceFile) -> [String] {
        guard file.isSource else { return [] }
        return problems(file, "Foundation", where: { line, _ in line.contains("import Foundation") }, in: file.code)
    }

    // MARK: what stands in the code

    static func documentation(_ file: SourceFile) -> [String] {
        guard file.isSource else { return [] }
        let code = file.code
        let lines = file.lines
        return problems(
            file, "public without a doc comment",
            where: { line, number in
                guard line.contains("public "), isPublicDeclaration(line) else { return false }
                var above = number - 1
                while above >= 0, lines[above].drop(while: { $0 == " " }).hasPrefix("@") { above -= 1 }
                return above < 0 || !lines[above].drop(while: { $0 == " " }).hasPrefix("///")
            }, in: code)
    }

    /// `public` among the modifiers of a declaration, which an import or an extension is not.
    private static func isPublicDeclaration(_ line: String) -> Bool {
        let words = line.split(separator: " ").drop { $0.hasPrefix("@") }
        return words.first == "public" && words.dropFirst().first != "import" && words.dropFirst().first != "extension"
    }

    /// Where the word `unsafe` may stand.
    static let fence = [
        "Sources/Bytes/", "Sources/Zstd/", "Sources/MicroHTTPD/", "Sources/jitfsd/", "Sources/JITFSClient/",
        "Sources/TraceEngine/Buffers/SubBuffer.swift", "Sources/TraceEngine/Buffers/BufferMemory.swift",
        "Sources/JITFSServer/Import/InputFile.swift",
        // clock_gettime, a bit set that is read without a lock, and targets borrowed under one.
        "Sources/TraceEngine/Instances/TraceClock.swift", "Sources/TraceEngine/Instances/EventMask.swift",
        "Sources/TraceEngine/Instances/LaneTargets.swift", "Sources/TraceEngine/Catalogue/EventHolders.swift",
        // A thread, and a condition.
        "Sources/Locking/SystemThread.swift", "Sources/Locking/Bell.swift",
        // The system calls on a tracefs and on its pipes; a thread's name; a namespace's inode.
        "Sources/KernelTracing/Tracefs/TracefsDirectory.swift", "Sources/KernelTracing/Tracefs/Descriptor.swift",
        "Sources/KernelTracing/Source/KernelReader.swift", "Sources/KernelTracing/Source/PidNamespace.swift",
        // The system calls on host trees.
        "Sources/HostFS/System/", "Sources/HostFS/Waiting/StreamPoll.swift",
        // Filters borrowed from their owner beside them.
        "Sources/TraceEngine/Filters/EventRules.swift",
        // The pool's own memory: mappings, the objects in them, the table's nodes.
        "Sources/PagePool/Storage/MemoryChunk.swift", "Sources/PagePool/Storage/ClassStack.swift",
        "Sources/PagePool/Storage/StackArena.swift", "Sources/PagePool/Storage/TableNodes.swift",
        "Sources/PagePool/Storage/PageTable.swift", "Sources/PagePool/Storage/ShardHomes.swift",
        "Sources/PagePool/Storage/PageStrip.swift",
        // Memory for a device, and the system calls that read and write one.
        "Sources/PagePool/Backing/AlignedBuffer.swift", "Sources/PagePool/Backing/BackingFile.swift",
        "Sources/PagePool/Backing/BackingDirectory.swift",
        // What the kernel says of memory, and waiting for it to say that it is scarce.
        "Sources/PagePool/Pressure/SmallFile.swift", "Sources/PagePool/Pressure/SystemMemorySource.swift",
        // clock_gettime, at every request; what the kernel says of this process.
        "Sources/HTTPGateway/Requests/RequestClock.swift",
        "Sources/JITFSServer/Exports/Metrics/ProcessFigures.swift",
    ]

    static func unsafety(_ file: SourceFile) -> [String] {
        guard file.isSource, !fence.contains(where: file.path.hasPrefix) else { return [] }
        return problems(
            file, "unsafe outside its fence",
            where: { line, _ in line.contains("unsafe") && line.contains(#/\bunsafe\b/#) }, in: file.code)
    }

    /// The reason stands on the line, on one of the three above, or on the first two of the body.
    static func uncheckedSendable(_ file: SourceFile) -> [String] {
        guard file.isSource else { return [] }
        let lines = file.lines
        return problems(
            file, "@unchecked Sendable does not say why",
            where: { line, number in
                guard line.contains("@unchecked Sendable") else { return false }
                let near = lines[max(number - 3, 0)...min(number + 2, lines.count - 1)]
                return !near.contains {
                    $0.contains("//") && $0.contains(#/Sendable:|thread|lock|atomic|immutable|constant/#)
                }
            }, in: file.code)
    }

    private static let marks = ["TODO", "FIXME"]

    static func unfinished(_ file: SourceFile) -> [String] {
        guard !file.path.hasPrefix("Tests/TidyTests/") else { return [] }
        return problems(file, "unfinished", where: { line, _ in marks.contains(where: line.contains) })
    }

    static func length(_ file: SourceFile) -> [String] {
        let isMeasured = file.isSwift || [".yaml", ".toml"].contains(where: file.path.hasSuffix)
        guard isMeasured else { return [] }
        // A text that cannot be broken may be longer.
        let code = file.isSwift ? file.code : nil
        return problems(file, "over 120 columns", where: { line, _ in line.count > 120 }, in: code)
    }

    private static let machineFolders = ["/work", "/root", "/home/", "/Users"]

    /// Paths of one machine.
    static func machinePaths(_ file: SourceFile) -> [String] {
        guard !file.path.hasPrefix("Tests/TidyTests/") else { return [] }
        return problems(
            file, "a path of a machine",
            where: { line, _ in
                machineFolders.contains(where: line.contains)
                    && line.contains(#/(?:^|[\s"'`(=:])/(?:work|root|home/\w+|Users)(?:/|\b)/#)
            })
    }

    // MARK: names and places

    static let bannedNames: Set = ["Utils", "Helpers", "Common", "Manager", "Types"]

    static func name(_ file: SourceFile) -> [String] {
        guard file.isSwift else { return [] }
        let stem = file.name.dropLast(6)
        let isBanned =
            bannedNames.contains(String(stem)) || ["Utils", "Helpers", "Manager"].contains(where: stem.hasSuffix)
        return isBanned ? ["\(file.path): a name that says nothing"] : []
    }

    /// Links of a Markdown file that lead nowhere.
    static func links(_ file: SourceFile, exists: (String) -> Bool) -> [String] {
        guard file.path.hasSuffix(".md") else { return [] }
        let folder = file.path.split(separator: "/").dropLast().joined(separator: "/")
        var bad: [String] = []
        for (number, line) in file.lines.enumerated() {
            for match in line.matches(of: #/\]\(([^)\s]+)\)/#) {
                let target = match.1.split(separator: "#", omittingEmptySubsequences: false).first ?? ""
                if target.isEmpty || target.contains(":") { continue }
                let path = folder.isEmpty ? String(target) : "\(folder)/\(target)"
                if !exists(path) { bad.append("\(file.path):\(number + 1): \(target) is not there") }
            }
        }
        return bad
    }

    /// Directories below Sources that the package does not know.
    static func targets(_ directories: [String], package: String) -> [String] {
        directories.filter { directory in
            !package.contains("module(\"\(directory)\"") && !package.contains("name: \"\(directory)\"")
                && !package.contains("module(\n            \"\(directory)\"")
        }
    }
}
