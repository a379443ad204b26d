internal import Bytes
internal import PseudoFS

/// `/openapi.yaml`: the file at the repository's top, as it was when this was built.
enum OpenAPIExport {
    static let entry = DirectoryTableEntry<Always>.file(
        "openapi.yaml",
        .rendered(
            mode: 0o444, content: .document, forms: [.yaml],
            summary: "What can be asked of this server, as OpenAPI 3.1.",
            readAuthority: .none, open: { _, _ in WholeDocument(PackageResources.openapi_yaml) }))
}

/// A document that is there already.
private final class WholeDocument: OpenFile {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let bytes = bytes
        buffer.append(bytes.span)
        return .end
    }

    func close() {}
}
