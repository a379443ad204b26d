internal import Testing

@Suite struct QueryTests {
    @Test(arguments: [
        "/t/number?follow", "/t/number?limit=1", "/t/number?recursive", "/t/number?FORMAT=json",
        "/t/values?int64=string",
        "/t/values?raw&unknown=1", "/t/streams/pipe?pretty", "/t/number?=1", "/t/number?&", "/t/number?pretty&",
        "/t/streams/short?count=1", "/t/number?recursive=0",
    ])
    func `an unknown parameter is refused`(target: String) {
        let answer = TestClient().get(target)
        #expect(answer.status == 400 && answer.errno == "EINVAL")
        #expect(answer.detail.contains("parameter"))
    }

    @Test func `the refusal names the parameter and those that are known`() {
        let answer = TestClient().get("/t/number?follow=1")
        #expect(answer.detail == #"unknown parameter "follow"; known are format, int64, pretty, raw, timeout, watch"#)
    }

    @Test(arguments: [
        "/t/number?pretty&pretty", "/t/number?format=json&format=text", "/t/number?pretty=2", "/t/number?pretty=true",
        "/t/number?format=yaml", "/t/number?format=", "/t/number?format", "/t/number?int64=number", "/t/values?limit=0",
        "/t/values?limit=-1", "/t/values?limit=+1", "/t/values?limit=99999999999999999999", "/t/values?after=",
        "/t/streams/pipe?count=0", "/t/streams/pipe?count=1001", "/t/streams/pipe?timeout=-1",
        "/t/streams/pipe?timeout=nan", "/t/streams/pipe?timeout=1e3", "/t/streams/pipe?timeout=.",
        "/t/streams/pipe?timeout=1.2.3",
        "/t/streams/pipe?timeout", "/t/number?pretty=%zz", "/t/number?pretty=%ff", "/t/number?raw&format=json",
        "/t/number?raw&pretty", "/t/number?format=text&pretty", "/t/values?recursive&limit=1",
        "/t/values?format=ndjson",
        "/t/values?recursive&format=json",
    ])
    func `a parameter that comes twice or has a bad value is refused`(target: String) {
        let answer = TestClient().get(target)
        #expect(answer.status == 400 && answer.errno == "EINVAL")
    }

    @Test(arguments: [
        "/t/number?pretty", "/t/number?pretty=1", "/t/number?pretty=0", "/t/number?pretty=", "/t/number?%70retty",
        "/t/number?format=json&pretty&int64=string", "/t/number?raw=0&format=json", "/t/number?raw&format=raw",
        "/t/number?raw&format=text", "/t/number?", "/t/values?limit=1&after=x+y%20z",
    ])
    func `what is declared is taken`(target: String) {
        #expect(TestClient().get(target).status == 200)
    }

    @Test func `a parameter goes with its verbs only`() {
        let client = TestClient()
        #expect(client.send("DELETE", "/t/made?limit=1").status == 405)
        let answer = client.send("POST", "/t/made?limit=1", body: #"{"name":"x"}"#)
        #expect(answer.status == 400 && answer.detail.contains("does not go with this method"))
        #expect(client.send("PUT", "/t/streams/sink?count=1", body: "x").status == 400)
        #expect(client.send("PUT", "/t/number?raw", body: "5").body == "5\n")
        #expect(client.send("OPTIONS", "/t/number?pretty").status == 400)
    }
}
