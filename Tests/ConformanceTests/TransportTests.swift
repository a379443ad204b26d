import Foundation
import HTTPGateway
import JITFSServer
import Testing

/// One body, two transports: what the gateway answers when it is called is what comes over a socket.
struct TransportTests {
    @Test func `the contract's rows are the same in process and live`() throws {
        var configuration = ServedTree.configuration()
        for limit in ["body_bytes=4096", "instances=3", "buffers_bytes=64M"] { try configuration.limits.set(limit) }
        try compare(ContractRows.all, configuration)
    }

    @Test func `who may do what is the same in process and live`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "jitfs-tokens-\(UUID().uuidString)")
        try ContractRows.tokens.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        var configuration = ServedTree.configuration()
        configuration.tokenFile = file.path
        try compare(ContractRows.authority, configuration)
    }

    func compare(_ rows: [ContractRow], _ configuration: ServerConfiguration) throws {
        var configuration = configuration
        // One thread is one CPU lane: both find their records on the same one.
        configuration.threads = 1
        try configuration.listen(on: "127.0.0.1:0")
        let called = try ServedTree(configuration)
        try called.server.start()
        defer { called.server.stop() }
        let live = try ServedTree(configuration)
        try live.server.start()
        defer { live.server.stop() }
        let credentials = try configuration.tokenFile.map { try TokenFile.credentials($0) }
        let limits = GatewayLimits(bodyBytes: Int(configuration.limits["body_bytes"]))
        let inProcess = InProcess(
            gateway: Gateway(namespace: called.server.namespace, limits: limits, credentials: credentials))
        let overSocket = try Live(live.server)
        for row in rows {
            let one = try inProcess.send(row.request)
            let other = try overSocket.send(row.request)
            let name = Comment(rawValue: "\(row.request.method) \(row.request.target.prefix(80)): \(row.note)")
            check(one, row, name)
            check(other, row, name)
            for header in ContractRow.comparedHeaders { #expect(one.headers[header] == other.headers[header], name) }
            if row.isChanging { continue }
            #expect(ContractRow.steady(one.body) == ContractRow.steady(other.body), name)
        }
    }

    private func check(_ response: Response, _ row: ContractRow, _ name: Comment) {
        #expect(response.status == row.status, name)
        #expect(response.mediaType == row.mediaType, name)
        for (header, value) in row.expectedHeaders { #expect(response.headers[header] == value, name) }
        if let body = row.body { #expect(response.body == body, name) }
        for part in row.parts {
            #expect(response.body.contains(part), "\(name.rawValue)\n\(response.body.prefix(300))")
        }
    }
}
