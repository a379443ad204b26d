internal import Bytes
internal import Testing
internal import TraceEngine

@testable internal import JITFSServer

@Suite struct CatalogueImportTests {
    let scratch = Scratch()
    let engine = TraceEngine(lanes: 1)

    static var catalogue: String {
        "\(#filePath)".components(before: "Tests/JITFSServerTests") + "Tests/Resources/linux-6.18.events.zst"
    }

    static func format(_ name: String, field: String = "\tfield:int a;\toffset:8;\tsize:4;\tsigned:1;") -> String {
        """
        name: \(name)
        ID: 1
        format:
        \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
        \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
        \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
        \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

        \(field)

        print fmt: "a=%d", REC->a

        """
    }

    @Test func `the kernel's whole catalogue comes in, beside what is there already`() throws {
        try engine.catalogue.add(OwnEvents.all.map(\.catalogueDefinition))
        let done = try CatalogueImport(Self.catalogue, into: engine.catalogue)
        #expect(done.problems == [])
        #expect(done.count == 2321)
        #expect(engine.catalogue.snapshot.eventCount == 2323 + 8)
        let found = engine.catalogue.snapshot.event(system: "sched".utf8Span.span, name: "sched_switch".utf8Span.span)
        #expect(found?.isEnableable == true)
    }

    @Test func `what the running kernel has brought already is passed over without a word`() throws {
        let format = EventFormatText.own(Array(Self.format("one").utf8))
        try engine.catalogue.add(system: "s", name: "one", format: format, origin: .kernel)
        let path = scratch.write("kernel.events", "# s/one\n" + Self.format("one"))
        let done = try CatalogueImport(path, into: engine.catalogue)
        #expect(done.count == 0 && done.problems == [])
        let again = scratch.write("more.events", "# s/one\n" + Self.format("one") + "\n# s/two\n" + Self.format("two"))
        #expect(try CatalogueImport(again, into: engine.catalogue).count == 1)
        #expect(
            engine.catalogue.snapshot.event(system: "s".utf8Span.span, name: "one".utf8Span.span)?.origin == .kernel)
    }

    @Test func `a format that does not parse is named with its file and line, and the rest comes in`() throws {
        let text =
            "# s/good\n" + Self.format("good") + "\n# s/bad\n" + Self.format("bad", field: "\tfield:int a;\tsize:4;")
            + "\n# s/fine\n" + Self.format("fine")
        let path = scratch.write("mixed.events", text)
        let done = try CatalogueImport(path, into: engine.catalogue)
        #expect(done.count == 2)
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
            $0.hasSuffix("a;\tsize:4;")
        }
        #expect(done.problems.count == 1)
        #expect(done.problems.first?.hasPrefix("\(path):\((line ?? 0) + 1): ") == true)
    }

    @Test func `a directory laid out as events is read, and its own files are named`() throws {
        _ = scratch.write("events/a/one/format", Self.format("one"))
        _ = scratch.write("events/a/two/format", Self.format("two"))
        _ = scratch.write("events/a/enable", "0\n")
        let bad = scratch.write("events/b/three/format", "name: three\nnonsense\n")
        let done = try CatalogueImport(scratch.path + "/events", into: engine.catalogue)
        #expect(done.count == 2)
        #expect(done.problems.count == 1)
        #expect(done.problems.first?.hasPrefix(bad + ":2: ") == true, "\(done.problems)")
    }

    @Test(arguments: [
        ("none.events.zst", Array("this is no zstd".utf8)), ("empty.events", []),
        ("text.events", Array("hello\n".utf8)),
    ])
    func `a file with nothing to import is an error or a problem that names it`(_ name: String, _ bytes: [UInt8]) {
        let path = scratch.write(name, bytes)
        do {
            let done = try CatalogueImport(path, into: engine.catalogue)
            #expect(done.count == 0)
            #expect(done.problems.first?.hasPrefix(path) == true)
        } catch {
            #expect(error.description.hasPrefix(path))
        }
        #expect(engine.catalogue.snapshot.eventCount == 0)
    }

    @Test func `a file that is not there is an error that names it`() {
        let error = #expect(throws: ConfigurationError.self) {
            try CatalogueImport(scratch.path + "/nowhere", into: engine.catalogue)
        }
        #expect(error?.description.hasPrefix(scratch.path + "/nowhere: ") == true)
    }

    @Test func `a cut zstd file imports nothing`() throws {
        let whole = try InputFile.read(Self.catalogue)
        let path = scratch.write("cut.events.zst", Array(whole.prefix(whole.count / 2)))
        #expect(throws: ConfigurationError.self) { try CatalogueImport(path, into: engine.catalogue) }
        #expect(engine.catalogue.snapshot.eventCount == 0)
    }

    @Test func `the same catalogue again brings nothing and says so`() throws {
        let path = scratch.write("one.events", "# s/good\n" + Self.format("good"))
        _ = try CatalogueImport(path, into: engine.catalogue)
        let again = try CatalogueImport(path, into: engine.catalogue)
        #expect(again.count == 0)
        #expect(again.problems == ["\(path):1: s/good is known already"])
    }

    @Test func `more events than the limit allows are refused whole`() throws {
        let small = TraceEngine(limits: TraceLimits(eventsMax: 100), lanes: 1)
        let error = #expect(throws: ConfigurationError.self) {
            try CatalogueImport(Self.catalogue, into: small.catalogue)
        }
        #expect(error?.description.contains("the limit events") == true)
        #expect(small.catalogue.snapshot.eventCount == 0)
    }
}

extension TraceLimits {
    fileprivate init(eventsMax: Int) {
        self.init()
        self.eventsMax = eventsMax
    }
}

extension String {
    fileprivate func components(before part: String) -> String {
        guard let range = firstRange(of: part) else { return self }
        return String(self[..<range.lowerBound])
    }
}
