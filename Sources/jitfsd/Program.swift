internal import ArgumentParser
internal import JITFSClient

/// `jitfsd`, or `jitfs` where that is the name it is called by.
///
/// Both have Swift's run time in them, 12 MB; an image that has the one under two names has it once.
@main
enum Program {
    static func main() {
        let name = CommandLine.arguments.first?.split(separator: "/").last
        if name == "jitfs" { ClientProgram.main() } else { Daemon.main() }
    }
}
