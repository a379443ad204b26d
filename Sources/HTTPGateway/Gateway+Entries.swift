internal import Bytes
internal import PseudoFS
internal import SystemPackage

extension Gateway {
    /// POST on a directory: makes an entry.
    ///
    /// - Throws: EINVAL for a body that is no such object, ENAMETOOLONG, EEXIST, and what the directory reports.
    func create(
        in walk: borrowing Walk, _ head: borrowing RequestHead, _ call: borrowing Call, body: Span<UInt8>,
        reply: inout Reply
    ) throws(Failure) {
        let directory = walk.node
        try requireNoTags(of: head)
        try requireNoIfNoneMatch(of: head)
        let members = try JSONBody.object(body)
        let name = try Self.name(among: members, declared: directory.declaration.members)
        try walk.admitCreation()
        try directory.make(name, CreateRequest(members: members.filter { $0.name != "name" }, caller: call.caller))
        namespace.added(name, in: directory)
        answerCreation(of: name, in: directory, call.caller, &reply)
    }

    /// The name of the new entry, every other member being one that the directory declares.
    private static func name(among members: [JSONValue.Member], declared: [String]) throws(Failure) -> String {
        func refused(_ reason: String) -> Failure { Failure(.invalidArgument, reason, subject: .content) }
        for member in members where member.name != "name" && !declared.contains(member.name) {
            let known = (["name"] + declared).joined(separator: ", ")
            throw refused("unknown member \"\(member.name)\"; known are \(known)")
        }
        guard let name = members.first(where: { $0.name == "name" })?.value.stringValue else {
            throw refused("the member \"name\" is missing, or no string")
        }
        if name.utf8.count > 255 { throw Failure(.fileNameTooLong, "a name has at most 255 bytes") }
        let isFree = name.utf8.allSatisfy { $0 != 0 && $0 != 0x2F }
        guard isFree, !name.isEmpty, name != ".", name != ".." else {
            throw refused("a name has 1 to 255 bytes without / and NUL, and is not . or ..")
        }
        return name
    }

    private func answerCreation(of name: String, in directory: Node, _ caller: Caller, _ reply: inout Reply) {
        var path = ByteBuffer()
        let parent = directory.path
        path.append(parent.span)
        if parent.span.count > 1 { path.append(0x2F) }
        path.append(name)
        var location = ByteBuffer()
        location.append(percentEncoded: path.span, keepsSlash: true)
        reply.status = 201
        reply.addHeader("Location", location.span)
        reply.addHeaders(of: .json)
        do throws(Failure) {
            let walk = try namespace.walk(path.span, caller: caller)
            reply.body.appendObject(of: walk.node)
        } catch {
            // Made and gone again, or the cache is full: made it was.
            reply.body.append("{\"path\":\"")
            reply.body.append(jsonEscaped: path.span)
            reply.body.append(0x22)
        }
        reply.body.append("}\n")
    }

    /// DELETE: removes what the node stands for.
    ///
    /// - Throws: EBUSY, ENOTEMPTY, and what the node reports.
    func remove(
        _ node: Node, _ head: borrowing RequestHead, _ call: borrowing Call, reply: inout Reply
    ) throws(Failure) {
        try requireNoTags(of: head)
        try requireNoIfNoneMatch(of: head)
        try node.remove(call.caller)
        namespace.removed(node)
        reply.status = 204
        reply.addHeader("X-Content-Type-Options", "nosniff")
    }
}
