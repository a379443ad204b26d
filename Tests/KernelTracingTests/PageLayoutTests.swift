internal import SystemPackage
internal import Testing

@testable internal import KernelTracing

@Suite struct PageLayoutTests {
    @Test func `the kernel's description is understood`() throws {
        let layout = try PageBuilder.layout
        #expect(layout.size == 4096)
        #expect(layout.dataOffset == 16 && layout.dataSize == 4080)
        #expect(layout.timestampOffset == 0 && layout.commitOffset == 8 && layout.commitSize == 8)
    }

    @Test(arguments: [
        "", "nonsense\n", "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n",
        PageBuilder.header.replacing("size:4080", with: "size:4294967295"),
        PageBuilder.header.replacing("size:4080", with: "size:-1"),
        PageBuilder.header.replacing("offset:16", with: "offset:12"),
        PageBuilder.header.replacing("offset:8;\tsize:8", with: "offset:8;\tsize:3"),
        PageBuilder.header.replacing("u64 timestamp;\toffset:0;\tsize:8", with: "u64 timestamp;\toffset:0;\tsize:4"),
    ])
    func `what cannot be is refused`(_ text: String) {
        #expect(throws: Errno.invalidArgument) { _ = try PageLayout(parsing: Array(text.utf8)) }
    }
}
