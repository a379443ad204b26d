internal import Glibc
internal import JITFSServer

/// Sockets that systemd has opened for us: descriptors from 3 on, as `sd_listen_fds(3)` has it.
enum SocketActivation {
    static func listeners() -> [Listener] {
        guard number("LISTEN_PID") == Int(getpid()), let count = number("LISTEN_FDS"), count > 0, count < 1024 else {
            return []
        }
        return (3..<(3 + count)).map { .inherited(descriptor: Int32($0)) }
    }

    private static func number(_ name: String) -> Int? {
        guard let text = unsafe getenv(name) else { return nil }
        return unsafe Int(String(cString: text))
    }
}
