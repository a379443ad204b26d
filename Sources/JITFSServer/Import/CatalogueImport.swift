internal import Bytes
internal import CLinuxShims
internal import SystemPackage
public import TraceEngine
internal import Zstd

/// Brings events into the catalogue, from a file or from a directory with the layout of tracefs' `events/`.
///
/// What is wrong with one event is a problem that names the file and the line; the rest is imported. What is wrong with
/// the whole file (unreadable, no zstd) is an error.
public struct CatalogueImport: Sendable {
    /// How many events came in.
    public private(set) var count = 0
    /// How many of the file's events the running kernel has brought already.
    private var sharedCount = 0
    /// What did not, a line for people each: `linux.events:12: a field has no offset`.
    public private(set) var problems: [String] = []

    /// Imports.
    ///
    /// - Parameters:
    ///   - path: a directory, a catalogue file, or one packed with zstd (`.zst`).
    ///   - catalogue: where the events go.
    /// - Throws: where nothing can be imported at all.
    public init(_ path: String, into catalogue: EventCatalogue) throws(ConfigurationError) {
        let isDirectory = InputFile.isDirectory(path)
        let text = isDirectory ? try Self.gather(path) : try Self.unpack(path)
        let parsed = CatalogueText(text.bytes)
        problems = parsed.problems.map { problem in
            let place = text.place(of: problem.line)
            return "\(place.path):\(place.line): \(problem.reason)"
        }
        try add(parsed, to: catalogue, from: path)
        if count + sharedCount == 0, problems.isEmpty { throw ConfigurationError("\(path): no events in it") }
        // The texts that were read and parsed are garbage now: given back, they are no part of an idle server.
        malloc_trim(0)
    }

    private mutating func add(
        _ parsed: CatalogueText, to catalogue: EventCatalogue, from path: String
    ) throws(ConfigurationError) {
        let blob = FormatBlob(parsed.bytes)
        let known = catalogue.snapshot
        var definitions: [EventCatalogue.Definition] = []
        definitions.reserveCapacity(parsed.entries.count)
        for entry in parsed.entries {
            let system = parsed.system(of: entry)
            let name = parsed.name(of: entry)
            if let twin = known.event(system: system.utf8Span.span, name: name.utf8Span.span) {
                // A catalogue of a kernel is of use beside one that runs, for the events that this one lacks. The
                // markers' formats are ours already; every such catalogue brings them again.
                if twin.origin == .kernel {
                    sharedCount += 1
                } else if system != "ftrace" {
                    problems.append("\(path):\(entry.line): \(system)/\(name) is known already")
                }
                continue
            }
            definitions.append(
                .init(
                    system: system, name: name, format: .slice(blob, parsed.formatRange(of: entry)), origin: .imported))
        }
        do throws(Errno) {
            try catalogue.add(definitions)
        } catch {
            throw ConfigurationError(
                "\(path): \(error == .tooManyOpenFilesInSystem ? "the limit events is reached" : error.description)")
        }
        count = definitions.count
    }

    // MARK: reading

    /// A catalogue text, and where its lines came from.
    private struct Source {
        var bytes: [UInt8] = []
        /// The files that were put together, with the line of the text at which each begins.
        var files: [(firstLine: Int, path: String)] = []

        func place(of line: Int) -> (path: String, line: Int) {
            let file = files.last { $0.firstLine <= line } ?? files[0]
            return (file.path, line - file.firstLine + 1)
        }
    }

    private static func unpack(_ path: String) throws(ConfigurationError) -> Source {
        var bytes = try InputFile.read(path)
        if path.hasSuffix(".zst") {
            do throws(ZstdError) {
                bytes = try Zstd.decompress(bytes, limit: InputFile.bytesMax)
            } catch {
                throw ConfigurationError("\(path): \(error.reason) (at byte \(error.offset))")
            }
        }
        return Source(bytes: bytes, files: [(1, path)])
    }

    /// Puts the `format` files of a directory together into one text.
    private static func gather(_ root: String) throws(ConfigurationError) -> Source {
        var source = Source()
        var lines = 0
        for system in try InputFile.names(in: root) where InputFile.isDirectory("\(root)/\(system)") {
            for event in try InputFile.names(in: "\(root)/\(system)") {
                let path = "\(root)/\(system)/\(event)/format"
                guard InputFile.isDirectory("\(root)/\(system)/\(event)"), let text = try? InputFile.read(path) else {
                    continue
                }
                source.bytes += Array("# \(system)/\(event)\n".utf8)
                source.files.append((lines + 2, path))
                source.bytes += text
                if text.last != 0x0A { source.bytes.append(0x0A) }
                lines += 1 + text.count { $0 == 0x0A } + (text.last == 0x0A ? 0 : 1)
            }
        }
        if source.files.isEmpty { throw ConfigurationError("\(root): no SYSTEM/EVENT/format below it") }
        return source
    }
}
