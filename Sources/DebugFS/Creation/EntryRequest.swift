internal import Bytes
internal import PseudoFS
internal import SystemPackage

/// The wish for an entry, as a client writes it: what `POST` on a directory takes, and each element of `entries`.
///
///     {"name":"shop","entries":[
///         {"name":"orders","type":"u32","value":7},
///         {"name":"motto","type":"str","mode":"0444","value":"open"},
///         {"name":"latest","type":"symlink","target":"orders"}]}
struct EntryRequest {
    /// The members beside `name`.
    static let members = ["type", "mode", "value", "target", "entries"]

    let name: String
    var type = DebugType.directory
    var mode: UInt16
    private var value: JSONValue?
    private var target: String?
    private var entries: [JSONValue] = []

    /// Reads the members.
    ///
    /// - Throws: EINVAL about the content.
    init(name: String, _ members: [JSONValue.Member]) throws(Failure) {
        try DebugFS.check(name: name)
        self.name = name
        if let word = try Self.string("type", members) {
            guard let type = DebugType.creatable.first(where: { $0.name == word }) else {
                let known = DebugType.creatable.map(\.name).joined(separator: ", ")
                throw Self.refused("there is no type \(word); there are \(known)")
            }
            self.type = type
        }
        mode = try DebugFS.mode(try Self.mode(members), for: type)
        value = members.first { $0.name == "value" }?.value
        target = try Self.string("target", members)
        if let list = members.first(where: { $0.name == "entries" })?.value {
            guard case .array(let entries) = list else { throw Self.refused("\"entries\" is a list of objects") }
            guard type == .directory else { throw Self.refused("only a directory has \"entries\"") }
            self.entries = entries
        }
        if type == .directory || type == .symlink, value != nil {
            throw Self.refused("a \(type.name) has no \"value\"")
        }
        if (type == .symlink) != (target != nil) { throw Self.refused("a symlink, and no other, has a \"target\"") }
    }

    /// Reads an element of `entries`.
    private init(nested element: JSONValue) throws(Failure) {
        guard let members = element.members else { throw Self.refused("an entry is an object") }
        if let other = members.first(where: { $0.name != "name" && !Self.members.contains($0.name) }) {
            let known = (["name"] + Self.members).joined(separator: ", ")
            throw Self.refused("unknown member \"\(other.name)\" of an entry; known are \(known)")
        }
        guard let name = try Self.string("name", members) else { throw Self.refused("an entry has a \"name\"") }
        try self.init(name: name, members)
    }

    private static func string(_ name: String, _ members: [JSONValue.Member]) throws(Failure) -> String? {
        guard let member = members.first(where: { $0.name == name }) else { return nil }
        guard let text = member.value.stringValue else { throw refused("\"\(name)\" is a string") }
        return text
    }

    private static func mode(_ members: [JSONValue.Member]) throws(Failure) -> UInt16? {
        guard let text = try string("mode", members) else { return nil }
        guard text.utf8.count <= 6, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x37 }),
            let mode = UInt16(text, radix: 8)
        else { throw refused("\"mode\" is octal digits: \"0644\"") }
        return mode
    }

    static func refused(_ reason: String) -> Failure { Failure(.invalidArgument, reason, subject: .content) }

    // MARK: making it

    /// Makes the entry with everything below it; nobody sees it yet.
    ///
    /// - Throws: EINVAL, ERANGE, EEXIST, EFBIG, ENOSPC, ENAMETOOLONG, with the name of the entry that was refused.
    func seedling(in debug: DebugFS) throws(Failure) -> Seedling {
        guard type == .directory else { return Seedling(entry: try entry(in: debug)) }
        let folder = debug.folder(name, mode: mode)
        var seedling = Seedling(entry: folder)
        for element in entries {
            let inner: Seedling
            var place = name
            do throws(Failure) {
                let request = try EntryRequest(nested: element)
                place += "/" + request.name
                inner = try request.seedling(in: debug)
                guard folder.insert(inner.entry) else { throw Failure(.fileExists) }
            } catch {
                throw Failure(error.errno, "\(place): \(error.reason)", subject: .content)
            }
            seedling.count += inner.count
            seedling.height = max(seedling.height, inner.height + 1)
        }
        return seedling
    }

    private func entry(in debug: DebugFS) throws(Failure) -> Entry {
        switch type {
        case .symlink: return try debug.link(name, mode: mode, target: target ?? "")
        case .str: return try debug.string(name, mode: mode, Array(try text(value ?? .string("")).utf8))
        case .blob:
            guard let bytes = Base64.decode(try text(value ?? .string(""))) else {
                throw Self.refused("the value of a blob is base64, with padding")
            }
            return try debug.array(name, .blob, mode: mode, .bytes(bytes))
        case .u32Array: return try debug.array(name, .u32Array, mode: mode, .numbers(try numbers()))
        case .regset32: return try debug.array(name, .regset32, mode: mode, .registers(try registers()))
        default: return debug.number(name, type, mode: mode, bits: try bits(value ?? .number("0"), as: type))
        }
    }

    private func text(_ value: JSONValue) throws(Failure) -> String {
        guard let text = value.stringValue else { throw Self.refused("the value of a \(type.name) is a string") }
        return text
    }

    private func bits(_ value: JSONValue, as type: DebugType) throws(Failure) -> UInt64 {
        if case .boolean(let flag) = value, type == .bool { return flag ? 1 : 0 }
        let text: String
        if case .number(let digits) = value {
            text = digits
        } else if let word = value.stringValue {
            text = word
        } else {
            throw Self.refused("the value of a \(type.name) is \(type == .bool ? "true or false" : "a number")")
        }
        let bytes = Array(text.utf8)
        return try type.bits(of: bytes.span)
    }

    private func numbers() throws(Failure) -> [UInt32] {
        guard let value else { return [] }
        guard case .array(let elements) = value else { throw Self.refused("the value of a u32_array is a list") }
        var numbers: [UInt32] = []
        numbers.reserveCapacity(elements.count)
        for element in elements { numbers.append(UInt32(truncatingIfNeeded: try bits(element, as: .u32))) }
        return numbers
    }

    private func registers() throws(Failure) -> [DebugRegister] {
        guard let value else { return [] }
        guard let members = value.members else {
            throw Self.refused("the value of a regset32 is an object of names and numbers")
        }
        var registers: [DebugRegister] = []
        for member in members {
            let bits = try bits(member.value, as: .u32)
            registers.append(DebugRegister(member.name, UInt32(truncatingIfNeeded: bits)))
        }
        return registers
    }
}
