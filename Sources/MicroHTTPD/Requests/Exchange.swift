import Bytes
import CMicroHTTPD
import Glibc
import HTTPGateway
import Synchronization

/// One call of libmicrohttpd about a request: what was known, and what is to be done next.
///
/// A reply queued in the first call closes the connection, one queued in the last does not. So whatever has no
/// body is answered in the last call, even where the head alone decided.
@safe struct Exchange {
    let service: Service
    let client: Connection
    let worker: Worker
    let connection: OpaquePointer
    let method: UnsafePointer<CChar>

    /// Bodies where none belongs are read so far, and then the handler decides.
    static var strayBodyBytesMax: Int { 65536 }
    /// What a body may go on beyond its limit before the connection is cut instead of told so.
    static var excessBytesMax: Int { 1 << 20 }

    /// A call without a piece of a body.
    func goOn(_ scratch: inout Scratch) -> MHD_Result {
        switch client.step {
        case .head: return takeHead(&scratch)
        case .body: return answerUpload(&scratch)
        case .answer: return answer(&scratch)
        case .refusal: return repeatRefusal(&scratch)
        case .line, .done: return .YES
        }
    }

    // MARK: the first call

    private func takeHead(_ scratch: inout Scratch) -> MHD_Result {
        worker.countRequest()
        if client.verdict == .refuse {
            scratch.reply.reset()
            service.handler.refuseConnection(reply: &scratch.reply)
            scratch.reply.closes = true
            return send(&scratch)
        }
        readHead(&scratch)
        let hasBody = scratch.head.has(.transferEncoding) || scratch.head.has(.contentLength)
        scratch.reply.reset()
        switch service.handler.admit(scratch.head, reply: &scratch.reply) {
        case .refused:
            if hasBody { return send(&scratch) }
            client.step = .refusal
        case .whole where !hasBody: client.step = .answer
        case .whole(let admitted): return takeWhole(admitted, &scratch)
        case .pieces(let receiver):
            let upload = expectBody(&scratch)
            upload.way = .passedOn(receiver)
            upload.missing = upload.head.has(.contentLength) ? upload.head.declaredLength : nil
        }
        return .YES
    }

    private func takeWhole(_ admitted: Int, _ scratch: inout Scratch) -> MHD_Result {
        client.bodyBytesMax = takesBody(scratch.head.method) ? admitted : min(admitted, Self.strayBodyBytesMax)
        let declared = scratch.head.declaredLength
        if declared > client.bodyBytesMax {
            service.refusals.bodyBytes.add(1, ordering: .relaxed)
            scratch.reply.reset()
            service.handler.refuseBody(of: scratch.head, reply: &scratch.reply)
            return send(&scratch)
        }
        expectBody(&scratch).body.reserve(min(declared, 65536))
        return .YES
    }

    private func expectBody(_ scratch: inout Scratch) -> Upload {
        let upload = worker.makeUpload()
        swap(&scratch.head, &upload.head)
        scratch.owner = (0, 0)
        client.upload = upload
        client.step = .body
        return upload
    }

    /// Reads method, target and headers into the head: one pass over the headers.
    private func readHead(_ scratch: inout Scratch) {
        let peer = Peer(
            transport: client.transport, connection: client.serial, lane: worker.lane, cpu: client.cpu,
            isPublicListener: client.isPublicListener)
        unsafe scratch.head.start(method: bytes(method), target: client.target, peer: peer)
        unsafe withUnsafeMutablePointer(to: &scratch.head) { head in
            _ = unsafe MHD_get_connection_values_n(connection, .HEADER_KIND, takeHeader, head)
        }
        let request = client.requestCount
        if request == 0 { client.notes.note(agent: scratch.head.value(.userAgent)) }
        scratch.owner = (client.serial, request)
    }

    private func takesBody(_ method: Method) -> Bool {
        switch method {
        case .put, .post, .other: true
        case .get, .head, .delete, .options: false
        }
    }

    // MARK: the body

    /// Takes a piece of a body; what is beyond the limit is thrown away, and answered at the end.
    func takeBody(_ piece: Span<UInt8>, _ scratch: inout Scratch) -> MHD_Result {
        guard client.step == .body, let upload = client.upload else { return .NO }
        client.notes.count(received: piece.count)
        if case .collected = upload.way {} else { return passOn(piece, upload, &scratch) }
        if upload.excess == 0, upload.body.count + piece.count <= client.bodyBytesMax {
            upload.body.append(piece)
            return .YES
        }
        upload.body.removeAll()
        upload.excess += piece.count
        return upload.excess <= Self.excessBytesMax ? .YES : .NO
    }

    // MARK: the last call

    private func answer(_ scratch: inout Scratch) -> MHD_Result {
        if !scratch.isHead(of: client) { readHead(&scratch) }
        client.enter(.responding)
        scratch.reply.reset()
        let nothing = unsafe Span<UInt8>(_unsafeElements: UnsafeBufferPointer(start: nil, count: 0))
        service.handler.respond(to: scratch.head, body: nothing, reply: &scratch.reply)
        return send(&scratch, isHead: scratch.head.method == .head)
    }

    private func answerUpload(_ scratch: inout Scratch) -> MHD_Result {
        guard let upload = client.upload else { return .NO }
        client.enter(.responding)
        scratch.reply.reset()
        switch upload.way {
        case .collected where upload.excess > 0:
            service.refusals.bodyBytes.add(1, ordering: .relaxed)
            service.handler.refuseBody(of: upload.head, reply: &scratch.reply)
        case .collected: service.handler.respond(to: upload.head, body: upload.body, reply: &scratch.reply)
        case .passedOn(let receiver), .refused(let receiver):
            upload.way = .answered
            receiver.finish(upload.head, reply: &scratch.reply)
        case .answered: return .NO
        }
        return send(&scratch, isHead: upload.head.method == .head)
    }

    /// Sends what the first call decided. Between both another connection may have had its turn: then it is asked again.
    private func repeatRefusal(_ scratch: inout Scratch) -> MHD_Result {
        if !scratch.isHead(of: client) {
            readHead(&scratch)
            scratch.reply.reset()
            guard case .refused = service.handler.admit(scratch.head, reply: &scratch.reply) else {
                return answer(&scratch)
            }
        }
        return send(&scratch, isHead: scratch.head.method == .head)
    }

    private func send(_ scratch: inout Scratch, isHead: Bool = false) -> MHD_Result {
        client.step = .done
        client.enter(.responding)
        scratch.owner = (0, 0)
        return sendReply(&scratch.reply, isHead: isHead)
    }
}

/// Takes a header into the head.
private func takeHeader(
    context: UnsafeMutableRawPointer?, kind: MHD_ValueKind, name: UnsafePointer<CChar>?, nameSize: Int,
    value: UnsafePointer<CChar>?, valueSize: Int
) -> MHD_Result {
    guard let context = unsafe context, let name = unsafe name else { return .YES }
    let head = unsafe context.assumingMemoryBound(to: RequestHead.self)
    let nameBytes = unsafe UnsafeBufferPointer(
        start: UnsafeRawPointer(name).assumingMemoryBound(to: UInt8.self), count: nameSize)
    let valueBytes = unsafe UnsafeBufferPointer(
        start: value.map { unsafe UnsafeRawPointer($0).assumingMemoryBound(to: UInt8.self) }, count: valueSize)
    unsafe head.pointee.addHeader(name: Span(_unsafeElements: nameBytes), value: Span(_unsafeElements: valueBytes))
    return .YES
}

extension RequestHead {
    /// As ``start(method:target:peer:)``, out of a buffer.
    fileprivate mutating func start(method: Span<UInt8>, target: borrowing ByteBuffer, peer: Peer) {
        start(method: method, target: target.span, peer: peer)
    }

    /// What Content-Length says; 0 where it says nothing. libmicrohttpd has refused what is not a number.
    fileprivate var declaredLength: Int {
        let text = value(.contentLength)
        var length = 0
        for index in text.indices {
            let (product, overflows) = length.multipliedReportingOverflow(by: 10)
            if overflows { return .max }
            length = product &+ Int(text[index] &- 0x30)
            if length < 0 { return .max }
        }
        return length
    }
}

extension RequestHandler {
    /// As ``respond(to:body:reply:)``, out of a buffer.
    fileprivate func respond(to head: borrowing RequestHead, body: borrowing ByteBuffer, reply: inout Reply) {
        respond(to: head, body: body.span, reply: &reply)
    }
}
