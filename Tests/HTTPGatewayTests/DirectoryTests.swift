internal import Bytes
internal import HTTPGateway
internal import PseudoFS
internal import SystemPackage
internal import Testing

@Suite struct DirectoryTests {
    @Test func `a directory lists its entries sorted by name`() {
        let answer = TestClient().get("/t/streams")
        #expect(
            answer.body
                == #"{"path":"/t/streams","type":"directory","mode":"0755","entries":[{"name":"long","type":"file","#
                + #""mode":"0444"},{"name":"pipe","type":"file","mode":"0444"},{"name":"short","type":"file","#
                + #""mode":"0444"},{"name":"sink","type":"file","mode":"0222"}]}"#
                + "\n"
        )
    }

    @Test func `as text it is one name a line, directories with a slash`() {
        #expect(
            TestClient().get("/t?raw").body
                == "batch\nfail/\nhostile/\nmade/\nmany/\nmetrics\nnumber\nopen\nstreams/\nvalues/\nwatched\n")
    }

    @Test func `pages follow each other without a gap and end`() throws {
        let client = TestClient()
        var names: [String] = []
        var after = ""
        var pages = 0
        while true {
            let answer = client.get("/t/many?limit=701" + (after.isEmpty ? "" : "&after=\(after)"))
            guard case .array(let entries) = try #require(answer.member("entries")) else { break }
            names += entries.compactMap { $0.members?.first { $0.name == "name" }?.value.stringValue }
            pages += 1
            guard let next = answer.member("next")?.stringValue else { break }
            #expect(next == names.last)
            after = next
        }
        #expect(pages == 5)
        #expect(names == (0..<3000).map { "entry-\(10000 + $0)" })
    }

    @Test func `a page that ends where the directory does has no next`() {
        let answer = TestClient().get("/t/streams?limit=4")
        #expect(answer.status == 200 && answer.member("next") == nil)
        #expect(TestClient().get("/t/streams?limit=3").member("next") == .string("short"))
        #expect(TestClient().get("/t/streams?after=zzz").member("entries") == .array([]))
    }

    @Test func `a long listing is streamed, and is the same JSON`() throws {
        let client = TestClient()
        let answer = client.get("/t/many")
        #expect(answer.stream != nil)
        #expect(client.gateway.statistics.streamsOpen == 1)
        let whole = answer.whole()
        let document = try JSONReader.document(whole.utf8Span.span)
        guard case .array(let entries) = document.members?[3].value else { throw Failure(.ioError) }
        #expect(entries.count == 3000)
        #expect(client.gateway.statistics.streamsOpen == 0)
        #expect(client.get("/t/many?pretty").whole().hasSuffix("  ]\n}\n"))
    }

    @Test func `everything below comes as a line each`() throws {
        let client = TestClient()
        let lines = client.get("/t?recursive").whole().split(separator: "\n")
        #expect(lines.first == #"{"path":"/t/batch","type":"file","mode":"0222"}"#)
        #expect(lines.count > 3000)
        for line in lines.prefix(50) { _ = try JSONReader.document(String(line).utf8Span.span) }
        #expect(
            client.get("/t/values?recursive&raw").body
                .hasPrefix("/t/values/blob\n/t/values/broken\n/t/values/broken_late\n/t/values/device\n"))
        #expect(client.gateway.statistics.streamsOpen == 0)
        client.namespace.checkInvariants()
    }
}
