internal import ArgumentParser
internal import Glibc
internal import JITFSServer

/// The life of the process: start, wait for a signal, stop.
enum Service {
    static func run(_ configuration: ServerConfiguration) throws {
        // Blocked before the first thread is there, so that all have them blocked and only the wait below takes them.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGTERM)
        unsafe sigaddset(&signals, SIGINT)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        do throws(ConfigurationError) {
            let server = try Server(configuration)
            for note in server.notes { log(note) }
            try server.start()
            for address in server.addresses { print("listening on \(address)") }
            fflush(nil)
            var signal: Int32 = 0
            while unsafe sigwait(&signals, &signal) != 0 {}
            log("stopping")
            server.stop()
        } catch {
            log(error.description)
            throw ExitCode.failure
        }
    }

    /// A line on standard error.
    @Sendable static func log(_ line: String) {
        let text = Array("jitfsd: \(line)\n".utf8)
        _ = unsafe write(STDERR_FILENO, text, text.count)
    }
}
