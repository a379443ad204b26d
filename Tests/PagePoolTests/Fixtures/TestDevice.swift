internal import Bytes
internal import Locking
internal import SystemPackage

@testable internal import PagePool

/// A backing device in memory that fails when told to.
final class TestDevice: BackingDevice {
    struct State {
        /// Blocks by their numbers; what was never written, or was given back, is not there.
        var blocks: [UInt64: [UInt8]] = [:]
        /// How many requests go well before every further one fails; nil for all.
        var readsLeft: Int?
        var writesLeft: Int?
        /// With what they fail.
        var readError = Errno.ioError
        var writeError = Errno.ioError
        /// Blocks of a failing write that reach the device nevertheless.
        var blocksOfFailingWrite = 0
        var reads = 0
        var writes = 0
        var bytesGivenBack: UInt64 = 0
        /// Done before a request, under no lock.
        var beforeRead: (@Sendable () -> Void)?
        var beforeWrite: (@Sendable () -> Void)?
    }

    let name: String
    let bytes: UInt64
    let state = Locked(State())

    init(clusters: Int, name: String = "test") {
        self.name = name
        bytes = UInt64(clusters * ClusterShape.bytes)
    }

    func read(at offset: UInt64, count: Int, into buffer: AlignedBuffer) throws(Errno) {
        precondition(offset % 4096 == 0 && count % 4096 == 0 && offset + UInt64(count) <= bytes, "whole blocks")
        state.withLock { $0.beforeRead }?()
        try state.withLock { state throws(Errno) in
            state.reads += 1
            if let left = state.readsLeft {
                if left == 0 { throw state.readError }
                state.readsLeft = left - 1
            }
            for block in 0..<UInt64(count / 4096) {
                let contents = state.blocks[offset / 4096 + block] ?? [UInt8](repeating: 0, count: 4096)
                buffer.replace(at: Int(block) * 4096, with: contents.span)
            }
        }
    }

    func write(_ buffer: AlignedBuffer, at offset: UInt64) throws(Errno) {
        precondition(offset % 4096 == 0 && offset + UInt64(buffer.count) <= bytes, "whole blocks")
        state.withLock { $0.beforeWrite }?()
        try state.withLock { state throws(Errno) in
            state.writes += 1
            let fails = state.writesLeft == 0
            if let left = state.writesLeft, left > 0 { state.writesLeft = left - 1 }
            let count = fails ? state.blocksOfFailingWrite : buffer.count / 4096
            for block in 0..<count {
                let contents = buffer.span.extracting((block * 4096)..<(block * 4096 + 4096))
                state.blocks[offset / 4096 + UInt64(block)] = [UInt8](copying: contents)
            }
            if fails { throw state.writeError }
        }
    }

    func giveBack(_ range: Range<UInt64>) -> Bool {
        state.withLock { state in
            for block in (range.lowerBound / 4096)..<(range.upperBound / 4096) { state.blocks[block] = nil }
            state.bytesGivenBack += UInt64(range.count)
        }
        return true
    }
}

extension Array<UInt8> {
    init(copying bytes: Span<UInt8>) {
        var buffer = ByteBuffer(capacity: bytes.count)
        buffer.append(bytes)
        self = buffer.array
    }
}
