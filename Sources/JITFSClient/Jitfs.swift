internal import ArgumentParser

/// `jitfs`: the shell's habits, spoken to a jitfsd over HTTP.
///
/// It knows paths and verbs, nothing of what is behind them: what the server refuses is reported in the server's words.
struct Jitfs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jitfs",
        abstract: "Look into the pseudo-filesystems of a jitfsd, and write to them.",
        discussion: """
            A path is one of the tree that the server shows, such as /tracing. The commands are those of a shell:

              jitfs ls -l /tracing                            what is there
              jitfs mkdir /tracing/instances/mine             a private instance
              jitfs write /tracing/instances/mine/events/jitfs/enable 1
              jitfs append /tracing/instances/mine/trace_marker 'hello'
              jitfs cat /tracing/instances/mine/trace         what happened
              jitfs pipe /tracing/instances/mine/trace_pipe   events as they come
              jitfs watch /tracing/instances                  which instances come and go
              jitfs rm /tracing/instances/mine

            The traffic of a page pool can be recorded, and replayed with other settings:

              jitfs record --pool ramzswap0 -o monday.recording          until Ctrl-C
              jitfs replay monday.recording --allocator all --mem-limit 64M

            Files are shown as the kernel's would be; --json gives what a program reads. Every name is one name: there is \
            no pattern, no . and no .. in a path.

            The server is that of --url, else of JITFS_URL, else http://127.0.0.1:8470. Where it asks for a token, put it \
            into JITFS_TOKEN; --token does the same, for everybody who can list processes to see.

            What goes wrong is one line on standard error, "jitfs: PATH: EINVAL: what was wrong", and exit status 1; a \
            command line that makes no sense is exit status 64.
            """,
        version: "0.1.0",
        subcommands: [
            List.self, Show.self, Write.self, Append.self, MakeDirectory.self, Remove.self, Find.self, Watch.self,
            Pipe.self, Record.self, ReplayRecording.self,
        ])
}

/// The command line as a whole, for the programs that are it.
public enum ClientProgram {
    /// Does what the arguments of this process say, and ends it: `jitfs --help` tells what there is.
    public static func main() { Jitfs.main() }
}
