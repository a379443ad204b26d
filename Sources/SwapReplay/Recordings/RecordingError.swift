/// Why a recording cannot be read, or not to its end, and where.
public struct RecordingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public enum Kind: Sendable, Equatable {
        /// It is no recording: it begins with other bytes.
        case foreign
        /// It is of a later version, whose number this is, than is known here.
        case newer(UInt16)
        /// It ends in the middle, as after a crash. Everything up to ``RecordingError/offset`` was given.
        case cutShort
        /// Bytes were altered, or it was written wrongly.
        case damaged(String)
    }

    /// What is wrong.
    public let kind: Kind
    /// Bytes from the start: where what cannot be read begins.
    public let offset: UInt64

    /// Makes an error.
    public init(_ kind: Kind, at offset: UInt64) {
        self.kind = kind
        self.offset = offset
    }

    /// What is wrong, in words.
    public var description: String {
        switch kind {
        case .foreign: "it is no recording"
        case .newer(let version): "it is a recording of version \(version), and 1 is the latest that is known here"
        case .cutShort: "it was cut short: its last whole block ends at byte \(offset)"
        case .damaged(let what): "it is damaged at byte \(offset): \(what)"
        }
    }
}
