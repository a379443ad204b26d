import Glibc

/// `jitfs-bench [--catalogue FILE] [NAME…]`: runs the benchmarks of these names, or all, and prints a line for each
/// row.
@main
enum Program {
    static func main() throws {
        var names = Array(CommandLine.arguments.dropFirst())
        var catalogue = "Tests/Resources/linux-6.18.events.zst"
        if names.first == "--catalogue", names.count > 1 {
            catalogue = names[1]
            names.removeFirst(2)
        }
        let unknown = names.filter { name in !Benchmark.all.contains { $0.name == name } }
        guard unknown.isEmpty else {
            let known = Benchmark.all.map(\.name).joined(separator: " ")
            print("unknown: \(unknown.joined(separator: " ")); known: \(known)")
            exit(2)
        }
        let fixture = try Fixture(catalogue: catalogue)
        for benchmark in Benchmark.all where names.isEmpty || names.contains(benchmark.name) {
            for row in try benchmark.body(fixture, .full) { print("\(row.row) | \(row.asked) | \(row.measured)") }
        }
    }
}
