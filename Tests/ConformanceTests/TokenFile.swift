import Bytes
import HTTPGateway
import Foundation
import MicroHTTPD
import PseudoFS

/// A token file, read as the server reads it.
enum TokenFile {
    static func credentials(_ path: String) throws -> Credentials {
        let text = try Array(Data(contentsOf: URL(filePath: path)))
        return try Credentials(parsing: text.span) { SHA256.digest($0) }
    }

    /// A line for a token.
    static func line(_ role: String, _ token: String, below path: String = "") -> String {
        let digest = SHA256.digest(token.utf8Span.span).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }
        return "\(role) \(digest.joined()) \(path)\n"
    }
}
