internal import Bytes
internal import PseudoFS
internal import SystemPackage

extension Gateway {
    /// POST of many requests, a line each: answered in order, a line each, as if they had come one by one from the same
    /// client with the same credentials.
    ///
    /// The whole is read first: where a line is none, or there are too many, nothing is done. Then each request is
    /// judged by itself. With `?stop_on_error` the first that is refused is the last to be answered.
    ///
    /// - Throws: EINVAL with the line that is none, E2BIG with the first that is too many; EINVAL as 406 where the
    ///   client takes no lines.
    func answerBatch(
        _ head: borrowing RequestHead, _ call: borrowing Call, body: Span<UInt8>, trail: inout Trail,
        reply: inout Reply
    ) throws(Failure) {
        if Accept(head.value(.accept)).preferred(among: [.ndjson]) == nil {
            throw trail.refusing(Failure(.invalidArgument, "there is only application/x-ndjson"), with: 406)
        }
        try requireNoTags(of: head)
        try requireNoIfNoneMatch(of: head)
        if head.has(.contentRange) {
            throw Failure(.invalidArgument, "a batch is sent whole, without Content-Range")
        }
        try checkLines(of: body)
        let stops = call.query.arguments.flag("stop_on_error")
        var line = BatchedRequest()
        try RequestLine.forEach(in: body) { text, number throws(Failure) in
            let request = try RequestLine(text)
            if reply.body.count > limits.bodyBytes {
                let failure = Failure(
                    .fileTooLarge,
                    "the answers have over \(limits.bodyBytes) bytes: neither this nor what follows is done",
                    line: number)
                line.refuse(failure, to: request, from: head, in: self)
                line.appendAnswer(to: &reply.body)
                return false
            }
            line.answer(request, from: head, in: self)
            line.appendAnswer(to: &reply.body)
            return !(stops && line.reply.status >= 400)
        }
        reply.addHeaders(of: .ndjson)
    }

    private func checkLines(of body: Span<UInt8>) throws(Failure) {
        var count = 0
        try RequestLine.forEach(in: body) { text, number throws(Failure) in
            count += 1
            if count > limits.batchRequests {
                counters.batchesRefused.count()
                throw Failure(
                    .argListTooLong, "a batch has at most \(limits.batchRequests) requests, the limit batch_requests",
                    subject: .content, line: number, written: 0)
            }
            do throws(Failure) {
                _ = try RequestLine(text)
            } catch {
                throw Failure(error.errno, error.reason, subject: .content, line: number, written: 0)
            }
            return true
        }
    }

    /// Requires that a request of a batch can be answered in its line.
    func requireFit(_ declaration: Declaration, _ call: borrowing Call) throws(Failure) {
        func refused(_ reason: String) -> Failure { Failure(.invalidArgument, reason) }
        switch declaration.content {
        case .requests: throw refused("a batch does not go into a batch")
        case .stream: throw refused("a stream is asked for by itself, and not in a batch")
        default: break
        }
        if call.query.watches { throw refused("changes are watched by a request of its own") }
        if call.query.isPretty { throw refused("what is answered in a line is not indented") }
        if call.query.form == .bytes { throw refused("bytes do not go into a line") }
    }
}

/// One request of a batch at a time, and its answer; used again for the next.
private struct BatchedRequest: ~Copyable {
    private var head = RequestHead()
    var reply = Reply()
    private let accept = "application/json, application/x-ndjson;q=0.9, text/plain;q=0.8"

    /// Answers a request as the gateway answers any other.
    mutating func answer(_ request: RequestLine, from outer: borrowing RequestHead, in gateway: Gateway) {
        begin(request, from: outer)
        var trail = Trail()
        do throws(Failure) {
            try gateway.answer(head, body: request.body.span, trail: &trail, reply: &reply)
            guard let stream = reply.stream else { return }
            // What would have been sent in pieces; reading it has changed nothing.
            stream.close()
            throw Failure(
                .fileTooLarge, "the answer has over \(gateway.limits.bufferedBytes) bytes; ask for it by itself")
        } catch {
            reply.refuse(head, error, trail: trail, retryAfterSeconds: gateway.limits.retryAfterSeconds)
        }
    }

    /// Refuses a request without looking at it.
    mutating func refuse(
        _ failure: Failure, to request: RequestLine, from outer: borrowing RequestHead, in gateway: Gateway
    ) {
        begin(request, from: outer)
        reply.refuse(head, failure, trail: Trail(), retryAfterSeconds: gateway.limits.retryAfterSeconds)
    }

    private mutating func begin(_ request: RequestLine, from outer: borrowing RequestHead) {
        reply.reset()
        head.start(method: request.method.utf8Span.span, target: request.target.utf8Span.span, peer: outer.peer)
        head.isInBatch = true
        for (header, name) in [
            (RequestHead.Header.authorization, "authorization"), (.jitfsTask, "jitfs-task"),
            (.userAgent, "user-agent"),
        ] where outer.has(header) {
            head.addHeader(name: name.utf8Span.span, value: outer.value(header))
        }
        head.addHeader(name: "accept".utf8Span.span, value: accept.utf8Span.span)
        if request.isJSON {
            head.addHeader(name: "content-type".utf8Span.span, value: "application/json".utf8Span.span)
        }
    }

    /// Appends the line that answers: `{"status":200,"body":…}`, `{"status":404,"problem":{…}}`.
    ///
    /// JSON stands in it as it is, text as a string.
    func appendAnswer(to out: inout ByteBuffer) {
        out.append("{\"status\":")
        out.append(decimal: reply.status)
        if let location = value(of: "Location") {
            out.append(",\"location\":")
            out.append(jsonString: location)
        }
        if !reply.body.isEmpty, reply.status != 204 {
            if reply.status >= 400 { out.append(",\"problem\":") } else { out.append(",\"body\":") }
            if isJSON { append(json: reply.body.span, to: &out) } else { out.append(jsonString: reply.body.span) }
        }
        out.append("}\n")
    }

    private var isJSON: Bool {
        guard let type = value(of: "Content-Type") else { return false }
        let text = type.utf8Span.span
        return MediaType.isJSON(text) || MediaType.of(text, is: "application/problem+json")
    }

    /// A document on one line: a line's end between its tokens becomes a space.
    private func append(json text: Span<UInt8>, to out: inout ByteBuffer) {
        let text = text.trimmed
        for index in text.indices { out.append(text[index] == 0x0A || text[index] == 0x0D ? 0x20 : text[index]) }
    }

    /// A header of the answer.
    private func value(of name: String) -> String? {
        let block = reply.headers
        var start = 0
        var isFound = false
        var isName = true
        for index in block.indices where block[index] == 0 {
            let word = block.extracting(start..<index)
            if isName { isFound = word.equals(name) } else if isFound { return String(repairing: word) }
            isName.toggle()
            start = index + 1
        }
        return nil
    }
}
