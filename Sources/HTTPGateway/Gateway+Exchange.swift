internal import Bytes
internal import PseudoFS
internal import SystemPackage

extension Gateway {
    /// POST on a file that answers a document with another.
    ///
    /// The answer is written where it is sent from.
    ///
    /// - Throws: EINVAL for a body of another media type, as 406 where the client takes no such answer; what the file
    ///   reports. Nothing has happened then.
    func exchange(
        _ walk: borrowing Walk, _ head: borrowing RequestHead, _ call: borrowing Call, body: Span<UInt8>,
        trail: inout Trail, reply: inout Reply
    ) throws(Failure) {
        let node = walk.node
        guard let form = node.declaration.forms.first else { throw Failure(.notSupported) }
        let mediaType = form.mediaType
        if Accept(head.value(.accept)).preferred(among: [form]) == nil {
            throw trail.refusing(Failure(.invalidArgument, "there is only \(mediaType)"), with: 406)
        }
        try requireNoTags(of: head)
        try requireNoIfNoneMatch(of: head)
        if head.has(.contentRange) {
            throw Failure(.invalidArgument, "a document is sent whole, without Content-Range")
        }
        guard MediaType.of(head.value(.contentType), is: mediaType) else {
            throw Failure(.invalidArgument, "the Content-Type is \(mediaType) and no other", subject: .content)
        }
        try walk.admitWrite()
        try node.exchange(
            body, WriteRequest(appends: true, arguments: call.query.arguments, caller: call.caller), into: &reply.body)
        namespace.changed(node)
        reply.addHeaders(of: form)
    }
}
