internal import Bytes

/// Takes a snapshot apart as it comes: one block is kept, as much of it as came, and handed on once its checksum is right.
struct SnapshotReader: ~Copyable {
    /// What is expected next.
    private enum Stage {
        case preamble, head, block, nothing
    }

    /// As much as came of the thing that comes next; all that is kept of the stream.
    private var bytes = ByteBuffer(capacity: 1024)
    private var stage = Stage.preamble
    /// How many bytes the thing that comes next has.
    private var needed = SnapshotFormat.preambleBytes
    private var checksum: UInt64 = 0
    private var last: SnapshotFormat.Block?
    private var kind = SnapshotFormat.Block.settings

    /// Nothing came yet.
    init() {}

    /// Whether its end was there.
    var hasEnded: Bool { stage == .nothing }

    /// Takes bytes up to the end of a block.
    ///
    /// - Parameters:
    ///   - piece: what came.
    ///   - done: how much of it was taken before; moved on.
    ///   - contents: those of a block that is whole; its memory is used for the next.
    /// - Returns: the kind of that block; nil where the piece is used up.
    /// - Throws: what is wrong with it.
    mutating func next(
        in piece: Span<UInt8>, _ done: inout Int, _ contents: inout ByteBuffer
    ) throws(SnapshotMistake) -> SnapshotFormat.Block? {
        while done < piece.count {
            if stage == .nothing { throw .goesOn }
            let count = min(needed - bytes.count, piece.count - done)
            bytes.append(piece.extracting(done..<(done + count)))
            done += count
            if bytes.count < needed { return nil }
            switch stage {
            case .preamble: try readPreamble()
            case .head: try readHead()
            case .block: return try readBlock(&contents)
            case .nothing: break
            }
        }
        return nil
    }

    private mutating func readPreamble() throws(SnapshotMistake) {
        guard bytes.span.starts(with: SnapshotFormat.magic) else { throw .noSnapshot }
        let version = bytes.span.number(at: 8, as: UInt32.self)
        guard SnapshotMistake.knownVersions.contains(version) else { throw .unknownVersion(version) }
        guard bytes.span.number(at: 12, as: UInt32.self) == 0 else { throw .altered }
        checksum = Hash64.ofMany(bytes.span, seed: SnapshotFormat.seed)
        expectHead()
    }

    private mutating func expectHead() {
        bytes.removeAll()
        stage = .head
        needed = SnapshotFormat.headBytes
    }

    private mutating func readHead() throws(SnapshotMistake) {
        let first = bytes.span.number(at: 0, as: UInt32.self)
        let length = Int(bytes.span.number(at: 4, as: UInt32.self))
        guard first <= 0xFF, let kind = SnapshotFormat.Block(rawValue: UInt8(first)), mayFollow(kind),
            length <= SnapshotFormat.contentsMax
        else { throw .altered }
        self.kind = kind
        stage = .block
        needed = SnapshotFormat.headBytes + length + SnapshotFormat.checksumBytes
    }

    private func mayFollow(_ kind: SnapshotFormat.Block) -> Bool {
        switch kind {
        case .settings: last == nil
        case .dictionary, .pages, .end: last != nil
        }
    }

    private mutating func readBlock(_ contents: inout ByteBuffer) throws(SnapshotMistake) -> SnapshotFormat.Block {
        let end = bytes.count - SnapshotFormat.checksumBytes
        checksum = Hash64.ofMany(bytes.span.extracting(0..<end), seed: checksum)
        guard bytes.span.number(at: end, as: UInt64.self) == checksum else { throw .altered }
        bytes.truncate(to: end)
        bytes.removeFirst(SnapshotFormat.headBytes)
        swap(&bytes, &contents)
        expectHead()
        last = kind
        if kind == .end { stage = .nothing }
        return kind
    }
}
