internal import Glibc

/// A directory for one test's files, removed with it.
final class Scratch {
    let path: String

    init() {
        var template = Array("/tmp/jitfs-test-XXXXXX".utf8CString)
        path = unsafe String(cString: mkdtemp(&template))
    }

    deinit { _ = unsafe system("rm -rf '\(path)'") }

    /// Writes a file, making the directories above it.
    func write(_ name: String, _ bytes: [UInt8]) -> String {
        let file = path + "/" + name
        let directory = file[..<(file.lastIndex(of: "/") ?? file.endIndex)]
        _ = unsafe system("mkdir -p '\(directory)'")
        let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        _ = unsafe Glibc.write(descriptor, bytes, bytes.count)
        close(descriptor)
        return file
    }

    func write(_ name: String, _ text: String) -> String { write(name, Array(text.utf8)) }
}
