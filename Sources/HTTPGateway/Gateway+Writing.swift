internal import Bytes
internal import PseudoFS
internal import SystemPackage

extension Gateway {
    /// PUT and POST on a file: one write, then the state that it led to.
    ///
    /// - Throws: what the body, the precondition and the file report; nothing was written then, except where the
    ///   failure says how much.
    func write(
        _ walk: borrowing Walk, _ head: borrowing RequestHead, _ call: borrowing Call, body: Span<UInt8>,
        trail: inout Trail, reply: inout Reply
    ) throws(Failure) {
        let node = walk.node
        if node.declaration.takesAsItComes {
            try walk.admitWrite()
            let intake = try open(walk, head, call, announced: UInt64(body.count), &trail)
            do throws(Failure) {
                try intake.file.writeAll(body)
            } catch {
                namespace.changed(node)
                throw error
            }
            namespace.changed(node)
            return answer(intake, written: UInt64(body.count), &reply)
        }
        // Before anything is written: a client that takes no answer we have must not have changed something.
        let answersNothing = node.declaration.content == .bytes
        let form = answersNothing ? .json : try chooseAnswer(call.query, node.declaration, head, &trail)
        let expected = try expectation(head, node.declaration)
        // RFC 9110, 14.5: a part must not be taken for the whole.
        if head.has(.contentRange) {
            throw Failure(.invalidArgument, "this file is written whole, without Content-Range")
        }
        var request = WriteRequest(
            appends: call.verb == .append, arguments: call.query.arguments, caller: call.caller)
        var written = body.count
        request.form = bodyForm(of: head, node.declaration)
        if let name = owner(in: call, node.declaration) { request.owner = try namespace.owners.owner(named: name) }
        do throws(Failure) {
            if request.form == nil, MediaType.isJSON(head.value(.contentType)) {
                let text = try WrittenValue.text(of: body)
                written = text.count
                try walk.admit(write: text.span)
                try node.write(text.span, request, expecting: expected)
            } else {
                try walk.admit(write: body)
                try node.write(body, request, expecting: expected)
            }
        } catch {
            // What is refused may have changed something all the same: a filter that is none is shown.
            namespace.changed(node)
            throw error
        }
        namespace.changed(node)
        if answersNothing {
            reply.status = 204
            return reply.addHeader("X-Content-Type-Options", "nosniff")
        }
        reply.addHeaders(of: form)
        if node.declaration.content == .attribute {
            do throws(Failure) {
                if form == .text { return try node.readText(into: &reply.body) }
                let tag = try appendJSON(of: node, call.query, to: &reply.body)
                return reply.addHeader("ETag") { tag.append(to: &$0) }
            } catch {
                // It was written, and has become unreadable since, by that very write or another: no error of ours.
                reply.body.removeAll()
            }
        }
        append(written: UInt64(written), to: node, form, &reply)
    }

    /// Who is named as the owner of what a write makes, where the file takes that.
    private func owner(in call: borrowing Call, _ declaration: Declaration) -> String? {
        declaration.parameters.contains(.owner) ? call.query.arguments.name(Parameter.owner.name) : nil
    }

    /// In which of the forms that the file declares a body comes; nil for plain bytes, whatever they are called.
    private func bodyForm(of head: borrowing RequestHead, _ declaration: Declaration) -> Form? {
        if declaration.bodyForms.isEmpty { return nil }
        for form in declaration.bodyForms where MediaType.of(head.value(.contentType), is: form.mediaType) {
            return form
        }
        return nil
    }

    /// The form of the answer to a write: of those that show the new state, where it can be shown.
    func chooseAnswer(
        _ query: borrowing Query, _ declaration: Declaration, _ head: borrowing RequestHead, _ trail: inout Trail
    ) throws(Failure) -> Form {
        let accept = Accept(head.value(.accept))
        var candidates: [Form] = [.json, .text]
        if !query.isPlain { candidates = try query.candidates(for: declaration).filter { candidates.contains($0) } }
        guard let form = query.form == nil ? accept.preferred(among: candidates) : candidates.first else {
            throw trail.refusing(
                Failure(.invalidArgument, "a write is answered in application/json or text/plain"), with: 406)
        }
        return form
    }

    /// The fingerprints of which the value must have one; nil for no condition.
    private func expectation(_ head: borrowing RequestHead, _ declaration: Declaration) throws(Failure) -> [UInt64]? {
        try requireNoIfNoneMatch(of: head)
        guard head.has(.ifMatch) else { return nil }
        if declaration.content != .attribute {
            try requireNoTags(of: head)
            return nil
        }
        return try EntityTag.fingerprints(in: head.value(.ifMatch))
    }

    /// A change asks for a state with If-Match; If-None-Match could only ask for what is not there.
    func requireNoIfNoneMatch(of head: borrowing RequestHead) throws(Failure) {
        guard head.has(.ifNoneMatch) else { return }
        throw head.value(.ifNoneMatch).trimmed.equals("*")
            ? Failure(.fileExists, "it exists", subject: .precondition)
            : Failure(.invalidArgument, "If-None-Match with tags goes with reading")
    }

    /// Says how much was written, where there is no state to be shown.
    func append(written: UInt64, to node: Node, _ form: Form, _ reply: inout Reply) {
        if form == .text {
            reply.body.append(decimal: written)
            reply.body.append(0x0A)
            return
        }
        reply.body.append("{\"path\":\"")
        let path = node.path
        reply.body.append(jsonEscaped: path.span)
        reply.body.append("\",\"written\":")
        reply.body.append(decimal: written)
        reply.body.append("}\n")
    }
}
