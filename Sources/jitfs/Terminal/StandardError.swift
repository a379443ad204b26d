internal import Foundation

/// Standard error.
enum StandardError {
    /// Writes a text; where it cannot be written, nobody could be told.
    static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
