internal import Bytes
internal import PagePool
internal import PagePoolZstd
internal import PoolFS
internal import PseudoFS
internal import SystemPackage

/// A tree with pools in it, and a shell's words for it.
struct PoolTree {
    let pools: PagePools
    let namespace: Namespace
    static let page = [UInt8]((0..<4096).map { UInt8(truncatingIfNeeded: $0 * $0 >> 5) })
    static let zeros = [UInt8](repeating: 0, count: 4096)

    init(poolsMax: Int = 4, backing: BackingDirectory? = nil) throws {
        pools = PagePools(codec: ZstdPageCodec(), limits: PagePoolLimits(poolsMax: poolsMax), backing: backing)
        namespace = Namespace(
            mounts: [Mount(.poolfs(pools, defaults: PagePoolOptions(disksizeBytes: 1 << 20)), at: "/pool")])
        _ = try pools.create(name: "p", options: PagePoolOptions(disksizeBytes: 1 << 20))
    }

    func node(_ path: String) throws(Failure) -> Node {
        try namespace.walk("/pool\(path)".utf8Span.span, caller: Caller()).node
    }

    func cat(_ path: String) throws(Failure) -> String {
        var out = ByteBuffer()
        try node(path).readText(into: &out)
        return out.text
    }

    func bytes(_ path: String) throws(Failure) -> [UInt8] {
        var out = ByteBuffer()
        try node(path).readText(into: &out)
        return out.array
    }

    func value(_ path: String) throws(Failure) -> Value { try node(path).read().value }

    func echo(_ text: String, _ path: String) throws(Failure) { try put(Array(text.utf8), path) }

    func put(_ bytes: [UInt8], _ path: String) throws(Failure) { try node(path).write(bytes.span, WriteRequest()) }

    func make(_ name: String, _ members: [JSONValue.Member] = []) throws(Failure) {
        try node("").make(name, CreateRequest(members: members))
    }

    func list(_ path: String) throws(Failure) -> [String] {
        let reader = try node(path).entries()
        var names: [String] = []
        while let entry = reader.next() { names.append(entry.name) }
        return names
    }
}

/// What errno something fails with; nil where it does not.
func errno(of body: () throws(Failure) -> Void) -> Errno? {
    do throws(Failure) {
        try body()
        return nil
    } catch {
        return error.errno
    }
}
