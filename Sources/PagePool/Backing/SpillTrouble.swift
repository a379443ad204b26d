internal import SystemPackage

/// Why the backing store does not take pages at the moment.
enum SpillTrouble: Equatable {
    /// It cannot be written.
    case failing(Errno)
    /// All clusters are full of what lives.
    case full
    /// What may be written is used up: `writeback_limit`.
    case limited
    /// The system gives no thread to write with.
    case noThread

    /// What a writeback is told.
    var errno: Errno {
        switch self {
        case .failing(let error): error
        case .full: .noSpace
        // As zram has it.
        case .limited: .ioError
        case .noThread: .resourceTemporarilyUnavailable
        }
    }

    /// In words, for whoever reads the log.
    var text: String {
        switch self {
        case .failing(let error): "cannot be written: \(error)"
        case .full: "is full"
        case .limited: "may not be written: writeback_limit is used up"
        case .noThread: "cannot be written: there is no thread for it"
        }
    }
}
