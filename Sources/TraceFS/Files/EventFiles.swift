internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine
internal import TraceOutput

/// The files of one event: `format`, `id`, `inject`.
struct EventFiles {
    let descriptions: EventDescriptions

    static let id = File<EventContext>.attribute(
        mode: 0o440, summary: "The number that the event's records begin with.",
        value: { .unsigned(UInt64($0.event.id)) })

    var format: File<EventContext> {
        .attribute(
            mode: 0o440, summary: "What the event's records look like.",
            value: { [descriptions] context throws(Failure) in
                .record(Self.members(of: try descriptions.description(of: context.event).format, id: context.event.id))
            },
            text: { context, out throws(Failure) in context.event.appendFormat(to: &out) })
    }

    private static func members(of format: EventFormat, id: UInt16) -> [Value.Member] {
        [
            .init("name", .text(format.name)), .init("id", .unsigned(UInt64(id))),
            .init("common_fields", .list(format.commonFields.map(field))),
            .init("fields", .list(format.fields.map(field))), .init("print_fmt", .text(format.printText)),
        ]
    }

    private static func field(_ field: EventField) -> Value {
        .record([
            .init("name", .text(field.name)), .init("type", .text(field.type)),
            .init("offset", .unsigned(UInt64(field.offset))), .init("size", .unsigned(UInt64(field.size))),
            .init("signed", .boolean(field.isSigned)),
        ])
    }

    var inject: File<EventContext> {
        .sink(
            mode: 0o200, summary: "FIELD=VALUE …: records the event once, into this instance alone.",
            // A histogram of it may make synthetic events, which are everybody's.
            exists: { $0.event.isEnableable }, reach: .fileSystem,
            write: { [descriptions] context, bytes, request throws(Failure) in
                let format = try descriptions.description(of: context.event).format
                let common = RecordCommon(type: context.event.id, pid: request.caller.pid)
                let record = try encode { () throws(RecordError) in try format.encode(injected: bytes, common: common) }
                try engine { () throws(Errno) in
                    try context.instance.write(
                        event: context.event, payload: record.span, lane: request.caller.cpu, task: request.caller.task,
                        evenIfDisabled: true)
                }
            })
    }
}

/// Makes a record and says what was wrong with its text.
func encode(_ body: () throws(RecordError) -> [UInt8]) throws(Failure) -> [UInt8] {
    do {
        return try body()
    } catch {
        let place = error.field.map { "field \($0): " } ?? ""
        throw Failure(error.errno, place + error.reason, subject: .content)
    }
}
