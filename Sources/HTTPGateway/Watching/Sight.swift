internal import Bytes

/// What was seen at one look: made once, and shared by all who watch the same thing.
final class Sight: Sendable {
    /// What there was to be seen.
    enum View: Sendable {
        /// What is watched has been removed.
        case nothing
        /// More entries than can be watched: the event that says so.
        case tooLarge([UInt8])
        /// A value: its whole event.
        case value([UInt8])
        /// The entries of a directory.
        case entries(EntryList)
    }

    let view: View
    /// Another for another view.
    let fingerprint: UInt64

    init(_ view: View) {
        self.view = view
        fingerprint =
            switch view {
            case .nothing: 1
            case .tooLarge: 2
            case .value(let event): Hash64.of(event.span, seed: 0)
            case .entries(let entries): entries.fingerprint
            }
    }
}
