internal import Bytes
internal import Testing
internal import TraceEngine
internal import TraceOutput

struct JSONEventsTests {
    private func object(
        _ event: TraceEventDescription, _ record: [UInt8], comm: String = "jitrec", int64AsString: Bool = false
    ) -> String {
        var out = ByteBuffer()
        JSONEvents(int64AsString: int64AsString).append(
            record.span, of: event, header: TraceRecordHeader(timestamp: 2_130_186_762_000, cpu: 1), comm: comm,
            to: &out)
        return out.text
    }

    @Test func `an event is an object with its fields`() throws {
        let ping = try OutputFixture.ping()
        let record = try OutputFixture.record(
            ping, #"{"__probe_ip":1,"a":-5,"b":18446744073709551615,"s":"h\"i","d":255}"#)
        #expect(
            object(ping, record)
                == #"{"timestamp_ns":2130186762000,"cpu":1,"pid":9802,"comm":"jitrec","event":"jit/ping","#
                + #""fields":{"__probe_ip":1,"a":-5,"b":18446744073709551615,"s":"h\"i","d":255}}"#)
        #expect(
            object(ping, record, comm: "a\"b", int64AsString: true)
                == #"{"timestamp_ns":"2130186762000","cpu":1,"pid":9802,"comm":"a\"b","event":"jit/ping","#
                + #""fields":{"__probe_ip":"1","a":-5,"b":"18446744073709551615","s":"h\"i","d":255}}"#)
    }

    @Test func `markers are objects too`() throws {
        let marker = try OutputFixture.marker()
        let text = Array(try OutputFixture.record(marker, "{}")[..<16]) + Array("hello\n\0".utf8)
        #expect(object(marker, text).hasSuffix(#""event":"ftrace/print","fields":{"ip":0,"buf":"hello\n"}}"#))
        let raw = try OutputFixture.rawMarker()
        let bytes = Array(try OutputFixture.record(raw, #"{"id":5}"#)[..<12]) + [0x61, 0, 0xFF, 0]
        #expect(object(raw, bytes).hasSuffix(#""event":"ftrace/raw_data","fields":{"id":5,"buf":"6100ff00"}}"#))
    }

    @Test func `lost events are an object`() {
        var out = ByteBuffer()
        JSONEvents().append(lost: 580, cpu: 0, to: &out)
        JSONEvents().append(lost: nil, cpu: 3, to: &out)
        #expect(out.text == #"{"lost":580,"cpu":0}{"lost":null,"cpu":3}"#)
    }

    @Test func `a record cut anywhere is a JSON object`() throws {
        let ping = try OutputFixture.ping()
        let record = try OutputFixture.record(ping, #"{"s":"hello"}"#)
        for count in 0...record.count {
            let text = object(ping, Array(record[..<count]))
            #expect(try JSONReader.document(text.utf8Span.span).members?.count == 6)
        }
    }
}
