internal import Bytes
internal import SystemPackage
internal import Testing

@Suite struct ErrnoTests {
    static let rows: [(number: CInt, name: String, status: UInt16)] = [
        (2, "ENOENT", 404), (19, "ENODEV", 404), (61, "ENODATA", 404), (6, "ENXIO", 404),
        (22, "EINVAL", 400), (34, "ERANGE", 400), (75, "EOVERFLOW", 400), (3, "ESRCH", 400), (36, "ENAMETOOLONG", 400),
        (20, "ENOTDIR", 400), (21, "EISDIR", 400), (40, "ELOOP", 400), (7, "E2BIG", 400), (18, "EXDEV", 400),
        (25, "ENOTTY", 400), (33, "EDOM", 400), (84, "EILSEQ", 400),
        (13, "EACCES", 403), (1, "EPERM", 403),
        (12, "ENOMEM", 507), (28, "ENOSPC", 507), (105, "ENOBUFS", 507), (122, "EDQUOT", 507),
        (5, "EIO", 500), (74, "EBADMSG", 500), (14, "EFAULT", 500), (133, "EHWPOISON", 500),
        (17, "EEXIST", 409), (16, "EBUSY", 409), (39, "ENOTEMPTY", 409), (9, "EBADF", 409), (26, "ETXTBSY", 409),
        (30, "EROFS", 405), (95, "EOPNOTSUPP", 405), (38, "ENOSYS", 405), (27, "EFBIG", 413),
        (24, "EMFILE", 503), (23, "ENFILE", 503), (87, "EUSERS", 503), (110, "ETIMEDOUT", 503),
    ]

    @Test(arguments: rows)
    func `an errno of the path has its status, its name and a title`(number: CInt, name: String, status: UInt16) {
        let client = TestClient(failures: [("f", Errno(rawValue: number))])
        let answer = client.get("/t/fail/f")
        #expect(answer.status == status)
        #expect(answer.errno == name)
        #expect(answer.detail == "as told")
        #expect(answer.member("type") == .string("about:blank"))
        #expect(answer.member("status") == .number("\(status)"))
        #expect(answer.member("path") == .string("/t/fail/f"))
        #expect(answer.member("title")?.stringValue?.isEmpty == false)
        #expect((answer["Retry-After"] != nil) == (status == 503))
        #expect((answer["Allow"] != nil) == (status == 405))
        #expect(answer["X-Content-Type-Options"] == "nosniff")
    }

    @Test(arguments: rows)
    func `an errno of the content is 400 where it would speak of the path`(number: CInt, name: String, status: UInt16) {
        let client = TestClient(failures: [("f", Errno(rawValue: number))])
        let answer = client.send("PUT", "/t/fail/f", body: "x")
        #expect(answer.status == ((401...405).contains(status) ? 400 : status))
        #expect(answer.errno == name)
        #expect(answer.member("line") == .number("3") && answer.member("written") == .number("2"))
    }

    @Test func `EAGAIN is 204 without a body`() {
        let answer = TestClient(failures: [("f", Errno(rawValue: 11))]).get("/t/fail/f")
        #expect(answer.status == 204 && answer.body.isEmpty && answer["Content-Type"] == nil)
    }

    @Test func `every number has a name`() {
        let failures = (0...140).map { ("f\($0)", Errno(rawValue: CInt($0))) }
        let client = TestClient(failures: failures)
        var names: Set<String> = []
        for (name, errno) in failures where errno.rawValue != 11 {
            guard let name = client.get("/t/fail/\(name)").errno else { continue }
            names.insert(name)
        }
        #expect(names.count == 133 - 2 - 1)  // 41 and 58 are nobody's, EAGAIN has no body
    }
}
