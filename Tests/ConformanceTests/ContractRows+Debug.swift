/// debugfs: values that a client makes, reads, writes, moves and removes.
extension ContractRows {
    private static let json = [("Content-Type", "application/json")]
    private static let shop = """
        {"name":"shop","entries":[
            {"name":"orders","type":"u32","value":7},{"name":"open","type":"bool","value":true,"mode":"0444"},
            {"name":"secret","type":"x8","mode":"0200"},{"name":"logo","type":"blob","value":"aGk="},
            {"name":"queue","type":"u32_array","value":[1,2]},{"name":"regs","type":"regset32","value":{"CTRL":1}},
            {"name":"motto","type":"str","value":"open\\n"},{"name":"latest","type":"symlink","target":"orders"},
            {"name":"inner","entries":[{"name":"loop","type":"symlink","target":"loop"}]}]}
        """

    static let debug: [ContractRow] =
        [
            Row(
                "a value of the program's", "GET", "/debug/mine/orders", 200,
                is: #"{"path":"/debug/mine/orders","type":"file","mode":"0644","value":7,"format":"u32"}"# + "\n"),
            Row(
                "a subtree", "POST", "/debug", sends: shop, 201,
                is: #"{"path":"/debug/shop","type":"directory","mode":"0755"}"# + "\n",
                with: ["location": "/debug/shop"]),
            .refused("it is there", "POST", "/debug", sends: shop, 409, "EEXIST"),
            Row(
                "its names", "GET", "/debug/shop?raw", 200, "text/plain",
                is: "inner/\nlatest\nlogo\nmotto\nopen\norders\nqueue\nregs\nsecret\n"),
            Row(
                "a link in a listing", "GET", "/debug/shop?limit=2", 200,
                has: [#"{"name":"latest","type":"symlink","mode":"0777","target":"orders"}"#, #""next":"latest""#]),
            Row(
                "through a link", "GET", "/debug/shop/latest", 200,
                has: [#""path":"/debug/shop/orders""#, #""value":7"#]),
            Row("text", "GET", "/debug/shop/open?raw", 200, "text/plain", is: "Y\n"),
            Row("true", "GET", "/debug/shop/open", 200, has: [#""value":true,"format":"bool""#]),
            Row("a list", "GET", "/debug/shop/queue", 200, has: [#""value":[1,2],"format":"u32_array""#]),
            Row("a list's text", "GET", "/debug/shop/queue?raw", 200, "text/plain", is: "1 2\n"),
            Row("registers", "GET", "/debug/shop/regs?raw", 200, "text/plain", is: "CTRL = 0x00000001\n"),
            Row("registers in JSON", "GET", "/debug/shop/regs", 200, has: [#""value":{"CTRL":1}"#]),
            Row("bytes", "GET", "/debug/shop/logo", 200, "application/octet-stream", is: "hi"),
            Row("of bytes", "GET", "/debug/shop/logo?format=json", 200, has: [#""format":"blob","size":2"#]),
            Row("a page", "GET", "/debug/shop/motto?format=html", 200, "text/html", has: ["open"]),
            Row(
                "everything", "GET", "/debug?recursive", 200, "application/x-ndjson",
                has: [#"{"path":"/debug/shop/inner/loop","type":"symlink""#]),
        ] + debugWrites + debugRefusals + debugMoves

    private static let debugWrites: [ContractRow] = [
        Row("hexadecimal", "PUT", "/debug/shop/orders", sends: "0x10\n", 200, has: [#""value":16"#]),
        Row("octal", "POST", "/debug/shop/orders", sends: "010", 200, has: [#""value":8"#]),
        Row("JSON", "PUT", "/debug/shop/orders", json, sends: #"{"value":9}"#, 200, has: [#""value":9"#]),
        Row("a string", "PUT", "/debug/shop/motto", sends: "closed \n", 200, has: [#""value":"closed""#]),
        Row("unread", "PUT", "/debug/shop/secret", sends: "255", 200, has: [#""written":3"#]),
        Row(
            "a value alone", "POST", "/debug/shop", sends: #"{"name":"late","type":"s8","value":-128}"#, 201,
            is: #"{"path":"/debug/shop/late","type":"file","mode":"0644"}"# + "\n"),
        Row(
            "a directory", "POST", "/debug/shop", sends: #"{"name":"d e"}"#, 201,
            with: ["location": "/debug/shop/d%20e"]),
    ]

    private static let debugRefusals: [ContractRow] = [
        .refused("too large", "PUT", "/debug/shop/orders", sends: "4294967296", 400, "ERANGE"),
        .refused("no number", "PUT", "/debug/shop/orders", sends: "x", 400, "EINVAL"),
        .refused("no w", "PUT", "/debug/shop/open", sends: "0", 403, "EACCES"),
        .refused("no r", "GET", "/debug/shop/secret", 403, "EACCES"),
        .refused(
            "bytes are not written", "PUT", "/debug/shop/logo", sends: "x", 405, "EOPNOTSUPP",
            with: ["allow": "GET, HEAD, POST, DELETE, OPTIONS"]),
        .refused("a long string", "PUT", "/debug/shop/motto", sends: String(repeating: "x", count: 4096), 413, "EFBIG"),
        .refused("no type", "POST", "/debug", sends: #"{"name":"x","type":"u7"}"#, 400, "EINVAL"),
        .refused("no member", "POST", "/debug", sends: #"{"name":"x","kind":"u8"}"#, 400, "EINVAL"),
        .refused(
            "below", "POST", "/debug", sends: #"{"name":"x","entries":[{"name":"y","type":"u8","value":256}]}"#, 400,
            "ERANGE"),
        .refused("nothing of it", "GET", "/debug/x", 404, "ENOENT"),
        .refused("a loop", "GET", "/debug/shop/inner/loop", 400, "ELOOP"),
        .refused("entries", "DELETE", "/debug/shop", 409, "ENOTEMPTY"),
    ]

    private static let debugMoves: [ContractRow] = [
        Row(
            "moved", "POST", "/debug/shop/orders?rename=inner/sold", sends: "", 200,
            is: #"{"path":"/debug/shop/inner/sold","type":"file","mode":"0644"}"# + "\n",
            with: ["location": "/debug/shop/inner/sold"]),
        .refused("not there any more", "GET", "/debug/shop/latest", 404, "ENOENT"),
        Row("but there", "GET", "/debug/shop/inner/sold?raw", 200, "text/plain", is: "9\n"),
        .refused("onto another", "POST", "/debug/shop/inner/sold?rename=/debug/mine/orders", sends: "", 409, "EEXIST"),
        .refused("out of it", "POST", "/debug/shop/inner/sold?rename=/pool/sold", sends: "", 400, "EXDEV"),
        .refused("into itself", "POST", "/debug/shop?rename=shop/inner/shop", sends: "", 400, "EINVAL"),
        Row("a link removed", "DELETE", "/debug/shop/latest", 204, nil),
        Row("all removed", "DELETE", "/debug/shop?recursive", 204, nil),
        .refused("gone", "GET", "/debug/shop/inner/sold", 404, "ENOENT"),
        Row("the rest", "GET", "/debug?raw", 200, "text/plain", is: "mine/\n"),
    ]
}
