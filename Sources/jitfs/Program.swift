internal import JITFSClient

/// `jitfs`: everything is in `JITFSClient`.
@main
enum Program {
    static func main() { ClientProgram.main() }
}
