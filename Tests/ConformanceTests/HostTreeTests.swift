import Foundation
import JITFSServer
import Testing

/// Host trees over both transports; what is changed is changed to the same twice.
struct HostTreeTests {
    private typealias Row = ContractRow

    private static let plain = [("Accept", "text/plain")]

    private static let rows: [Row] = [
        Row(
            "the trees", "GET", "/host", 200,
            is: """
                {"path":"/host","type":"directory","mode":"0755","entries":[{"name":"proc","type":"directory","mode":"0555"},\
                {"name":"ro","type":"directory","mode":"0755"},{"name":"rw","type":"directory","mode":"0755"}]}

                """),
        Row(
            "a listing", "GET", "/host/ro", 200,
            is: """
                {"path":"/host/ro","type":"directory","mode":"0755","entries":[\
                {"name":"bytes","type":"file","mode":"0644"},{"name":"empty","type":"file","mode":"0644"},\
                {"name":"file","type":"file","mode":"0644"},\
                {"name":"link","type":"symlink","mode":"0777","target":"sub/deep"},\
                {"name":"out","type":"symlink","mode":"0777","target":"/etc/passwd"},\
                {"name":"sub","type":"directory","mode":"0755"}]}

                """),
        Row(
            "a page of it", "GET", "/host/ro?limit=1&after=empty", 200,
            has: ["\"entries\":[{\"name\":\"file\"", "],\"next\":\"file\"}"]),
        Row("its names", "GET", "/host/ro", plain, 200, "text/plain", is: "bytes\nempty\nfile\nlink\nout\nsub/\n"),
        Row("its page", "GET", "/host/ro?format=html", 200, "text/html", has: ["sub/"]),
        Row(
            "everything below", "GET", "/host/ro?recursive", 200, "application/x-ndjson",
            has: ["{\"path\":\"/host/ro/sub/deep\",\"type\":\"file\",\"mode\":\"0644\"}\n"]),
        Row.changing(
            "not from above", "GET", "/?recursive&format=text", plain, 200, "text/plain", has: ["/host/\n/metrics\n"]),
        Row(
            "a kept file", "GET", "/host/ro/file", 200,
            is: "{\"path\":\"/host/ro/file\",\"type\":\"file\",\"mode\":\"0644\",\"value\":\"text\\n\"}\n"),
        Row("its text", "GET", "/host/ro/file?raw", 200, "text/plain", is: "text\n"),
        Row("its bytes", "GET", "/host/ro/file?format=bytes", 200, "application/octet-stream", is: "text\n"),
        Row("its head", "HEAD", "/host/ro/file?raw", 200, "text/plain", is: ""),
        Row(
            "what is no UTF-8", "GET", "/host/ro/bytes", 200,
            is: "{\"path\":\"/host/ro/bytes\",\"type\":\"file\",\"mode\":\"0644\",\"value\":\"a\u{FFFD}b\"}\n"),
        Row("an empty file", "GET", "/host/ro/empty", 200, has: ["\"value\":\"\"}"]),
        Row("through a link", "GET", "/host/ro/link", 200, has: ["{\"path\":\"/host/ro/sub/deep\","]),
        Row(
            "a pseudo-file", "GET", "/host/proc/sys/kernel/ostype", 200,
            is:
                "{\"path\":\"/host/proc/sys/kernel/ostype\",\"type\":\"file\",\"mode\":\"0444\",\"value\":\"Linux\"}\n"),
        Row("its text", "GET", "/host/proc/sys/kernel/ostype", plain, 200, "text/plain", is: "Linux\n"),
        Row("what it takes", "OPTIONS", "/host/proc/version", 204, nil, with: ["allow": "GET, HEAD, OPTIONS"]),
        Row("what a stream takes", "OPTIONS", "/host/proc/kmsg", 204, nil, with: ["allow": "GET, HEAD, OPTIONS"]),
        Row(
            "what may be changed", "OPTIONS", "/host/rw/file", 204, nil,
            with: ["allow": "GET, HEAD, PUT, POST, DELETE, OPTIONS"]),
        Row(
            "what a directory takes", "OPTIONS", "/host/rw/dir", 204, nil,
            with: ["allow": "GET, HEAD, POST, DELETE, OPTIONS"]),
        Row("and a tree", "OPTIONS", "/host/rw", 204, nil, with: ["allow": "GET, HEAD, POST, OPTIONS"]),
        .refused("this process", "GET", "/host/proc/self", 404, "ENOENT"),
        .refused("a part of it", "GET", "/host/proc/self/environ", 404, "ENOENT"),
        .refused("a link out", "GET", "/host/ro/out", 400, "EXDEV"),
        .refused("what is not there", "GET", "/host/ro/none", 404, "ENOENT"),
        .refused("a tree that is not there", "GET", "/host/none", 404, "ENOENT"),
        .refused("below a file", "GET", "/host/ro/file/x", 400, "ENOTDIR"),
        .refused("a slash behind a file", "GET", "/host/ro/file/", 400, "ENOTDIR"),
        .refused("a path that goes up", "GET", "/host/ro/../rw", 400, "EINVAL"),
        .refused("an encoded slash", "GET", "/host/ro/sub%2Fdeep", 400, "EINVAL"),
        .refused("watching", "GET", "/host/proc/uptime?watch", 400, "EINVAL"),
        .refused(
            "a write where none is", "PUT", "/host/ro/file", sends: "x", 405, "EROFS",
            with: ["allow": "GET, HEAD, OPTIONS"]),
        .refused("a directory there", "POST", "/host/ro", sends: "{\"name\":\"x\"}", 405, "EROFS"),
        .refused("a removal there", "DELETE", "/host/ro/file", 405, "EROFS"),
        .refused("a file that is not there", "PUT", "/host/rw/none", sends: "x", 404, "ENOENT"),
        .refused("another member", "POST", "/host/rw", sends: "{\"name\":\"x\",\"mode\":1}", 400, "EINVAL"),
        .refused("a name that is taken", "POST", "/host/rw", sends: "{\"name\":\"dir\"}", 409, "EEXIST"),
        .refused("a full directory", "DELETE", "/host/rw/dir", 409, "ENOTEMPTY"),
        Row(
            "a write", "PUT", "/host/rw/file", sends: "new\n", 200, is: "{\"path\":\"/host/rw/file\",\"written\":4}\n"),
        Row("is what is read", "GET", "/host/rw/file?raw", 200, "text/plain", is: "new\n"),
        Row(
            "as JSON", "PUT", "/host/rw/file", [("Content-Type", "application/json")], sends: "{\"value\":\"neu\"}",
            200,
            is: "{\"path\":\"/host/rw/file\",\"written\":3}\n"),
        Row(
            "in a batch", "POST", "/batch", sends: "{\"method\":\"GET\",\"path\":\"/host/ro/sub/deep\"}\n", 200,
            "application/x-ndjson", has: ["\"status\":200"]),
    ]

    @Test func `host trees are the same in process and live`() throws {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "jitfs-host-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        for directory in ["ro/sub", "rw/dir/inner"] {
            try FileManager.default.createDirectory(
                at: scratch.appending(path: directory), withIntermediateDirectories: true)
        }
        for (name, bytes) in [
            ("ro/file", Array("text\n".utf8)), ("ro/empty", []), ("ro/bytes", [0x61, 0xFF, 0x62]),
            ("ro/sub/deep", Array("deep\n".utf8)), ("rw/file", Array("old\n".utf8)),
        ] {
            try Data(bytes).write(to: scratch.appending(path: name))
        }
        for (name, target) in [("ro/link", "sub/deep"), ("ro/out", "/etc/passwd")] {
            try FileManager.default.createSymbolicLink(
                atPath: scratch.appending(path: name).path, withDestinationPath: target)
        }
        var configuration = ServedTree.configuration()
        configuration.isInsecure = true
        try configuration.show("proc=/proc")
        try configuration.show("ro=\(scratch.path)/ro")
        try configuration.show("rw=\(scratch.path)/rw:rw")
        try TransportTests().compare(Self.rows, configuration)
    }
}
