/// Owners: made, renewed, released, and what they take along.
extension ContractRows {
    static let owners: [ContractRow] = [
        Row(
            "an owner", "POST", "/sys/fs/jitfs/owners", sends: #"{"name":"shop"}"#, 201,
            is: #"{"path":"/sys/fs/jitfs/owners/shop","type":"file","mode":"0600"}"# + "\n",
            with: ["location": "/sys/fs/jitfs/owners/shop"]),
        Row(
            "it lasts", "GET", "/sys/fs/jitfs/owners/shop", 200,
            is: #"{"path":"/sys/fs/jitfs/owners/shop","type":"file","mode":"0600","#
                + #""value":null,"remaining":null,"entries":0}"# + "\n"),
        Row("it lasts", "GET", "/sys/fs/jitfs/owners/shop?raw", 200, "text/plain", is: "none\n"),
        Row("two", "GET", "/sys/fs/jitfs/owners?raw", 200, "text/plain", is: "mine\nshop\n"),
        Row(
            "OPTIONS", "OPTIONS", "/sys/fs/jitfs/owners", 204, nil, with: ["allow": "GET, HEAD, POST, OPTIONS"]),
        Row(
            "OPTIONS", "OPTIONS", "/sys/fs/jitfs/owners/shop", 204, nil,
            with: ["allow": "GET, HEAD, PUT, DELETE, OPTIONS"]),
        Row(
            "a lease is given, renewed, changed and taken away", "POST", "/batch",
            sends: """
                {"method":"PUT","path":"/sys/fs/jitfs/owners/shop?raw","body":"30\\n"}
                {"method":"PUT","path":"/sys/fs/jitfs/owners/shop?raw","body":""}
                {"method":"PUT","path":"/sys/fs/jitfs/owners/shop?raw","body":{"value":3600}}
                {"method":"PUT","path":"/sys/fs/jitfs/owners/shop?raw","body":"none"}
                """, 200, "application/x-ndjson",
            is: #"{"status":200,"body":"30\n"}"# + "\n" + #"{"status":200,"body":"30\n"}"# + "\n"
                + #"{"status":200,"body":"3600\n"}"# + "\n" + #"{"status":200,"body":"none\n"}"# + "\n"),
        .refused("no time", "PUT", "/sys/fs/jitfs/owners/shop", sends: "0", 400, "ERANGE"),
        .refused("over a year", "PUT", "/sys/fs/jitfs/owners/shop", sends: "31536001", 400, "ERANGE"),
        .refused("no number", "PUT", "/sys/fs/jitfs/owners/shop", sends: "0.5", 400, "EINVAL"),
        .refused("no appending", "POST", "/sys/fs/jitfs/owners/shop", sends: "5", 405, "EOPNOTSUPP"),
        .refused("no owner", "PUT", "/sys/fs/jitfs/owners/nobody", sends: "5", 404, "ENOENT"),
        .refused("twice", "POST", "/sys/fs/jitfs/owners", sends: #"{"name":"shop","ttl":5}"#, 409, "EEXIST"),
        .refused("no time", "POST", "/sys/fs/jitfs/owners", sends: #"{"name":"x","ttl":0}"#, 400, "ERANGE"),
        .refused("no number", "POST", "/sys/fs/jitfs/owners", sends: #"{"name":"x","ttl":true}"#, 400, "EINVAL"),
        .refused("no member", "POST", "/sys/fs/jitfs/owners", sends: #"{"name":"x","owner":"shop"}"#, 400, "EINVAL"),
        Row(
            "an instance of its own", "POST", "/tracing/instances", sends: #"{"name":"owned","owner":"shop"}"#, 201,
            with: ["location": "/tracing/instances/owned"]),
        Row(
            "a pool of its own", "POST", "/pool", sends: #"{"name":"owned","disksize":"1M","owner":"shop"}"#, 201,
            with: ["location": "/pool/owned"]),
        Row(
            "an event of its own", "POST", "/tracing/dynamic_events?owner=shop", sends: "u:owned u64 id", 200,
            has: ["u:owned u64 id"]),
        Row(
            "a synthetic one", "POST", "/tracing/synthetic_events?owner=shop", sends: "owned_latency u64 ns", 200,
            has: ["owned_latency"]),
        Row(
            "it is enabled", "PUT", "/tracing/instances/mine/events/user_events/owned/enable", sends: "1", 200,
            has: ["true"]),
        .refused(
            "no such owner", "POST", "/tracing/instances", sends: #"{"name":"x","owner":"nobody"}"#, 400, "ENOENT"),
        .refused("no name", "POST", "/tracing/instances", sends: #"{"name":"x","owner":5}"#, 400, "EINVAL"),
        .refused("no such owner", "POST", "/pool", sends: #"{"name":"x","owner":"nobody"}"#, 400, "ENOENT"),
        .refused("no such owner", "POST", "/tracing/dynamic_events?owner=nobody", sends: "u:x u64 id", 400, "ENOENT"),
        .refused("only where something is made", "GET", "/tracing/dynamic_events?owner=shop", 400, "EINVAL"),
        .refused("only where something is made", "PUT", "/tracing/tracing_on?owner=shop", sends: "1", 400, "EINVAL"),
        .refused("nothing was made", "GET", "/tracing/instances/x", 404, "ENOENT"),
        Row("four entries", "GET", "/sys/fs/jitfs/owners/shop", 200, has: [#""entries":4}"#]),
        Row("the end of it", "DELETE", "/sys/fs/jitfs/owners/shop", 204, nil),
        .refused("it is gone", "GET", "/sys/fs/jitfs/owners/shop", 404, "ENOENT"),
        .refused("so is its instance", "GET", "/tracing/instances/owned/tracing_on", 404, "ENOENT"),
        .refused("so is its pool", "GET", "/pool/owned", 404, "ENOENT"),
        .refused("so is its event", "GET", "/tracing/instances/mine/events/user_events/owned/enable", 404, "ENOENT"),
        .refused("so is the other", "GET", "/tracing/events/synthetic/owned_latency", 404, "ENOENT"),
        .refused("once", "DELETE", "/sys/fs/jitfs/owners/shop", 404, "ENOENT"),
    ]
}
