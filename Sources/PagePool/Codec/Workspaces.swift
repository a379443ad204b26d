internal import Bytes
internal import Locking
internal import SystemPackage

/// What one thread needs to store or give back one page: the codec's contexts, and room for a frame.
///
/// Sendable: whoever took it from ``Workspaces`` is the only thread that has it.
final class Workspace: @unchecked Sendable {
    let contexts: any PageWorkspace
    /// A frame on its way; room for a page that got longer.
    var frame = ByteBuffer(capacity: PagePool.pageBytes + 128)

    /// Blocks of a backing store, made when first needed.
    private(set) lazy var blocks = AlignedBuffer(count: ClusterShape.readBytesMax)
    /// Where in which store they were read, while a batch may use them again.
    var blocksOrigin: (store: ObjectIdentifier, offset: UInt64)?

    /// What a batch needs beside.
    var batch = BatchScratch()

    /// How many pages are packed until one is looked at for dictionaries, where a pool has any.
    var pagesUntilSample = 0

    init(_ contexts: any PageWorkspace) { self.contexts = contexts }
}

/// The workspaces that nobody uses now, shared by all pools: as many as threads were ever busy at once.
///
/// The last one that was given back is taken first, for its memory is in some cache.
final class Workspaces: Sendable {
    let codec: any PageCodec
    private let spare = Locked<[Workspace]>([])

    init(codec: any PageCodec) { self.codec = codec }

    /// Lends a workspace, to be given back with ``giveBack(_:)``.
    ///
    /// - Throws: ENOMEM.
    func take() throws(Errno) -> Workspace {
        if let workspace = spare.withLock({ $0.popLast() }) { return workspace }
        return Workspace(try codec.makeWorkspace())
    }

    /// Takes a workspace back.
    func giveBack(_ workspace: Workspace) { spare.withLock { $0.append(workspace) } }
}
