import Foundation
import Testing

/// The rules of the house on the whole repository; each one is shown able to fail on a bad sample.
struct TidyTests {
    private static func swift(_ text: String, at path: String = "Sources/TraceEngine/Sample.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    private func holds(_ rule: (SourceFile) -> [String]) { #expect(Repository.files.flatMap(rule) == []) }

    @Test func `the repository is there`() {
        #expect(Repository.files.contains { $0.path == "Package.swift" })
        #expect(Repository.files.count > 100)
    }

    @Test func `modules import only what their arrows allow`() {
        holds(Rules.imports)
        #expect(
            Rules.imports(Self.swift("internal import PseudoFS")) == [
                "Sources/TraceEngine/Sample.swift:1: TraceEngine does not import PseudoFS"
            ])
        #expect(Rules.imports(Self.swift("@testable import struct PagePool.Page")).count == 1)
        #expect(Rules.imports(Self.swift("public import Bytes\n// import PseudoFS")) == [])
        #expect(Rules.imports(Self.swift("import PseudoFS", at: "Sources/OpenMetrics/A.swift")).count == 1)
        #expect(Rules.imports(Self.swift("import Zstd", at: "Sources/Unknown/A.swift")).count == 1)
    }

    @Test func `only tests link Foundation`() {
        holds(Rules.foundation)
        #expect(Rules.foundation(Self.swift("internal import FoundationEssentials")).count == 1)
        #expect(Rules.foundation(Self.swift("import Foundation", at: "Tests/TidyTests/A.swift")) == [])
    }

    @Test func `what is public has a doc comment`() {
        holds(Rules.documentation)
        #expect(Rules.documentation(Self.swift("/// A.\n@inlinable\npublic func a() {}")) == [])
        #expect(Rules.documentation(Self.swift("public import Bytes\npublic extension A {}")) == [])
        #expect(Rules.documentation(Self.swift("// A.\npublic func a() {}")).count == 1)
        #expect(Rules.documentation(Self.swift("\n    @inlinable public static var a: Int { 1 }")).count == 1)
    }

    @Test func `unsafe stands only within its fence`() {
        holds(Rules.unsafety)
        #expect(Rules.unsafety(Self.swift("let a = unsafe b")).count == 1)
        #expect(Rules.unsafety(Self.swift("// unsafe\nlet a = \"unsafe\"")) == [])
        #expect(Rules.unsafety(Self.swift("unsafe a()", at: "Sources/Zstd/A.swift")) == [])
        for path in Rules.fence {
            #expect(FileManager.default.fileExists(atPath: Repository.top.appending(path: path).path), "\(path)")
        }
    }

    @Test func `unchecked Sendable carries its proof`() {
        holds(Rules.uncheckedSendable)
        #expect(
            Rules.uncheckedSendable(Self.swift("final class A: @unchecked Sendable {\n    var b = 1\n}")).count == 1)
        #expect(
            Rules.uncheckedSendable(Self.swift("final class A: @unchecked Sendable {\n    // Sendable: constant.\n}"))
                == [])
    }

    @Test func `nothing is marked as unfinished`() {
        holds(Rules.unfinished)
        #expect(Rules.unfinished(Self.swift("// TODO: later")).count == 1)
    }

    @Test func `lines have at most 120 columns`() {
        holds(Rules.length)
        let long = String(repeating: "x", count: 121)
        #expect(
            Rules.length(Self.swift("ok\nlet a = \(long)")) == ["Sources/TraceEngine/Sample.swift:2: over 120 columns"])
        #expect(Rules.length(Self.swift("let a = \"\(long)\"")) == [])
        #expect(Rules.length(Self.swift("let a = #\"\\\"\(long)\"b\"#")) == [])
        #expect(Rules.length(Self.swift("let a = #\"b\"# + \(long)")).count == 1)
        #expect(Rules.length(Self.swift("a: \(long)", at: "openapi.yaml")).count == 1)
    }

    @Test func `no file knows the paths of a machine`() {
        holds(Rules.machinePaths)
        for text in ["cd /root", "(/home/me/a)", "see /Users/me"] {
            #expect(Rules.machinePaths(Self.swift(text)).count == 1, "\(text)")
        }
        #expect(Rules.machinePaths(Self.swift("GET /rooted; a/work/b; /workers")) == [])
    }

    @Test func `file names say what is in them`() {
        holds(Rules.name)
        for name in ["Utils", "StringHelpers", "Common", "NodeManager", "Types"] {
            #expect(Rules.name(Self.swift("", at: "Sources/Bytes/\(name).swift")).count == 1)
        }
        #expect(Rules.name(Self.swift("", at: "Sources/Bytes/CType.swift")) == [])
    }

    @Test func `links lead somewhere`() {
        func exists(_ path: String) -> Bool {
            FileManager.default.fileExists(atPath: Repository.top.appending(path: path).path)
        }
        holds { Rules.links($0, exists: exists) }
        let page = SourceFile(
            path: "Documentation/A.md", text: "[a](../README.md#top) [b](https://x.y) [c](B.md) [d](#here)")
        #expect(Rules.links(page, exists: { _ in true }) == [])
        #expect(
            Rules.links(page, exists: { $0 == "Documentation/../README.md" }) == [
                "Documentation/A.md:1: B.md is not there"
            ])
    }

    @Test func `every directory below Sources is a target`() throws {
        let package = try String(contentsOf: Repository.top.appending(path: "Package.swift"), encoding: .utf8)
        let sources = try FileManager.default.contentsOfDirectory(
            atPath: Repository.top.appending(path: "Sources").path)
        #expect(Rules.targets(sources.filter { !$0.hasPrefix(".") }, package: package) == [])
        #expect(Rules.targets(["Forgotten"], package: package) == ["Forgotten"])
    }
}
