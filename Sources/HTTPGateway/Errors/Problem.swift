internal import Bytes
internal import PseudoFS

/// The body of a refusal: RFC 9457, or one line for those who take only text.
struct Problem {
    let failure: Failure
    let status: UInt16

    /// `{"type":"about:blank","title":"Bad Request","status":400,"detail":"…","errno":"EINVAL","path":"/…"}`
    ///
    /// - Parameters:
    ///   - out: appended to.
    ///   - target: as sent; its path is shown decoded where it can be, as it is otherwise.
    func appendJSON(to out: inout ByteBuffer, target: Span<UInt8>) {
        out.append("{\"type\":\"about:blank\",\"title\":\"")
        out.append(Self.title(of: status))
        out.append("\",\"status\":")
        out.append(decimal: status)
        out.append(",\"detail\":")
        out.append(jsonString: failure.reason)
        out.append(",\"errno\":\"")
        out.append(ErrnoName.of(failure.errno))
        out.append("\",\"path\":")
        Self.appendPath(of: target, to: &out)
        if let line = failure.line {
            out.append(",\"line\":")
            out.append(decimal: line)
        }
        if let record = failure.record {
            out.append(",\"record\":")
            out.append(decimal: record)
        }
        if let offset = failure.offset {
            out.append(",\"offset\":")
            out.append(decimal: offset)
        }
        if let written = failure.written {
            out.append(",\"written\":")
            out.append(decimal: written)
        }
        out.append("}\n")
    }

    private static func appendPath(of target: Span<UInt8>, to out: inout ByteBuffer) {
        let sent = target.extracting(0..<(target.firstIndex(of: 0x3F) ?? target.count))
        var decoded = ByteBuffer(capacity: sent.count)
        do throws(Failure) {
            try Target.decode(sent, into: &decoded)
        } catch {
            decoded.removeAll()
            decoded.append(sent)
        }
        if decoded.count > 1, decoded.span[decoded.count - 1] == 0x2F { decoded.truncate(to: decoded.count - 1) }
        out.append(jsonString: decoded.span)
    }

    /// `EINVAL: what was wrong`, one line whatever the name that it is about: control characters come out as `?`.
    func appendText(to out: inout ByteBuffer) {
        out.append(ErrnoName.of(failure.errno))
        out.append(": ")
        for byte in failure.reason.utf8 { out.append(byte < 0x20 || byte == 0x7F ? 0x3F : byte) }
        out.append(0x0A)
    }

    /// The phrase of a status, as RFC 9110 has it.
    static func title(of status: UInt16) -> StaticString {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 409: "Conflict"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 416: "Range Not Satisfiable"
        case 503: "Service Unavailable"
        case 507: "Insufficient Storage"
        default: "Internal Server Error"
        }
    }
}
