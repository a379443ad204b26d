import Bytes
import JITFSServer
import PseudoFS

/// A scrape, taken apart.
struct MetricsText {
    struct Sample: Equatable {
        let name: String
        let labels: [String: String]
        let value: String
    }

    let text: String
    /// By the names in the `# TYPE` lines.
    var types: [(name: String, kind: String)] = []
    var help: [String: String] = [:]
    var units: [String: String] = [:]
    /// Each with the family that it stands under.
    var samples: [(family: String, sample: Sample)] = []

    init(_ text: String) {
        self.text = text
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3)
            switch words[1] {
            case "HELP" where words[0] == "#": help[String(words[2])] = words.count > 3 ? String(words[3]) : ""
            case "TYPE" where words[0] == "#": types.append((String(words[2]), String(words[3])))
            case "UNIT" where words[0] == "#": units[String(words[2])] = String(words[3])
            case "EOF": break
            default: samples.append((types.last?.name ?? "", Self.sample(String(line))))
            }
        }
    }

    /// `name{a="b",c="d"} 1`; no value of ours has a comma or a quote.
    private static func sample(_ line: String) -> Sample {
        let end = line.lastIndex(of: " ") ?? line.endIndex
        let parts = line[..<end].split(separator: "{")
        var labels: [String: String] = [:]
        for pair in parts.dropFirst().first?.dropLast().split(separator: ",") ?? [] {
            let sides = pair.split(separator: "=", maxSplits: 1)
            labels[String(sides[0])] = String(sides[1].dropFirst().dropLast())
        }
        return Sample(name: String(parts[0]), labels: labels, value: String(line[line.index(after: end)...]))
    }

    /// What `/metrics` of a server gives.
    init(of server: Server, _ form: Form = .prometheus) throws {
        let node = try server.namespace.walk("/metrics".utf8Span.span, caller: Caller()).node
        let file = try node.open(
            ReadRequest(form: form, arguments: Arguments(), int64AsString: false, caller: Caller()))
        var out = ByteBuffer()
        while file.read(into: &out, limit: 65536) == .more {}
        file.close()
        self.init(out.text)
    }

    /// The value of a sample, if it is there.
    subscript(_ name: String, _ labels: [String: String] = [:]) -> String? {
        samples.first { $0.sample.name == name && $0.sample.labels == labels }?.sample.value
    }
}
