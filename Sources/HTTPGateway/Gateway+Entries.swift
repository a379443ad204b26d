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
        let owner = try owner(among: members)
        let others = members.filter { $0.name != "name" && $0.name != "owner" }
        try directory.make(name, CreateRequest(members: others, owner: owner, caller: call.caller))
        namespace.added(name, in: directory)
        answerEntry(name, in: directory, call.caller, status: 201, &reply)
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

    /// Whose the new entry is to be; nil where nobody was named.
    private func owner(among members: [JSONValue.Member]) throws(Failure) -> Owner? {
        guard let member = members.first(where: { $0.name == "owner" }) else { return nil }
        guard let name = member.value.stringValue else {
            throw Failure(.invalidArgument, "the member \"owner\" is no string", subject: .content)
        }
        return try namespace.owners.owner(named: name)
    }

    /// Says where an entry stands that was made or moved, and what it is.
    private func answerEntry(
        _ name: String, in directory: Node, _ caller: Caller, status: UInt16, _ reply: inout Reply
    ) {
        var path = ByteBuffer()
        let parent = directory.path
        path.append(parent.span)
        if parent.span.count > 1 { path.append(0x2F) }
        path.append(name)
        var location = ByteBuffer()
        location.append(percentEncoded: path.span, keepsSlash: true)
        reply.status = status
        reply.addHeader("Location", location.span)
        reply.addHeaders(of: .json)
        do throws(Failure) {
            let walk = try namespace.walk(path.span, caller: caller, purpose: .entry)
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
        try node.remove(call.caller, tree: call.query.isRecursive)
        namespace.removed(node)
        reply.status = 204
        reply.addHeader("X-Content-Type-Options", "nosniff")
    }

    /// POST with `?rename`: moves what the node stands for to another place of its mount.
    ///
    /// - Throws: EINVAL for a body, or for a path that is none; EACCES where the caller may not change what is there;
    ///   EXDEV for a place in another mount; ENOENT and ENOTDIR for its directory; EEXIST where there is something.
    func rename(
        _ node: Node, _ head: borrowing RequestHead, _ call: borrowing Call, body: Span<UInt8>, trail: inout Trail,
        reply: inout Reply
    ) throws(Failure) {
        try requireNoTags(of: head)
        try requireNoIfNoneMatch(of: head)
        if !body.isEmpty { throw Failure(.invalidArgument, "a renaming has no body", subject: .content) }
        let place = try Place(call.query.renamed ?? "", besides: node.path)
        let access = access(of: head, at: place.path.utf8Span.span)
        if access.authority < node.declaration.changeAuthority {
            throw denied(node.declaration.changeAuthority, isKnown: access.isKnown, trail: &trail)
        }
        let walk = try namespace.walk(
            place.directory.utf8Span.span, caller: call.caller, purpose: .create, permits: permission(of: head))
        let (from, to) = (node.path, walk.node.path)
        if walk.isElsewhere, self.access(of: head, at: to.span).authority < node.declaration.changeAuthority {
            throw denied(node.declaration.changeAuthority, isKnown: access.isKnown, trail: &trail)
        }
        let mount = namespace.mountPath(of: from.span)
        guard namespace.mountPath(of: to.span) == mount else {
            throw Failure(.improperLink, "an entry moves about in \(mount), and not out of it")
        }
        try node.rename(to: walk.node, place.name, call.caller)
        namespace.renamed(node)
        namespace.added(place.name, in: walk.node)
        answerEntry(place.name, in: walk.node, call.caller, status: 200, &reply)
    }
}

/// A path taken apart into a directory and a name in it.
private struct Place {
    let directory: String
    let name: String

    /// The whole path.
    var path: String { directory == "/" ? "/\(name)" : "\(directory)/\(name)" }

    /// Reads an absolute path, or one that begins in the directory of an entry.
    ///
    /// - Throws: EINVAL for empty names, `.` and `..`; ENAMETOOLONG.
    init(_ text: String, besides entry: NodePath) throws(Failure) {
        var names = text.split(separator: "/", omittingEmptySubsequences: false)
        if text.utf8.first == 0x2F {
            names.removeFirst()
        } else {
            names = String(repairing: entry.span).split(separator: "/").dropLast() + names
        }
        guard let last = names.last,
            names.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(0) })
        else {
            throw Failure(.invalidArgument, "the parameter \"rename\" is a path without empty names, . and ..")
        }
        if last.utf8.count > 255 { throw Failure(.fileNameTooLong, "a name has at most 255 bytes") }
        name = String(last)
        directory = "/" + names.dropLast().joined(separator: "/")
    }
}
