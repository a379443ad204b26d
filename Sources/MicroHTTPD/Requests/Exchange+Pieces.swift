import Bytes
import CMicroHTTPD
import Glibc
import HTTPGateway

/// Bodies that are passed on as they come.
extension Exchange {
    /// Passes a piece on.
    ///
    /// Where no more is wanted, the answer goes out after the rest if that is known to be little, and the connection
    /// goes on; at once otherwise, and the connection ends.
    func passOn(_ piece: Span<UInt8>, _ upload: Upload, _ scratch: inout Scratch) -> MHD_Result {
        upload.missing = upload.missing.map { $0 - piece.count }
        switch upload.way {
        case .passedOn(let receiver):
            client.countBody(piece.count)
            if receiver.take(piece) { return .YES }
            if let missing = upload.missing, missing <= Self.strayBodyBytesMax {
                upload.way = .refused(receiver)
                return .YES
            }
            upload.way = .answered
            scratch.owner = (0, 0)
            scratch.reply.reset()
            receiver.finish(upload.head, reply: &scratch.reply)
            return sendAtOnce(scratch.reply) ? .YES : .NO
        case .refused: return .YES
        case .answered:
            upload.excess += piece.count
            return upload.excess <= Self.excessBytesMax ? .YES : .NO
        case .collected: return .NO
        }
    }

    /// Sends a reply by ourselves, in the middle of a body, where libmicrohttpd queues none; nothing comes after it.
    ///
    /// What still comes is to be read for a while: a connection that is closed over unread bytes takes the answer along.
    ///
    /// - Returns: false where it cannot be sent whole.
    private func sendAtOnce(_ reply: borrowing Reply) -> Bool {
        var message = ByteBuffer(capacity: 1024)
        message.append("HTTP/1.1 ")
        message.append(decimal: reply.status)
        message.append(" ")
        if let phrase = unsafe MHD_get_reason_phrase_for(UInt32(reply.status)) { unsafe message.append(bytes(phrase)) }
        message.append("\r\nDate: ")
        message.append(HTTPDate.now)
        message.append("\r\nConnection: close\r\nContent-Length: ")
        message.append(decimal: reply.body.count)
        message.append("\r\n")
        let headers = reply.headers
        var start = 0
        var isName = true
        for index in headers.indices where headers[index] == 0 {
            message.append(headers.extracting(start..<index))
            message.append(isName ? ": " as StaticString : "\r\n")
            isName.toggle()
            start = index + 1
        }
        message.append("\r\n")
        message.append(reply.body)
        let sent = unsafe message.span.withUnsafeBytes { bytes in
            unsafe send(client.descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
        shutdown(client.descriptor, Int32(SHUT_WR))
        client.notes.count(sent: reply.body.count)
        return sent == message.count
    }
}

extension ByteBuffer {
    /// Appends another buffer.
    fileprivate mutating func append(_ other: borrowing ByteBuffer) { append(other.span) }
}

/// Times as HTTP has them.
private enum HTTPDate {
    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7), of this moment.
    static var now: String {
        var seconds = time(nil)
        var parts = unsafe tm()
        unsafe _ = gmtime_r(&seconds, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = unsafe "\(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900)"
        let clock = unsafe "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        return unsafe "\(days[Int(parts.tm_wday)]), \(date) \(clock) GMT"
    }
}
