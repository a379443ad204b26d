public import Bytes

/// The value of an attribute at one moment.
public struct Reading: Sendable {
    /// The typed value.
    public let value: Value
    /// What stands beside it in JSON.
    public let members: [Value.Member]

    init(_ value: Value) {
        self.value = value
        members = []
    }

    init?(of file: FileDefinition, _ binding: Binding) throws(Failure) {
        guard let read = file.value else { return nil }
        let value = try read(binding)
        self.value = value
        members = file.members?(binding) ?? []
    }

    /// Appends the value and the members beside it, as they stand in JSON: `true,"soft":true`.
    public func appendJSON(to out: inout ByteBuffer, int64AsString: Bool = false) {
        out.append(json: value, int64AsString: int64AsString)
        guard !members.isEmpty else { return }
        out.append(0x2C)
        out.append(members: members, int64AsString: int64AsString)
    }

    /// A hash of the value and its members: the same in every form, stored nowhere.
    public var fingerprint: UInt64 {
        var out = ByteBuffer()
        appendJSON(to: &out)
        return Self.fingerprint(of: out.span)
    }

    /// The fingerprint of what ``appendJSON(to:int64AsString:)`` wrote, numbers unquoted.
    public static func fingerprint(of json: Span<UInt8>) -> UInt64 { Hash64.of(json, seed: 0x6A69_7466_73) }
}
