// A file system of one's own: /clock has a file for each time zone, made when somebody looks at it.
import Foundation
import JITFSServer
import PseudoFS

final class Clock: Subject, NodeContext {
    let zone: TimeZone
    let isDead = false
    var identity: UInt64 { UInt64(truncatingIfNeeded: zone.identifier.hashValue) }
    var time: String { Date.now.formatted(Date.ISO8601FormatStyle(timeZone: zone)) }

    init?(_ name: String) {
        guard let zone = TimeZone(abbreviation: name) else { return nil }
        self.zone = zone
    }
}

let clocks = DirectoryTable<Always>(
    summary: "What time it is.",
    children: .files(
        .attribute(mode: 0o444, summary: "The time there.", value: { .text($0.time) }),
        names: { _ in Array(TimeZone.abbreviationDictionary.keys) }, bind: { _, name in Clock(name) }))

var configuration = ServerConfiguration()
configuration.mounts = [Mount(FileSystem(type: "clockfs", root: clocks, context: Always(identity: 1)), at: "/clock")]
try configuration.listen(on: CommandLine.arguments.dropFirst().first ?? "127.0.0.1:8470")
let server = try Server(configuration)
try server.start()
FileHandle.standardOutput.write(Data("\(server.addresses[0])/clock/UTC\n".utf8))
while true { sleep(3600) }
