internal import Bytes
internal import PseudoFS
internal import SystemPackage

extension Gateway {
    /// GET and HEAD: chooses the form, and gives the node in it.
    func show(
        _ node: Node, _ target: borrowing Target, _ head: borrowing RequestHead, _ call: borrowing Call,
        _ trail: inout Trail, _ reply: inout Reply
    ) throws(Failure) {
        let declaration = node.declaration
        if call.query.watches { return try watch(node, head, call, &trail, &reply) }
        let form = try choose(call.query, declaration, head, &trail)
        if declaration.content == .attribute { return try showAttribute(node, form, target, head, call, &reply) }
        try requireNoTags(of: head)
        switch declaration.content {
        case .listing where form.isListing:
            let listing = try listing(of: node, form, target, head, call)
            try send(listing, form, from: node, call, slot: nil, &reply)
        case .bytes: try showBytes(node, form, call, &reply)
        case .device: try showDevice(node, form, head, call, &trail, &reply)
        default: try showOpened(node, form, head, call, &reply)
        }
    }

    /// The form in which the answer is given.
    ///
    /// - Throws: EINVAL, as 406 where the client takes none of those that the node has.
    func choose(
        _ query: borrowing Query, _ declaration: Declaration, _ head: borrowing RequestHead, _ trail: inout Trail
    ) throws(Failure) -> Form {
        let accept = Accept(head.value(.accept))
        if query.isPlain, accept.isAnything, let form = declaration.forms.first { return form }
        let candidates = try query.candidates(for: declaration)
        if query.form != nil, let form = candidates.first { return form }
        guard let form = accept.preferred(among: candidates) else {
            let types = candidates.map { "\($0.mediaType)" }.joined(separator: ", ")
            throw trail.refusing(Failure(.invalidArgument, "there is only \(types)"), with: 406)
        }
        return form
    }

    /// An entity tag stands for an attribute's value; other nodes have none to be compared with.
    func requireNoTags(of head: borrowing RequestHead) throws(Failure) {
        if head.has(.ifMatch), try EntityTag.fingerprints(in: head.value(.ifMatch)) != nil {
            throw Failure(.invalidArgument, "it has no entity tag that could match", subject: .precondition)
        }
    }

    private func showAttribute(
        _ node: Node, _ form: Form, _ target: borrowing Target, _ head: borrowing RequestHead,
        _ call: borrowing Call, _ reply: inout Reply
    ) throws(Failure) {
        let tag: EntityTag?
        switch form {
        case .json: tag = try appendJSON(of: node, call.query, to: &reply.body)
        case .html: tag = try appendPage(of: node, target, to: &reply.body)
        default: tag = try appendText(of: node, call.query, to: &reply.body)
        }
        if let tag {
            if head.has(.ifMatch), let expected = try EntityTag.fingerprints(in: head.value(.ifMatch)),
                !expected.contains(tag.fingerprint)
            {
                throw Failure(.invalidArgument, "the value is not the expected one", subject: .precondition)
            }
            if head.has(.ifNoneMatch), try tag.isNamed(in: head.value(.ifNoneMatch)) {
                reply.body.removeAll()
                reply.status = 304
            }
            reply.addHeader("ETag") { tag.append(to: &$0) }
        }
        reply.addHeaders(of: form)
    }

    /// The object of an attribute: `{"path":"/…","type":"file","mode":"0640","value":…}`.
    ///
    /// Written straight into the reply, value and tag from one reading: the path that most requests take.
    func appendJSON(
        of node: Node, _ query: borrowing Query, to out: inout ByteBuffer
    ) throws(Failure) -> EntityTag {
        let reading = try node.read()
        let start = out.count
        out.appendObject(of: node)
        out.append(",\"value\":")
        let valueStart = out.count
        reading.appendJSON(to: &out, int64AsString: query.int64AsString)
        let fingerprint =
            query.int64AsString
            ? reading.fingerprint : Reading.fingerprint(of: out.span.extracting(valueStart..<out.count))
        out.append("}\n")
        if query.isPretty { out.indentJSON(from: start) }
        return EntityTag(form: .json, query: query, fingerprint: fingerprint)
    }

    /// The kernel's text. Its tag is that of the value before and after, which must be the same one; where it keeps
    /// changing there is no tag, for a wrong one would let a write through.
    private func appendText(
        of node: Node, _ query: borrowing Query, to out: inout ByteBuffer
    ) throws(Failure) -> EntityTag? {
        var before = try node.read().fingerprint
        for _ in 0..<3 {
            out.removeAll()
            try node.readText(into: &out)
            let after = try node.read().fingerprint
            if before == after { return EntityTag(form: .text, query: query, fingerprint: after) }
            before = after
        }
        return nil
    }

    /// Bytes as they are, or what is known about them: `{"path":"/…","type":"file","mode":"0600","state":…}`.
    private func showBytes(
        _ node: Node, _ form: Form, _ call: borrowing Call, _ reply: inout Reply
    ) throws(Failure) {
        if form == .bytes {
            reply.addHeaders(of: form)
            return try node.readText(into: &reply.body)
        }
        try showKnowledge(of: node, call, &reply)
    }

    /// What is known about bytes that are not shown.
    func showKnowledge(of node: Node, _ call: borrowing Call, _ reply: inout Reply) throws(Failure) {
        reply.addHeaders(of: .json)
        let reading = try node.read()
        reply.body.appendObject(of: node)
        if case .record(let members) = reading.value {
            reply.body.append(0x2C)
            reply.body.append(members: members, int64AsString: call.query.int64AsString)
        }
        reply.body.append("}\n")
        if call.query.isPretty { reply.body.indentJSON(from: 0) }
    }

    private func appendPage(
        of node: Node, _ target: borrowing Target, to out: inout ByteBuffer
    ) throws(Failure) -> EntityTag {
        let reading = try node.read()
        var text = ByteBuffer()
        try node.readText(into: &text)
        AttributePage(node: node, at: String(repairing: target.path), reading: reading).append(
            text: text.span, to: &out)
        return EntityTag(form: .html, query: Query(), fingerprint: reading.fingerprint)
    }
}
