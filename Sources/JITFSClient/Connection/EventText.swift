/// The data of server-sent events, a line each, out of a stream that comes in pieces.
///
/// A line is passed on while it comes, for that of a large directory is long.
struct EventText {
    /// What came out of a piece.
    struct Lines {
        var text: [UInt8] = []
        /// How many lines ended in it.
        var count: UInt64 = 0
        /// What an event of that name said, whole.
        var problem: [UInt8]?
    }

    private enum Place {
        /// Before a colon; the name of the field so far.
        case name
        /// Behind it, a space before the value not seen yet.
        case colon
        case value
    }

    private var place = Place.name
    private var name: [UInt8] = []
    /// The name of the event that is coming; empty for an ordinary one.
    private var event: [UInt8] = []
    private var problem: [UInt8] = []

    /// Takes the next bytes.
    ///
    /// - Parameters:
    ///   - piece: as it came.
    ///   - countMax: of how many lines no more is wanted.
    /// - Returns: what there was in it.
    mutating func take(_ piece: [UInt8], countMax: UInt64) -> Lines {
        var lines = Lines()
        for byte in piece {
            if byte == 0x0A {
                endLine(&lines)
                if lines.count == countMax { break }
                continue
            }
            switch place {
            case .name where byte == 0x3A: place = .colon
            case .name: if name.count < 16 { name.append(byte) }
            case .colon where byte == 0x20: place = .value
            case .colon, .value:
                place = .value
                takeValue(byte, &lines)
            }
        }
        return lines
    }

    private var isData: Bool { name == Array("data".utf8) }
    private var isProblem: Bool { event == Array("problem".utf8) }

    private mutating func takeValue(_ byte: UInt8, _ lines: inout Lines) {
        if isData {
            if isProblem { problem.append(byte) } else { lines.text.append(byte) }
        } else if name == Array("event".utf8), event.count < 16 {
            event.append(byte)
        }
    }

    private mutating func endLine(_ lines: inout Lines) {
        if place == .name, name.isEmpty {
            event = []
        } else if isData, isProblem {
            lines.problem = problem
            problem = []
        } else if isData {
            lines.text.append(0x0A)
            lines.count += 1
        }
        place = .name
        name = []
    }
}
