/// The contract's tables of verbs, representations and errors, for the nodes that there are.
enum ContractRows {
    typealias Row = ContractRow
    private static let json = [("Content-Type", "application/json")]
    private static let text = [("Accept", "text/plain")]
    private static let json406 = [("Accept", "application/json")]
    private static let task = [("Jitfs-Task", "tester-42")]
    private static let packed = [("Content-Type", "application/vnd.jitfs.events")]

    static let all: [ContractRow] =
        directories + attributes + metrics + writing + entries + owners + records + pages + preconditions + errors
        + batches + debug

    private static let batches: [ContractRow] = [
        Row(
            "many requests", "POST", "/batch",
            sends: """
                {"method":"PUT","path":"/tracing/tracing_on","body":"0\\n"}
                {"method":"PUT","path":"/tracing/tracing_on","body":{"value":true}}
                {"method":"GET","path":"/tracing/tracing_on?raw"}
                {"method":"GET","path":"/nothing"}
                """, 200, "application/x-ndjson",
            is: #"{"status":200,"body":{"path":"/tracing/tracing_on","type":"file","mode":"0640","value":false}}"#
                + "\n"
                + #"{"status":200,"body":{"path":"/tracing/tracing_on","type":"file","mode":"0640","value":true}}"#
                + "\n"
                + #"{"status":200,"body":"1\n"}"# + "\n"
                + #"{"status":404,"problem":{"type":"about:blank","title":"Not Found","status":404,"#
                + #""detail":"there is no /nothing","errno":"ENOENT","path":"/nothing"}}"# + "\n"),
        Row(
            "no request", "POST", "/batch", sends: "{\"method\":\"GET\",\"path\":\"/\"}\n{\"x\":1}\n", 400,
            "application/problem+json", has: [#""line":2,"written":0"#]),
        .refused("nothing is read", "GET", "/batch", 405, "EOPNOTSUPP", with: ["allow": "POST, OPTIONS"]),
        .refused("no such parameter", "POST", "/batch?stop", sends: "", 400, "EINVAL"),
        .refused("no lines wanted", "POST", "/batch", [("Accept", "image/png")], sends: "", 406, "EINVAL"),
    ]

    private static let directories: [ContractRow] = [
        Row(
            "ls", "GET", "/", 200,
            is:
                #"{"path":"/","type":"directory","mode":"0755","entries":[{"name":"batch","type":"file","mode":"0222"},"#
                + #"{"name":"debug","type":"directory","mode":"0755"},"#
                + #"{"name":"healthz","type":"file","mode":"0444"},"#
                + #"{"name":"metrics","type":"file","mode":"0444"},"#
                + #"{"name":"openapi.yaml","type":"file","mode":"0444"},{"name":"pool","type":"directory","mode":"0755"},"#
                + #"{"name":"proc","type":"directory","mode":"0555"},"#
                + #"{"name":"sys","type":"directory","mode":"0755"},{"name":"tracing","type":"directory","mode":"0750"}]}"#
                + "\n", with: ["vary": "Accept"]),
        Row("names", "GET", "/tracing/instances?raw", 200, "text/plain", is: "mine/\n"),
        Row("names by Accept", "GET", "/sys", text, 200, "text/plain", is: "fs/\nlimits/\nmodule/\n"),
        Row("a page", "GET", "/sys?format=html", 200, "text/html", has: ["<a href"]),
        Row("the first of a page", "GET", "/tracing/events/jit?limit=3", 200, has: [#""next":"ping""#, "enable"]),
        Row(
            "the rest", "GET", "/tracing/events/jit?limit=3&after=ping", 200,
            is: #"{"path":"/tracing/events/jit","type":"directory","mode":"0755","entries":["#
                + #"{"name":"pong","type":"directory","mode":"0755"},{"name":"spare","type":"directory","mode":"0755"}]}"#
                + "\n"
        ),
        Row(
            "find", "GET", "/tracing/events/jit/ping?recursive", 200, "application/x-ndjson",
            has: [#"{"path":"/tracing/events/jit/ping/enable","type":"file","mode":"0640"}"# + "\n"]),
        Row("find in text", "GET", "/tracing?recursive&raw", 200, "text/plain", has: ["/tracing/per_cpu/cpu0/\n"]),
        Row("a slash at the end", "GET", "/sys/", 200, has: [#"{"path":"/sys","#]),
        Row("HEAD", "HEAD", "/tracing", 200, is: ""),
        Row("OPTIONS", "OPTIONS", "/tracing", 204, nil, is: "", with: ["allow": "GET, HEAD, OPTIONS"]),
        Row("OPTIONS", "OPTIONS", "/tracing/instances", 204, nil, with: ["allow": "GET, HEAD, POST, OPTIONS"]),
        Row("OPTIONS", "OPTIONS", "/tracing/instances/mine", 204, nil, with: ["allow": "GET, HEAD, DELETE, OPTIONS"]),
        Row(
            "OPTIONS of the server", "OPTIONS", "*", 204, nil, with: ["allow": "GET, HEAD, PUT, POST, DELETE, OPTIONS"]),
    ]

    private static let attributes: [ContractRow] = [
        Row(
            "cat", "GET", "/tracing/tracing_on", 200,
            is: #"{"path":"/tracing/tracing_on","type":"file","mode":"0640","value":true}"# + "\n"),
        Row("the kernel's text", "GET", "/tracing/tracing_on?raw", 200, "text/plain", is: "1\n"),
        Row("raw=0 is no raw", "GET", "/tracing/tracing_on?raw=0", 200, has: ["true"]),
        Row("the text by Accept", "GET", "/tracing/tracing_on", text, 200, "text/plain", is: "1\n"),
        Row(
            "a page", "GET", "/tracing/tracing_on", [("Accept", "text/html")], 200, "text/html",
            has: ["<!doctype html>"]),
        Row("indented", "GET", "/tracing/tracing_on?pretty", 200, has: ["{\n  \"path\": \"/tracing/tracing_on\","]),
        Row("quoted", "GET", "/tracing/buffer_size_kb?int64=string", 200, has: [#""value":""#]),
        Row(
            "a list", "GET", "/tracing/available_events?raw", 200, "text/plain",
            has: ["jit:ping\njit:pong\njit:spare\n"]),
        Row(
            "a record", "GET", "/tracing/events/jit/ping/format", 200,
            has: [#""name":"ping","id":"#, #""common_fields":["#]),
        Row(
            "the kernel's record", "GET", "/tracing/events/jit/ping/format?raw", 200, "text/plain",
            has: ["name: ping\nID: "]),
        Row(
            "the clock", "GET", "/tracing/trace_clock?raw", 200, "text/plain",
            is: "[local] global counter uptime perf mono mono_raw boot tai\n"),
        Row("mixed is null", "PUT", "/tracing/events/jit/ping/enable", sends: "1", 200, has: [#""value":true"#]),
        Row("mixed is null", "GET", "/tracing/events/jit/enable", 200, has: [#""value":null"#]),
        Row("mixed is X", "GET", "/tracing/events/jit/enable?raw", 200, "text/plain", is: "X\n"),
        Row("all off", "PUT", "/tracing/events/enable", sends: "0\n", 200, has: [#""value":false"#]),
        Row("HEAD", "HEAD", "/tracing/tracing_on", 200, is: ""),
        Row("a limit", "GET", "/sys/limits/instances?raw", 200, "text/plain", is: "3\n"),
        Row("a count", "GET", "/sys/fs/jitfs/nodes_refused?raw", 200, "text/plain", is: "0\n"),
        Row("OPTIONS", "OPTIONS", "/sys/limits/nodes", 204, nil, with: ["allow": "GET, HEAD, PUT, OPTIONS"]),
        Row("OPTIONS", "OPTIONS", "/sys/limits/header_bytes", 204, nil, with: ["allow": "GET, HEAD, OPTIONS"]),
        Row(
            "the types", "GET", "/proc/filesystems?raw", 200, "text/plain",
            is: "nodev\ttracefs\nnodev\tpoolfs\nnodev\tdebugfs\nnodev\tsysfs\nnodev\tproc\n"),
        Row(
            "a mount", "GET", "/proc/mounts", 200,
            has: [#"{"source":"jitfs","target":"/proc","type":"proc","options":"rw"}"#]),
        Row("the version", "GET", "/proc/version?raw", 200, "text/plain", has: ["jitfs version "]),
        Row(
            "OPTIONS", "OPTIONS", "/tracing/tracing_on", 204, nil, with: ["allow": "GET, HEAD, PUT, POST, OPTIONS"]),
        Row("this document", "GET", "/openapi.yaml", 200, "application/yaml", has: ["openapi: 3.1.0\n"]),
    ]

    /// What Prometheus 2.42 sends.
    private static let scraper = [
        (
            "Accept",
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
        )
    ]
    private static let families = ["# HELP process_cpu_seconds", "\njitfs_refusals_total{limit=\"streams\"} 0\n"]

    private static let metrics: [ContractRow] = [
        .changing("the metrics", "GET", "/metrics", [], 200, "text/plain", has: families),
        .changing("the text", "GET", "/metrics?raw", [], 200, "text/plain", has: families),
        .changing(
            "OpenMetrics", "GET", "/metrics?format=openmetrics", [], 200, "application/openmetrics-text",
            has: families + ["\n# EOF\n"]),
        .changing(
            "OpenMetrics by Accept", "GET", "/metrics", scraper, 200, "application/openmetrics-text", has: families),
        Row(
            "HEAD", "HEAD", "/metrics", scraper, 200, "application/openmetrics-text", is: "",
            with: ["content-type": "application/openmetrics-text; version=1.0.0; charset=utf-8"]),
        Row(
            "HEAD", "HEAD", "/metrics", 200, "text/plain", is: "",
            with: ["content-type": "text/plain; version=0.0.4; charset=utf-8"]),
        .refused("no JSON", "GET", "/metrics", [("Accept", "application/json")], 406, "EINVAL"),
        .refused("no such format", "GET", "/metrics?format=json", 400, "EINVAL"),
    ]

    private static let writing: [ContractRow] = [
        Row("echo >", "PUT", "/tracing/tracing_on", sends: "0", 200, has: [#""value":false"#]),
        Row("echo >>", "POST", "/tracing/tracing_on", sends: "1\n", 200, has: [#""value":true"#]),
        Row("JSON", "PUT", "/tracing/tracing_on", json, sends: #"{"value":false}"#, 200, has: [#""value":false"#]),
        Row("answered in text", "PUT", "/tracing/tracing_on?raw", sends: "1", 200, "text/plain", is: "1\n"),
        Row(
            "curl's Content-Type is ignored", "PUT", "/tracing/set_event",
            [("Content-Type", "application/x-www-form-urlencoded")], sends: "jit:ping", 200, has: [#"["jit:ping"]"#]),
        Row(
            "more", "POST", "/tracing/set_event", json, sends: #"{"value":["jit:pong"]}"#, 200,
            has: [#"["jit:ping","jit:pong"]"#]),
        Row("only", "PUT", "/tracing/set_event", sends: "jit:pong", 200, has: [#"["jit:pong"]"#]),
        Row("an empty write truncates", "PUT", "/tracing/set_event", sends: "", 200, has: [#""value":[]"#]),
        .refused("a bad number", "PUT", "/tracing/tracing_on", sends: "x", 400, "EINVAL"),
        .refused("no number", "PUT", "/tracing/tracing_on", sends: "", 400, "EINVAL"),
        .refused("out of range", "PUT", "/tracing/tracing_on", sends: "18446744073709551616", 400, "ERANGE"),
        Row("the old value stays", "GET", "/tracing/tracing_on?raw", 200, "text/plain", is: "1\n"),
        .refused("no JSON", "PUT", "/tracing/tracing_on", json, sends: "{", 400, "EINVAL"),
        .refused("an unknown member", "PUT", "/tracing/tracing_on", json, sends: #"{"value":1,"x":1}"#, 400, "EINVAL"),
        .refused("no value", "PUT", "/tracing/tracing_on", json, sends: "{}", 400, "EINVAL"),
        .refused(
            "an errno about the content", "PUT", "/tracing/user_events_data", sends: #"{"event":"no/no"}"#, 400,
            "ENOENT"),
        Row("no filter", "GET", "/tracing/events/jit/ping/filter", 200, has: [#""value":null"#]),
        Row("no filter, in text", "GET", "/tracing/events/jit/ping/filter?raw", 200, "text/plain", is: "none\n"),
        Row("a filter", "PUT", "/tracing/events/jit/ping/filter", sends: "a == 5\n", 200, has: [#""value":"a == 5""#]),
        .refused("a bad filter", "PUT", "/tracing/events/jit/ping/filter", sends: "bogus == 1", 400, "EINVAL"),
        .refused("a ( alone", "PUT", "/tracing/events/jit/ping/filter", sends: "(a == 1", 400, "ENOENT"),
        .refused("a ) alone", "PUT", "/tracing/events/jit/ping/filter", sends: "a == 1)", 400, "EPERM"),
        .refused("a quote alone", "PUT", "/tracing/events/jit/ping/filter", sends: #"s == "x"#, 400, "ESRCH"),
        Row(
            "what was wrong", "GET", "/tracing/events/jit/ping/filter?raw", 200, "text/plain",
            is: "s == \"x\n     ^\nparse_error: Missing matching quote\n\n"),
        Row("the log, forgotten", "PUT", "/tracing/error_log", sends: "", 200, has: [#""value":[]"#]),
        Row("no filter any more", "PUT", "/tracing/events/jit/ping/filter", sends: "0", 200, has: [#""value":null"#]),
        Row(
            "a system's filter", "PUT", "/tracing/events/jit/filter", sends: "a == 5", 200,
            has: ["### global filter ###"]),
        Row("cleared", "PUT", "/tracing/events/jit/filter", sends: "0", 200, has: ["### global filter ###"]),
        Row(
            "no trigger", "GET", "/tracing/events/jit/ping/trigger?raw", 200, "text/plain",
            is: "# Available triggers:\n# traceon traceoff stacktrace enable_event disable_event\n"),
        Row(
            "a trigger", "POST", "/tracing/events/jit/ping/trigger", sends: "enable_event:jit:pong:2 if a == 9", 200,
            has: [#""value":["enable_event:jit:pong:count=2 if a == 9"]"#]),
        .refused(
            "it is there", "POST", "/tracing/events/jit/ping/trigger", sends: "disable_event:jit:pong", 409, "EEXIST"),
        .refused(
            "no such trigger", "PUT", "/tracing/events/jit/ping/trigger", sends: "hist:keys=nosuch", 400, "EINVAL"),
        Row("its event is held", "GET", "/tracing/events/jit/ping/enable?raw", 200, "text/plain", is: "0*\n"),
        Row("and the other", "GET", "/tracing/events/jit/pong/enable", 200, has: [#""value":false,"soft":true"#]),
        Row(
            "removed by !", "POST", "/tracing/events/jit/ping/trigger", sends: "!enable_event:jit:pong", 200,
            has: [#""value":[]"#]),
        Row("let go", "GET", "/tracing/events/jit/pong/enable?raw", 200, "text/plain", is: "0\n"),
        Row("a size", "PUT", "/tracing/buffer_size_kb", sends: "8", 200, has: [#""value":11"#]),
        .refused("no room", "PUT", "/tracing/buffer_size_kb", sends: "99999999", 507, "ENOMEM"),
        Row("a definition", "POST", "/tracing/dynamic_events", sends: "u:shop/sold u64 id", 200, has: ["shop/sold"]),
        Row("the same again", "POST", "/tracing/dynamic_events", sends: "u:shop/sold u64 id", 200, has: ["shop/sold"]),
        .refused("with other fields", "POST", "/tracing/dynamic_events", sends: "u:shop/sold u32 id", 409, "EEXIST"),
        .refused("flags", "POST", "/tracing/dynamic_events", sends: "u:shop/flags:BPF_ITER u64 id", 400, "EINVAL"),
        Row(
            "which are wanted", "GET", "/tracing/user_events_status?raw", 200, "text/plain",
            is: "shop/sold\n\nActive: 1\nBusy: 0\n"),
        Row(
            "the same, typed", "GET", "/tracing/user_events_status", 200,
            has: [
                #""value":{"active":1,"busy":0,"events":[{"name":"shop/sold","id":"#, #""enabled":0,"used_by":[]}]}"#,
            ]),
        .refused("no text is watched", "GET", "/tracing/user_events_status?watch&raw", 400, "EINVAL"),
        .refused("nor is it JSON", "GET", "/tracing/user_events_status?watch", json406, 406, "EINVAL"),
        Row(
            "HEAD watches nothing", "HEAD", "/tracing/user_events_status?watch", 200, "text/event-stream", is: "",
            with: ["cache-control": "no-store"]),
        .refused(
            "with other fields, a removal", "POST", "/tracing/dynamic_events", sends: "-:shop/sold u32 id", 400,
            "ENOENT"),
        Row("removed", "POST", "/tracing/dynamic_events", sends: "!u:shop/sold u64 id", 200, has: [#""value":[]"#]),
    ]

    private static let entries: [ContractRow] = [
        Row(
            "mkdir", "POST", "/tracing/instances", sends: #"{"name":"two words"}"#, 201,
            is: #"{"path":"/tracing/instances/two words","type":"directory","mode":"0750"}"# + "\n",
            with: ["location": "/tracing/instances/two%20words"]),
        .refused("it exists", "POST", "/tracing/instances", sends: #"{"name":"mine"}"#, 409, "EEXIST"),
        .refused("no name", "POST", "/tracing/instances", sends: "{}", 400, "EINVAL"),
        .refused("a name with a slash", "POST", "/tracing/instances", sends: #"{"name":"a/b"}"#, 400, "EINVAL"),
        .refused(
            "a long name", "POST", "/tracing/instances",
            sends: #"{"name":""# + String(repeating: "n", count: 256) + #""}"#,
            400, "ENAMETOOLONG"),
        .refused("an unknown member", "POST", "/tracing/instances", sends: #"{"name":"x","y":1}"#, 400, "EINVAL"),
        Row("the last that the limit allows", "POST", "/tracing/instances", sends: #"{"name":"c"}"#, 201),
        .refused(
            "the limit", "POST", "/tracing/instances", sends: #"{"name":"d"}"#, 503, "ENFILE",
            with: ["retry-after": "1"]),
        Row("rmdir", "DELETE", "/tracing/instances/c/", 204, nil, is: ""),
        .refused("gone", "DELETE", "/tracing/instances/c", 404, "ENOENT"),
        Row(
            "a union", "POST", "/", sends: #"{"type":"union","name":"all","branches":["/tracing/instances","/pool/"]}"#,
            201, is: #"{"path":"/all","type":"directory","mode":"0755"}"# + "\n", with: ["location": "/all"]),
        Row("its names", "GET", "/all?raw", 200, "text/plain", is: "mine/\nramzswap0/\ntwo words/\n"),
        Row("what its first branch has", "PUT", "/all/mine/tracing_on?raw", sends: "1", 200, "text/plain", is: "1\n"),
        Row("the real path", "GET", "/all/ramzswap0/level", 200, has: [#"{"path":"/pool/ramzswap0/level""#]),
        Row(
            "what can be done to it", "OPTIONS", "/all/ramzswap0/level", 204, nil,
            with: ["allow": "GET, HEAD, OPTIONS"]),
        Row(
            "and to the first branch's", "OPTIONS", "/all/mine", 204, nil,
            with: ["allow": "GET, HEAD, DELETE, OPTIONS"]),
        .refused("a lower branch's file", "PUT", "/all/ramzswap0/level", sends: "2", 405, "EROFS"),
        .refused("a lower branch's directory", "DELETE", "/all/ramzswap0", 405, "EROFS"),
        .refused("what no branch has", "GET", "/all/nothing", 404, "ENOENT"),
        Row(
            "mkdir in the first branch", "POST", "/all", sends: #"{"name":"c"}"#, 201,
            is: #"{"path":"/tracing/instances/c","type":"directory","mode":"0750"}"# + "\n",
            with: ["location": "/tracing/instances/c"]),
        Row("rmdir there", "DELETE", "/all/c", 204, nil, is: ""),
        .refused("a union of none", "POST", "/", sends: #"{"type":"union","name":"u","branches":[]}"#, 400, "EINVAL"),
        .refused(
            "a branch that is not there", "POST", "/", sends: #"{"type":"union","name":"u","branches":["/x"]}"#,
            400, "ENOENT"),
        .refused(
            "a name that is taken", "POST", "/", sends: #"{"type":"union","name":"pool","branches":["/sys"]}"#, 409,
            "EEXIST"),
        Row("the union goes", "DELETE", "/all", 204, nil, is: ""),
        .refused("and what it showed", "GET", "/all/mine", 404, "ENOENT"),
        Row("its branches stay", "GET", "/tracing/instances?raw", 200, "text/plain", is: "mine/\ntwo words/\n"),
        .refused("gone, and what was below it", "GET", "/tracing/instances/c/trace", 404, "ENOENT"),
    ]

    private static let records: [ContractRow] = [
        Row(
            "a marker", "PUT", "/tracing/instances/mine/trace_marker", task, sends: "hello", 200,
            is: #"{"path":"/tracing/instances/mine/trace_marker","written":5}"# + "\n"),
        Row(
            "another", "POST", "/tracing/instances/mine/trace_marker", task, sends: "again\n", 200,
            has: [#""written":6"#]),
        Row(
            "inject", "PUT", "/tracing/instances/mine/events/jit/ping/inject", task, sends: "", 200,
            has: [#""written":0"#]),
        Row(
            "trace", "GET", "/tracing/instances/mine/trace", 200,
            has: [
                #"{"instance":"mine","entries_in_buffer":3,"#, #""comm":"tester","event":"ftrace/print""#, "jit/ping",
            ]),
        Row(
            "trace in text", "GET", "/tracing/instances/mine/trace?raw", 200, "text/plain",
            has: ["# tracer: nop\n", "hello"]),
        Row(
            "trace in lines", "GET", "/tracing/instances/mine/trace?format=ndjson", 200, "application/x-ndjson",
            has: ["}\n{"]),
        Row("one lane", "GET", "/tracing/instances/mine/per_cpu/cpu0/trace", 200, has: ["ftrace/print", "jit/ping"]),
        Row(
            "some of it", "GET", "/tracing/instances/mine/trace?format=ndjson&event=jit/*,nothing&since=1&count=1", 200,
            "application/x-ndjson", has: [#"{"timestamp_ns":"#, "jit/ping"]),
        Row(
            "for Perfetto", "GET", "/tracing/instances/mine/trace?format=chrome", 200,
            "application/vnd.jitfs.trace-events+json", has: [#"{"displayTimeUnit":"ns","traceEvents":["#, "jit"]),
        Row(
            "for trace-cmd", "GET", "/tracing/instances/mine/trace?format=dat", 200, "application/vnd.jitfs.trace-dat",
            has: ["tracing6\0", "name: print\n", "name: ping\n"]),
        Row(
            "HEAD of it", "HEAD", "/tracing/instances/mine/trace?format=dat", 200, "application/vnd.jitfs.trace-dat",
            is: ""),
        Row(
            "of all instances", "GET", "/tracing", [("Accept", "application/vnd.jitfs.trace-dat")], 200,
            "application/vnd.jitfs.trace-dat", has: ["tracing6\0", "mine\0"]),
        .refused("paged", "GET", "/tracing?format=dat&limit=1", 400, "EINVAL"),
        .refused("of a directory that has none", "GET", "/tracing/events?format=dat", 400, "EINVAL"),
        .refused("an event that is none", "GET", "/tracing/instances/mine/trace?event=a/b/c", 400, "EINVAL"),
        .refused("no event at all", "GET", "/tracing/instances/mine/trace?event=", 400, "EINVAL"),
        .refused("a time that is none", "GET", "/tracing/instances/mine/trace_pipe?since=-1", 400, "EINVAL"),
        .refused("a count of nothing", "GET", "/tracing/instances/mine/trace?count=0", 400, "EINVAL"),
        Row(
            "its counts", "GET", "/tracing/instances/mine/per_cpu/cpu0/stats?raw", 200, "text/plain",
            has: ["entries: 3\n"]),
        Row(
            "HEAD consumes nothing", "HEAD", "/tracing/instances/mine/trace_pipe", 200, "application/x-ndjson", is: "",
            with: ["cache-control": "no-store"]),
        Row(
            "the pipe", "GET", "/tracing/instances/mine/trace_pipe?count=1", 200, "application/x-ndjson",
            has: ["hello"],
            with: ["cache-control": "no-store"]),
        Row(
            "the pipe in text", "GET", "/tracing/instances/mine/trace_pipe?timeout=0", text, 200, "text/plain",
            has: ["again"]),
        Row("nothing left", "GET", "/tracing/instances/mine/trace_pipe?timeout=0", 204, "application/x-ndjson", is: ""),
        Row(
            "a time that passes", "GET", "/tracing/instances/mine/trace_pipe?timeout=0.05", 200, "application/x-ndjson",
            is: ""),
        Row(
            "a raw marker", "PUT", "/tracing/instances/mine/trace_marker_raw", task, sends: "abcdefgh", 200,
            has: [#""written":8"#]),
        .refused(
            "less than a number", "PUT", "/tracing/instances/mine/trace_marker_raw", sends: "abc", 400, "EINVAL"),
        Row(
            "HEAD consumes nothing", "HEAD", "/tracing/instances/mine/per_cpu/cpu0/trace_pipe_raw", 200,
            "application/octet-stream", is: "", with: ["cache-control": "no-store"]),
        .changing(
            "a sub-buffer", "GET", "/tracing/instances/mine/per_cpu/cpu0/trace_pipe_raw?timeout=0", [], 200,
            "application/octet-stream", has: ["efgh"]),
        Row(
            "no other", "GET", "/tracing/instances/mine/per_cpu/cpu0/trace_pipe_raw?timeout=0", text, 204, "text/plain",
            is: ""),
        Row("a marker for later", "PUT", "/tracing/instances/mine/trace_marker", task, sends: "kept", 200),
        Row("a snapshot", "PUT", "/tracing/instances/mine/snapshot", sends: "1", 200, has: [#""written":1"#]),
        Row(
            "what it holds", "GET", "/tracing/instances/mine/snapshot", 200,
            has: [#"{"instance":"mine","allocated":true,"entries_in_buffer":1,"#, "kept"]),
        .refused(
            "one CPU's is not freed", "PUT", "/tracing/instances/mine/per_cpu/cpu0/snapshot", sends: "0", 400, "EINVAL"),
        Row("freed", "PUT", "/tracing/instances/mine/snapshot", sends: "0", 200),
        Row(
            "its help", "GET", "/tracing/instances/mine/snapshot?raw", 200, "text/plain",
            has: ["# * Snapshot is freed *"]),
        Row("an option", "PUT", "/tracing/instances/mine/options/verbose", sends: "1", 200, has: [#""value":true"#]),
        .refused("0 or 1", "PUT", "/tracing/instances/mine/options/verbose", sends: "2", 400, "EINVAL"),
        Row(
            "off by its name", "POST", "/tracing/instances/mine/trace_options", sends: "noverbose", 200,
            has: [#""noverbose""#]),
        .refused("a pid beyond all", "PUT", "/tracing/set_event_pid", sends: "99999999999", 400, "EPERM"),
        .refused("a CPU beyond all", "PUT", "/tracing/tracing_cpumask", sends: "1,00000000,0", 400, "EOVERFLOW"),
        Row(
            "watched for no time", "GET", "/tracing/instances/mine/options/verbose?watch&timeout=0", 200,
            "text/event-stream", has: [#"data: {"path":"/tracing/instances/mine/options/verbose""#, "false}\n\n"]),
        Row(
            "watched for a time", "GET", "/tracing/tracing_on?watch&timeout=0.05", 200, "text/event-stream",
            has: ["true"]),
        Row(
            "a stream that has nothing", "GET", "/tracing/instances/mine/trace_pipe?watch&timeout=0", 200,
            "text/event-stream", has: ["\"value\":false"]),
        .refused("in no form", "GET", "/tracing/tracing_on?watch&raw", 400, "EINVAL"),
        .refused("a time for nothing", "GET", "/tracing/tracing_on?timeout=1", 400, "EINVAL"),
        Row(
            "a directory", "GET", "/tracing/instances?watch&timeout=0", 200, "text/event-stream",
            has: [#"data: {"path":"/tracing/instances","type":"directory""#, #"[{"name":"mine""#]),
        Row("echo > trace", "PUT", "/tracing/instances/mine/trace", sends: "", 200, has: [#""written":0"#]),
        Row("cleared", "GET", "/tracing/instances/mine/trace", 200, has: [#""events":[]"#]),
        Row("off", "PUT", "/tracing/instances/mine/tracing_on", sends: "0", 200),
        .refused("recording is off", "PUT", "/tracing/instances/mine/trace_marker", sends: "x", 409, "EBADF"),
        Row(
            "an event that nobody wants", "POST", "/tracing/user_events_data", sends: #"{"event":"jit/ping"}"# + "\n",
            200),
        Row(
            "the second line", "POST", "/tracing/user_events_data", sends: "{\"event\":\"jit/ping\"}\n{\"x\":1}\n", 400,
            "application/problem+json", has: [#""line":2,"written":1"#]),
        .refused("no packed head", "POST", "/tracing/user_events_data", packed, sends: "jtev", 400, "EINVAL"),
        Row(
            "the first record", "POST", "/tracing/user_events_data", packed, sends: "jtev\u{1}\0\0\0x", 400,
            "application/problem+json", has: [#""record":1,"offset":8,"written":0"#]),
        Row("packed, and empty", "POST", "/tracing/user_events_data", packed, sends: "jtev\u{1}\0\0\0", 200),
        .refused("who is it", "PUT", "/tracing/trace_marker", [("Jitfs-Task", "nobody")], sends: "x", 400, "EINVAL"),
    ]

    private static let preconditions: [ContractRow] = [
        Row("the tag", "GET", "/healthz", 200, has: ["ready"], with: [:]),
        Row("any tag", "GET", "/tracing/tracing_on", [("If-None-Match", "*")], 304, "application/json", is: ""),
        .refused(
            "not this one", "PUT", "/tracing/tracing_on", [("If-Match", #""j0000000000000000""#)], sends: "0", 412,
            "EINVAL"),
        .refused("not this one", "GET", "/tracing/tracing_on", [("If-Match", #""j0000000000000000""#)], 412, "EINVAL"),
        Row("any", "PUT", "/tracing/tracing_on", [("If-Match", "*")], sends: "1", 200),
        .refused("it is there", "PUT", "/tracing/tracing_on", [("If-None-Match", "*")], sends: "1", 412, "EEXIST"),
        .refused("no list of tags", "GET", "/tracing/tracing_on", [("If-Match", "x")], 400, "EINVAL"),
        .refused("a directory has none", "GET", "/tracing", [("If-Match", #""x""#)], 412, "EINVAL"),
    ]

    private static let errors: [ContractRow] = [
        .refused("nothing there", "GET", "/nothing", 404, "ENOENT"),
        .refused("nothing there", "HEAD", "/nothing", 404, "ENOENT"),
        .refused("nothing is created", "PUT", "/tracing/nothing", sends: "1", 404, "ENOENT"),
        Row("one line", "GET", "/nothing", text, 404, "text/plain", is: "ENOENT: there is no /nothing\n"),
        .refused("a file is no directory", "GET", "/tracing/tracing_on/x", 400, "ENOTDIR"),
        .refused("a slash behind a file", "GET", "/tracing/tracing_on/", 400, "ENOTDIR"),
        .refused("a long name", "GET", "/" + String(repeating: "n", count: 256), 400, "ENAMETOOLONG"),
        .refused("an unknown parameter", "GET", "/tracing?depth=1", 400, "EINVAL"),
        .refused("twice", "GET", "/tracing?limit=1&limit=1", 400, "EINVAL"),
        .refused("of another method", "PUT", "/tracing/trace?raw", sends: "", 400, "EINVAL"),
        .refused("a bad value", "GET", "/tracing?limit=0", 400, "EINVAL"),
        .refused("two forms", "GET", "/tracing/tracing_on?raw&format=json", 400, "EINVAL"),
        .refused("no such form", "GET", "/tracing/tracing_on?format=dat", 400, "EINVAL"),
        .refused("no paging of find", "GET", "/tracing?recursive&limit=1", 400, "EINVAL"),
        .refused("OPTIONS takes none", "OPTIONS", "/tracing?raw", 400, "EINVAL"),
        .refused("an encoded slash", "GET", "/tracing%2Ftracing_on", 400, "EINVAL"),
        .refused("an encoded NUL", "GET", "/tracing%00", 400, "EINVAL"),
        .refused("dots", "GET", "/tracing/../sys", 400, "EINVAL"),
        .refused("an empty name", "GET", "/tracing//trace", 400, "EINVAL"),
        .refused("no form that is accepted", "GET", "/tracing", [("Accept", "image/png")], 406, "EINVAL"),
        .refused("a write is not answered so", "PUT", "/tracing/tracing_on?format=html", sends: "1", 406, "EINVAL"),
        .refused("PUT", "PUT", "/tracing", sends: "x", 405, "EOPNOTSUPP", with: ["allow": "GET, HEAD, OPTIONS"]),
        .refused("POST", "POST", "/tracing", sends: "{}", 405, "EOPNOTSUPP", with: ["allow": "GET, HEAD, OPTIONS"]),
        .refused(
            "DELETE", "DELETE", "/tracing/tracing_on", 405, "EOPNOTSUPP",
            with: ["allow": "GET, HEAD, PUT, POST, OPTIONS"]),
        .refused(
            "GET of a sink", "GET", "/tracing/trace_marker", 405, "EOPNOTSUPP", with: ["allow": "PUT, POST, OPTIONS"]),
        .refused(
            "HEAD of a sink", "HEAD", "/tracing/trace_marker", 405, "EOPNOTSUPP", with: ["allow": "PUT, POST, OPTIONS"]),
        .refused("PATCH", "PATCH", "/sys", 405, "EOPNOTSUPP", with: ["allow": "GET, HEAD, OPTIONS"]),
        .refused(
            "a body that is too large", "PUT", "/tracing/trace_marker", sends: String(repeating: "x", count: 4097), 413,
            "EFBIG"),
        .refused("another site", "GET", "/tracing", [("Origin", "http://evil.example")], 403, "EACCES"),
        .refused("across sites", "GET", "/tracing", [("Sec-Fetch-Site", "cross-site")], 403, "EACCES"),
    ]

    // MARK: who may do what

    static let tokens =
        TokenFile.line("read", "reader") + TokenFile.line("write", "writer", below: "/tracing")
        + TokenFile.line("admin", "root")

    private static func bearer(_ token: String) -> [(String, String)] { [("Authorization", "Bearer \(token)")] }
    private static let asked = ["www-authenticate": "Bearer"]

    static let authority: [ContractRow] = [
        Row("everybody may ask", "GET", "/healthz?raw", 200, "text/plain", is: "ready\n"),
        Row("everybody may ask", "GET", "/openapi.yaml", 200, "application/yaml"),
        .refused("nobody", "GET", "/tracing/tracing_on", 401, "EACCES", with: asked),
        .refused("nobody scrapes", "GET", "/metrics", 401, "EACCES", with: asked),
        .changing("a reader scrapes", "GET", "/metrics", bearer("reader"), 200, "text/plain", has: families),
        .refused("nobody learns what there is", "GET", "/nothing", 401, "EACCES", with: asked),
        .refused("a wrong token", "GET", "/tracing/tracing_on", bearer("guess"), 401, "EACCES", with: asked),
        .refused("nobody writes", "PUT", "/tracing/tracing_on", sends: "0", 401, "EACCES", with: asked),
        Row("a reader reads", "GET", "/tracing/tracing_on?raw", bearer("reader"), 200, "text/plain", is: "1\n"),
        .refused("a reader does not write", "PUT", "/tracing/tracing_on", bearer("reader"), sends: "0", 403, "EACCES"),
        Row(
            "nor in a batch", "POST", "/batch", bearer("reader"),
            sends: """
                {"method":"GET","path":"/tracing/tracing_on?raw"}
                {"method":"PUT","path":"/tracing/tracing_on","body":"0"}
                """, 200, "application/x-ndjson", has: [#"{"status":200,"body":"1\n"}"#, #"{"status":403,"problem":"#]),
        .refused("nobody sends a batch", "POST", "/batch", sends: "", 401, "EACCES", with: asked),
        .refused("nor consume", "GET", "/tracing/trace_pipe?timeout=0", bearer("reader"), 403, "EACCES"),
        Row(
            "a reader reads pages", "GET", "/pool/ramzswap0/snapshot", bearer("reader"), 200,
            "application/vnd.jitfs.snapshot"),
        .refused("and restores none", "PUT", "/pool/ramzswap0/restore", bearer("reader"), sends: "x", 403, "EACCES"),
        Row("a writer writes", "PUT", "/tracing/tracing_on", bearer("writer"), sends: "0", 200, has: ["false"]),
        Row(
            "in a batch, too", "POST", "/batch?stop_on_error", bearer("writer"),
            sends: """
                {"method":"PUT","path":"/tracing/tracing_on","body":"1"}
                {"method":"GET","path":"/sys/limits/nodes"}
                {"method":"PUT","path":"/tracing/tracing_on","body":"0"}
                """, 200, "application/x-ndjson", has: [#""value":true}}"#, #"{"status":403,"problem":"#]),
        .refused("below its path alone", "GET", "/sys/limits/nodes", bearer("writer"), 403, "EACCES"),
        .refused("owners are the administrator's", "GET", "/sys/fs/jitfs/owners/mine", bearer("reader"), 403, "EACCES"),
        .refused(
            "also to make", "POST", "/sys/fs/jitfs/owners", bearer("reader"), sends: #"{"name":"x"}"#, 403, "EACCES"),
        .refused("also to end", "DELETE", "/sys/fs/jitfs/owners/mine", bearer("reader"), 403, "EACCES"),
        Row("an administrator may", "DELETE", "/sys/fs/jitfs/owners/mine", bearer("root"), 204, nil),
        Row(
            "an administrator makes a union", "POST", "/", bearer("root"),
            sends: #"{"type":"union","name":"all","branches":["/tracing","/sys/limits"]}"#, 201),
        .refused("its own path is none of the writer's", "GET", "/all", bearer("writer"), 403, "EACCES"),
        Row("through it the real path counts", "GET", "/all/tracing_on?raw", bearer("writer"), 200, "text/plain"),
        .refused("whatever the branch", "GET", "/all/nodes", bearer("writer"), 403, "EACCES"),
        .refused("a reader reads limits no more through it", "GET", "/all/nodes", bearer("reader"), 403, "EACCES"),
        Row("an administrator may all", "DELETE", "/tracing/instances/mine", bearer("root"), 204, nil),
    ]
}
