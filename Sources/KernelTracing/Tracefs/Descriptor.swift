internal import CLinuxShims
internal import Glibc
internal import SystemPackage

/// What is done with open descriptors.
enum Descriptor {
    /// Reads once.
    ///
    /// - Parameters:
    ///   - descriptor: one whose reads do not wait.
    ///   - bytes: takes what was read at its start; not more than it has is read.
    /// - Returns: how many bytes, 0 at the end; nil where there is nothing at present.
    /// - Throws: what read(2) says.
    static func read(_ descriptor: Int32, into bytes: inout [UInt8]) throws(Errno) -> Int? {
        while true {
            let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
            if count >= 0 { return count }
            if errno == EAGAIN { return nil }
            if errno != EINTR { throw Errno(rawValue: errno) }
        }
    }

    static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    /// Waits until one of several can be read.
    ///
    /// - Parameters:
    ///   - descriptors: a negative one is passed over.
    ///   - milliseconds: nil is for ever.
    /// - Returns: of which something can be said.
    static func wait(_ descriptors: [Int32], milliseconds: Int32? = nil) -> [Bool] {
        var polls = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let count = unsafe poll(&polls, nfds_t(polls.count), milliseconds ?? -1)
        return polls.map { count > 0 && $0.revents != 0 }
    }

    /// Nanoseconds of CLOCK_MONOTONIC: what the kernel calls `mono`.
    static var now: UInt64 {
        var time = timespec()
        unsafe _ = clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// What ends a wait from another thread: an eventfd. Closed with the object.
final class WakeDescriptor: Sendable {
    let descriptor: Int32

    init() throws(Errno) {
        descriptor = jitfs_wake_descriptor()
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    }

    deinit { Descriptor.close(descriptor) }

    /// Ends the wait, or the next.
    func wake() {
        var one: UInt64 = 1
        unsafe _ = Glibc.write(descriptor, &one, 8)
    }

    /// Takes what ``wake()`` left.
    func clear() {
        var count: UInt64 = 0
        unsafe _ = Glibc.read(descriptor, &count, 8)
    }
}
