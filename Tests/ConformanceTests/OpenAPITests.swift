import Foundation
import HTTPGateway
import JITFSServer
import PseudoFS
import Testing

/// `openapi.yaml` against what the tree declares: neither knows anything that the other does not.
struct OpenAPITests {
    let document: OpenAPIDocument
    let nodes: [String: [Declaration]]

    init() throws {
        let file = ServedTree.repository.appending(path: "openapi.yaml")
        document = try OpenAPIDocument(String(contentsOf: file, encoding: .utf8))
        // With a connection, for that has a directory.
        var configuration = ServedTree.configuration()
        try configuration.listen(on: "127.0.0.1:0")
        let tree = try ServedTree(configuration)
        try tree.server.start()
        defer { tree.server.stop() }
        let connection = try KeptConnection(
            port: try #require(tree.server.addresses.first?.split(separator: ":").last.flatMap { UInt16($0) }))
        #expect(try connection.send("GET", "/healthz").status == 200)
        nodes = try tree.nodes().reduce(into: [:]) { found, node in
            let template = ServedTree.template(of: node.path, isDirectory: node.declaration.isDirectory)
            found[template, default: []].append(node.declaration)
        }
    }

    @Test func `every path of the tree is documented, and no other`() {
        // Host trees are there only where they were asked for.
        let ours = Set(document.paths.keys).filter { !$0.hasPrefix("/host") }
        #expect(ours.subtracting(nodes.keys) == [])
        #expect(Set(document.paths.keys).subtracting(ours) == ["/host", "/host/{tree}", "/host/{tree}/{path}"])
        #expect(Set(nodes.keys).subtracting(document.paths.keys) == [])
    }

    @Test func `it has the version of the server`() {
        #expect((document.root["info"] as? [String: Any])?["version"] as? String == Server.version)
    }

    @Test func `every path has the methods that its node declares`() {
        for (path, declarations) in nodes {
            for declaration in declarations {
                #expect(document.methods(of: path) == Self.methods(of: declaration), "\(path)")
            }
        }
    }

    // What a link leads to has them.
    @Test func `every method takes the parameters that its node declares`() {
        for (path, declarations) in nodes where declarations[0].kind != .symlink {
            for (method, verb) in Self.verbs(of: declarations[0]) {
                // POST moves an entry too, where it can be moved.
                let asked = verb == .create || verb == .append ? verb.union(.rename) : verb
                let declared = declarations[0].queryParameters.filter { !$0.verbs.isDisjoint(with: asked) }
                let documented = document.parameters("query", of: document.operation(method, of: path))
                #expect(Set(documented.keys) == Set(declared.map(\.name)), "\(method) \(path)")
                for parameter in declared {
                    let schema = document.resolve(documented[parameter.name]?["schema"])
                    #expect(agrees(schema, with: parameter, verb), "\(method) \(path) ?\(parameter.name)")
                }
            }
            #expect(document.parameters("query", of: document.operation("options", of: path)).isEmpty, "\(path)")
        }
    }

    @Test func `every method answers in the media types of the forms of its node`() {
        for (path, declarations) in nodes where declarations[0].kind != .symlink {
            let declaration = declarations[0]
            for (method, verb) in Self.verbs(of: declaration) {
                let operation = document.operation(method, of: path)
                let (status, types) = Self.answer(to: method, verb, of: declaration)
                #expect(document.mediaTypes(status, of: operation) == types, "\(method) \(path)")
            }
        }
    }

    @Test func `every change takes a body, and what looks or removes takes none`() {
        for (path, declarations) in nodes {
            for (method, verb) in Self.verbs(of: declarations[0]) {
                let body = document.resolve(document.operation(method, of: path)?["requestBody"])
                #expect((body != nil) == (verb != .read && verb != .remove), "\(method) \(path)")
                let forms = declarations[0].bodyForms.map(Self.mediaType)
                if verb == .write || verb == .append, !forms.isEmpty {
                    let types = (body?["content"] as? [String: Any]).map { Set($0.keys) }
                    #expect(types?.isSuperset(of: forms) == true, "\(method) \(path)")
                }
                if declarations[0].content == .exchange {
                    let types = (body?["content"] as? [String: Any]).map { Set($0.keys) }
                    #expect(types == Set(declarations[0].forms.map(Self.mediaType)), "\(method) \(path)")
                }
            }
        }
    }

    @Test func `every path names its parameters, has a summary, and documents its errors as problems`() {
        for (path, item) in document.paths {
            let variable = path.split(separator: "/").filter { $0.hasPrefix("{") }
            let names = Set(variable.map { String($0.dropFirst().dropLast()) })
            #expect(Set(document.parameters("path", of: item).keys) == names, "\(path)")
            #expect((item["summary"] as? String)?.isEmpty == false, "\(path)")
            for method in document.methods(of: path) {
                let operation = document.operation(method, of: path)
                for status in document.statuses(of: operation) where status >= "400" {
                    #expect(
                        document.mediaTypes(status, of: operation) == ["application/problem+json", "text/plain"],
                        "\(method) \(path) \(status)")
                }
            }
        }
    }

    @Test func `every reference leads somewhere`() {
        let references = document.references()
        #expect(!references.isEmpty)
        for reference in references { #expect(document.target(of: reference) != nil, "\(reference)") }
    }

    @Test func `every component is used`() {
        let references = document.references()
        let components = document.root["components"] as? [String: [String: Any]] ?? [:]
        for (kind, members) in components where kind != "securitySchemes" {
            for name in members.keys { #expect(references.contains("#/components/\(kind)/\(name)")) }
        }
    }

    // MARK: what a declaration means to the document

    private static func verbs(of declaration: Declaration) -> [(method: String, verb: Verbs)] {
        var list: [(String, Verbs)] = []
        if declaration.verbs.contains(.read) { list += [("get", .read), ("head", .read)] }
        if declaration.verbs.contains(.write) { list.append(("put", .write)) }
        if declaration.verbs.contains(.append) { list.append(("post", .append)) }
        if declaration.verbs.contains(.create) { list.append(("post", .create)) }
        if declaration.verbs.contains(.remove) { list.append(("delete", .remove)) }
        return list
    }

    private static func methods(of declaration: Declaration) -> Set<String> {
        Set(verbs(of: declaration).map(\.method) + ["options"])
    }

    private static func mediaType(of form: Form) -> String {
        switch form {
        case .json: "application/json"
        case .text: "text/plain"
        case .html: "text/html"
        case .ndjson: "application/x-ndjson"
        case .bytes: "application/octet-stream"
        case .pages: "application/vnd.jitfs.pages"
        case .events: "application/vnd.jitfs.events"
        case .snapshot: "application/vnd.jitfs.snapshot"
        case .dat: "application/vnd.jitfs.trace-dat"
        case .chrome: "application/vnd.jitfs.trace-events+json"
        case .yaml: "application/yaml"
        case .prometheus: "text/plain"
        case .openmetrics: "application/openmetrics-text"
        }
    }

    private static func answer(to method: String, _ verb: Verbs, of node: Declaration) -> (String, Set<String>) {
        switch verb {
        case .create: ("201", ["application/json"])
        case .remove: ("204", [])
        case .write where node.content == .bytes || node.content == .device: ("204", [])
        case .append where node.content == .exchange || node.content == .requests:
            ("200", Set(node.forms.map(mediaType)))
        case .write, .append: ("200", ["application/json", "text/plain"])
        default:
            method == "head"
                ? ("200", [])
                : (
                    "200",
                    Set(
                        node.forms.map(mediaType) + (node.isDirectory ? ["application/x-ndjson"] : [])
                            + (node.isWatchable ? ["text/event-stream"] : []))
                )
        }
    }

    /// Whether a schema admits what a parameter takes.
    private func agrees(_ schema: [String: Any]?, with parameter: Parameter, _ verb: Verbs) -> Bool {
        switch parameter.kind {
        case .flag: schema?["enum"] as? [String] == ["1", "0", ""]
        case .integer(let bounds):
            schema?["type"] as? String == "integer" && number(schema?["minimum"]) == bounds.lowerBound
                && number(schema?["maximum"]) == bounds.upperBound
        case .seconds: schema?["type"] as? String == "number" && number(schema?["minimum"]) == 0
        case .name: schema?["type"] as? String == "string" && number(schema?["maxLength"]) == 255
        case .names, .path: schema?["type"] as? String == "string" && number(schema?["maxLength"]) == 4096
        case .choice(let words):
            // A write is answered in JSON or text; it refuses to show a page.
            Set(schema?["enum"] as? [String] ?? []) == Set(words).subtracting(verb == .read ? [] : ["html"])
        }
    }

    private func number(_ value: Any?) -> UInt64? {
        // What is beyond Int comes as the text that it was.
        (value as? Int).flatMap { UInt64(exactly: $0) } ?? (value as? String).flatMap { UInt64($0) }
    }
}
