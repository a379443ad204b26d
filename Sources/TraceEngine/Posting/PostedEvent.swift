internal import Bytes

/// One line of `user_events_data`: an event as `trace_pipe` gives it, of which only `event` must be there.
struct PostedEvent {
    let event: String
    let fields: [JSONValue.Member]
    let timestamp: UInt64?
    let cpu: Int?
    let pid: Int32?
    let comm: String?

    init(_ text: Span<UInt8>) throws(JSONError) {
        guard let members = try JSONReader.document(text.trimmed).members else {
            throw JSONError(offset: 0, reason: "an object is expected")
        }
        var event: String?
        var fields: [JSONValue.Member] = []
        var timestamp: UInt64?
        var cpu: Int?
        var pid: Int32?
        var comm: String?
        for member in members {
            switch (member.name, member.value) {
            case ("event", .string(let text)): event = text
            case ("fields", .object(let members)): fields = members
            case ("timestamp_ns", .number(let text)), ("timestamp_ns", .string(let text)):
                timestamp = try Self.number(text, named: member.name)
            case ("cpu", .number(let text)): cpu = Int(try Self.number(text, named: member.name) as UInt16)
            case ("pid", .number(let text)): pid = try Self.number(text, named: member.name)
            case ("comm", .string(let text)): comm = text
            case ("event", _), ("fields", _), ("timestamp_ns", _), ("cpu", _), ("pid", _), ("comm", _):
                throw JSONError(offset: 0, reason: "the member \"\(member.name)\" has another type")
            default: throw JSONError(offset: 0, reason: "there is no member \"\(member.name)\"")
            }
        }
        guard let event else { throw JSONError(offset: 0, reason: "the member \"event\" is missing") }
        self.event = event
        self.fields = fields
        self.timestamp = timestamp
        self.cpu = cpu
        self.pid = pid
        self.comm = comm
    }

    private static func number<Number: FixedWidthInteger>(_ text: String, named name: String) throws(JSONError)
        -> Number
    {
        guard let number = Number(text) else {
            throw JSONError(offset: 0, reason: "the member \"\(name)\" is out of range")
        }
        return number
    }
}
