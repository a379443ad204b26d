import Glibc

/// `jitfs-bench [--catalogue FILE] [--pages DIRECTORY] [NAME…]`: runs the benchmarks of these names, or all, and prints a line for each
/// row.
@main
enum Program {
    static func main() throws {
        var names = Array(CommandLine.arguments.dropFirst())
        var catalogue = "Tests/Resources/linux-6.18.events.zst"
        var pages = "Tests/Resources/pages"
        while let option = names.first, option.hasPrefix("--"), names.count > 1 {
            switch option {
            case "--catalogue": catalogue = names[1]
            case "--pages": pages = names[1]
            default:
                print("unknown: \(option); known: --catalogue FILE, --pages DIRECTORY")
                exit(2)
            }
            names.removeFirst(2)
        }
        let unknown = names.filter { name in !Benchmark.all.contains { $0.name == name } }
        guard unknown.isEmpty else {
            let known = Benchmark.all.map(\.name).joined(separator: " ")
            print("unknown: \(unknown.joined(separator: " ")); known: \(known)")
            exit(2)
        }
        let fixture = try Fixture(catalogue: catalogue, pages: pages)
        for benchmark in Benchmark.all where names.isEmpty || names.contains(benchmark.name) {
            for row in try benchmark.body(fixture, .full) { print("\(row.row) | \(row.asked) | \(row.measured)") }
        }
    }
}
