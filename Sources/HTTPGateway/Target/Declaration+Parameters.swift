internal import Bytes
public import PseudoFS

extension Declaration {
    /// Every query parameter that the node takes over HTTP: its own, and those that follow from its kind and forms.
    ///
    /// `OPTIONS`, the refusal of what is unknown and the check of `openapi.yaml` read the same list. `format` and its
    /// kin go with whatever is answered with the node's state: reading, and a write to an attribute.
    public var queryParameters: [Parameter] {
        var list = parameters
        if content == .exchange || content == .requests { return list }
        let shown: Verbs = content == .attribute ? [.read, .write, .append] : .read
        if !forms.isEmpty {
            list.append(
                Parameter("format", .choice(formatWords), verbs: shown, summary: "The form, as Accept would choose it.")
            )
        }
        if rawForm != nil {
            list.append(Parameter("raw", .flag, verbs: shown, summary: "The very bytes of the file."))
        }
        if forms.contains(.json) {
            list.append(Parameter("pretty", .flag, verbs: shown, summary: "Indents the JSON."))
        }
        if !isDirectory, forms.contains(where: \.isJSON) {
            list.append(
                Parameter("int64", .choice(["string"]), verbs: shown, summary: "64-bit integers as JSON strings."))
        }
        if isWatchable {
            let summary =
                isDirectory
                ? "Server-sent events: its entries, and which come and go."
                : "Server-sent events: its value, and each that follows."
            list.append(Parameter("watch", .flag, summary: summary))
            if !parameters.contains(where: { $0.name == "timeout" }) {
                list.append(Parameter("timeout", .seconds, summary: "End watching after so many seconds."))
            }
        }
        if verbs.contains(.rename) {
            list.append(
                Parameter(
                    "rename", .path, verbs: .rename,
                    summary: "Moves the entry to this path, or gives it this name; nothing may be there."))
        }
        if isDirectory {
            list.append(
                Parameter(
                    "recursive", .flag, verbs: removesTree ? [.read, .remove] : .read,
                    summary: removesTree
                        ? "Every entry below, one a line; with DELETE, removes them too."
                        : "Every entry below, one a line."))
            list.append(Parameter("limit", .integer(1...UInt64(Int.max)), summary: "At most so many entries."))
            list.append(Parameter("after", .name, summary: "Only entries behind this name."))
        }
        return list
    }

    private var formatWords: [String] {
        var words = forms.map(\.rawValue)
        if isDirectory { words.append(Form.ndjson.rawValue) }
        if rawForm != nil { words.append("raw") }
        return words
    }

    /// The form that `?raw` stands for.
    var rawForm: Form? { [.text, .bytes, .prometheus].first(where: forms.contains) }
}
