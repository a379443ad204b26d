internal import Glibc

/// Standard output, unbuffered: what was written is out.
enum StandardOutput {
    /// Whether somebody looks at it, and not a program.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Writes all of it.
    ///
    /// - Returns: nil, or why it could not be written: `ENOSPC: No space left on device`.
    static func write(_ bytes: [UInt8]) -> String? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EPIPE: end()
            case EAGAIN:
                var output = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&output, 1, -1)
            default: return "\(name(of: errno)): \(unsafe String(cString: strerror(errno)))"
            }
        }
        return nil
    }

    /// Writes a line of text.
    static func write(line: String) throws {
        if let reason = write(Array((line + "\n").utf8)) { throw Complaint("standard output", reason) }
    }

    /// Ends the process as soon as nobody reads standard output any more, and not only at the next write: a stream may be
    /// silent for long, and `jitfs pipe … | head -1` is to end when `head` does.
    static func endWithReader() {
        var thread = pthread_t()
        _ = unsafe pthread_create(
            &thread, nil,
            { _ in
                // No event is waited for: what comes is POLLERR, when the last reader of a pipe is gone, or POLLHUP.
                var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
                while unsafe poll(&output, 1, -1) < 0, errno == EINTR {}
                if Int32(output.revents) & (POLLERR | POLLHUP) != 0 { StandardOutput.end() }
                return nil
            }, nil)
    }

    /// Ends as a program that writes to a broken pipe does, also where SIGPIPE was ignored by who started it.
    private static func end() -> Never {
        signal(SIGPIPE, SIG_DFL)
        kill(getpid(), SIGPIPE)
        exit(128 + SIGPIPE)
    }

    private static func name(of number: Int32) -> String {
        switch number {
        case ENOSPC: "ENOSPC"
        case EBADF: "EBADF"
        case EFBIG: "EFBIG"
        case EDQUOT: "EDQUOT"
        default: "EIO"
        }
    }
}
