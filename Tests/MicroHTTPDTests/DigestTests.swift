import Bytes
@testable import MicroHTTPD
import Testing

@Suite struct DigestTests {
    private func hex(_ text: String) -> String {
        var out = ByteBuffer()
        let bytes = Array(text.utf8)
        for byte in SHA256.digest(bytes.span) { out.append(hexadecimal: UInt64(byte), width: 2) }
        return out.text
    }

    @Test func `SHA-256 gives the digests of the standard`() {
        #expect(hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
