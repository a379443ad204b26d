internal import Bytes
internal import SwapReplay
internal import SystemPackage

/// What a parser called for, in order.
struct TrafficLog: RecordingHandler, Equatable {
    enum Entry: Equatable {
        case operation(TrafficOperation)
        case lost(UInt64?)
    }

    var headers: [RecordingHeader] = []
    var entries: [Entry] = []

    mutating func began(_ header: RecordingHeader) { headers.append(header) }
    mutating func happened(_ operation: TrafficOperation) { entries.append(.operation(operation)) }
    mutating func lost(_ count: UInt64?) { entries.append(.lost(count)) }
}

/// Bytes that were written.
final class Written {
    var bytes: [UInt8] = []
    /// Calls that go well before every further one fails.
    var callsLeft = Int.max

    func take(_ more: Span<UInt8>) throws(Errno) {
        if callsLeft == 0 { throw .noSpace }
        callsLeft -= 1
        bytes += [UInt8](copying: more)
    }
}

enum TestRecording {
    /// A recording of these entries, in which a block ends after so many of them in any case.
    static func bytes(_ entries: [TrafficLog.Entry], pool: String = "swap", blockEvery: Int = .max) throws -> [UInt8] {
        let written = Written()
        var writer = try RecordingWriter(RecordingHeader(pool: pool)) { bytes throws(Errno) in try written.take(bytes) }
        for (index, entry) in entries.enumerated() {
            switch entry {
            case .operation(let operation): try writer.append(operation)
            case .lost(let count): try writer.append(lost: count)
            }
            if (index + 1) % blockEvery == 0 { try writer.endBlock() }
        }
        let count = writer.byteCount
        #expect(count == written.bytes.count)
        try writer.finish()
        return written.bytes
    }

    /// Reads a recording in pieces.
    static func read(_ bytes: [UInt8], pieces: Int = 65_536) -> (log: TrafficLog, error: RecordingError?) {
        var log = TrafficLog()
        var parser = RecordingParser()
        do throws(RecordingError) {
            var start = 0
            while start < bytes.count {
                let end = min(start + pieces, bytes.count)
                try parser.take(bytes.span.extracting(start..<end), &log)
                start = end
            }
            try parser.finish()
            return (log, nil)
        } catch {
            // It stays what it is.
            do throws(RecordingError) {
                try parser.take([0].span, &log)
            } catch let again {
                if error.kind != .cutShort { #expect(again == error) }
            }
            return (log, error)
        }
    }
}

internal import Testing
