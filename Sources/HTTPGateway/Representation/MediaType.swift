internal import Bytes

/// The media type of a body.
enum MediaType {
    /// Whether a `Content-Type` says JSON, with or without parameters.
    static func isJSON(_ contentType: Span<UInt8>) -> Bool { of(contentType, is: "application/json") }

    /// Whether a `Content-Type` says a media type, with or without parameters.
    static func of(_ contentType: Span<UInt8>, is mediaType: StaticString) -> Bool {
        let end = contentType.firstIndex(of: 0x3B) ?? contentType.count
        return contentType.extracting(0..<end).trimmed.equalsIgnoringCase(mediaType)
    }
}
