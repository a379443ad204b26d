import Bytes
import DebugFS
import Foundation
import JITFSServer
import PagePool
import PseudoFS
import SystemPackage
import Testing
import TraceEngine

/// A server with a small catalogue and one instance, and every node that can be walked to in it.
struct ServedTree {
    let server: Server

    /// The top of the repository.
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func configuration() -> ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.importEvents = [repository.appending(path: "Tests/Resources/jit.events").path]
        configuration.threads = 2
        return configuration
    }

    init(_ configuration: ServerConfiguration = Self.configuration()) throws {
        server = try Server(configuration)
        _ = try server.engine.createInstance(name: "mine")
        try server.namespace.owners.make("mine", seconds: 3600)
        _ = try server.debug.root.directory("mine").u32("orders", 7)
        guard let pool = server.pools.pool(named: "ramzswap0".utf8Span.span) else {
            throw Failure(.noSuchFileOrDirectory)
        }
        try pool.put(7, [UInt8](repeating: 7, count: 4096).span)
    }

    /// Every node by its path.
    func nodes() throws -> [(path: String, declaration: Declaration)] {
        let root = try server.namespace.walk("/".utf8Span.span, caller: Caller()).node
        try root.make(
            "union",
            CreateRequest(members: [
                .init(name: "type", value: .string("union")),
                .init(name: "branches", value: .array([.string("/pool")])),
            ]))
        var found = [("/", root.declaration)]
        func collect(_ reader: DirectoryReader, below path: String) {
            while let entry = reader.next() {
                found.append((path + entry.name, entry.declaration))
                // What is in a union stands elsewhere, too.
                if path + entry.name != "/union", let inner = reader.descend() {
                    collect(inner, below: path + entry.name + "/")
                }
            }
        }
        collect(try root.entries(), below: "/")
        return found
    }

    /// The template that documents a path: names that the model gives are replaced by what they are.
    static func template(of path: String, isDirectory: Bool) -> String {
        var names = path.split(separator: "/").map(String.init)
        if names == ["union"] { return "/{union}" }
        func replace(_ index: Int, by name: String) { if names.indices.contains(index) { names[index] = name } }
        if names.first == "proc", names.count > 1, Int(names[1]) != nil {
            replace(1, by: "{connection}")
            return "/" + names.joined(separator: "/")
        }
        if names.first == "pool" {
            replace(1, by: "{pool}")
            if names.count > 3 { replace(3, by: "{page}") }
            return "/" + names.joined(separator: "/")
        }
        if names.starts(with: ["sys", "fs", "jitfs", "owners"]) {
            replace(4, by: "{owner}")
            return "/" + names.joined(separator: "/")
        }
        if names.starts(with: ["sys", "fs", "jitfs"]), names.count == 5 || names.count == 4 && isDirectory {
            replace(3, by: "{filesystem}")
            return "/" + names.joined(separator: "/")
        }
        if names.first == "debug" {
            replace(1, by: "{directory}")
            replace(2, by: "{value}")
            return "/" + names.joined(separator: "/")
        }
        guard names.first == "tracing" else { return path }
        var start = 1
        if names.count > 2, names[1] == "instances" {
            replace(2, by: "{instance}")
            start = 3
        }
        guard names.count > start + 1 else { return "/" + names.joined(separator: "/") }
        switch names[start] {
        case "per_cpu": replace(start + 1, by: "{cpu}")
        case "options": replace(start + 1, by: "{option}")
        case "events":
            if names.count > start + 2 || isDirectory { replace(start + 1, by: "{system}") }
            if names.count > start + 3 || names.count == start + 3 && isDirectory { replace(start + 2, by: "{event}") }
        default: break
        }
        return "/" + names.joined(separator: "/")
    }
}
