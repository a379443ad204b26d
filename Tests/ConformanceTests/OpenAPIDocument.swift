import Testing
import Yams

/// `openapi.yaml`, read.
struct OpenAPIDocument {
    let root: [String: Any]

    init(_ text: String) throws { root = try #require(try Yams.load(yaml: text) as? [String: Any]) }

    /// The path items by their templates.
    var paths: [String: [String: Any]] { root["paths"] as? [String: [String: Any]] ?? [:] }

    /// An object, looked up where it is only a reference.
    func resolve(_ value: Any?) -> [String: Any]? {
        guard let object = value as? [String: Any] else { return nil }
        guard let reference = object["$ref"] as? String else { return object }
        return resolve(target(of: reference))
    }

    /// What a local reference points to.
    func target(of reference: String) -> Any? {
        guard reference.hasPrefix("#/") else { return nil }
        var value: Any? = root
        for name in reference.dropFirst(2).split(separator: "/") {
            let name = String(name).replacing("~1", with: "/").replacing("~0", with: "~")
            value = (value as? [String: Any])?[name]
        }
        return value
    }

    /// Every `$ref` and `operationRef` that is anywhere in it.
    func references(in value: Any? = nil) -> Set<String> {
        switch value ?? root {
        case let object as [String: Any]:
            object.reduce(into: []) { found, member in
                if member.key == "$ref" || member.key == "operationRef", let reference = member.value as? String {
                    found.insert(reference)
                } else {
                    found.formUnion(references(in: member.value))
                }
            }
        case let list as [Any]: list.reduce(into: []) { $0.formUnion(references(in: $1)) }
        default: []
        }
    }

    static let methods = ["get", "head", "options", "put", "post", "delete", "patch", "trace"]

    /// The methods that a path has.
    func methods(of path: String) -> Set<String> { Set(Self.methods.filter { paths[path]?[$0] != nil }) }

    /// One method of a path.
    func operation(_ method: String, of path: String) -> [String: Any]? { paths[path]?[method] as? [String: Any] }

    /// The parameters of an operation that stand in a place (`query`, `header`, `path`), by name.
    func parameters(_ place: String, of operation: [String: Any]?) -> [String: [String: Any]] {
        let list = (operation?["parameters"] as? [Any] ?? []).compactMap(resolve)
        return list.reduce(into: [:]) { found, parameter in
            if parameter["in"] as? String == place, let name = parameter["name"] as? String { found[name] = parameter }
        }
    }

    /// The statuses that an operation documents.
    func statuses(of operation: [String: Any]?) -> Set<String> {
        Set((operation?["responses"] as? [String: Any] ?? [:]).keys)
    }

    /// The media types that an operation answers with.
    func mediaTypes(_ status: String, of operation: [String: Any]?) -> Set<String> {
        let response = resolve((operation?["responses"] as? [String: Any])?[status])
        return Set((response?["content"] as? [String: Any] ?? [:]).keys)
    }
}
