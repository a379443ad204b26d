import Bytes
import CMicroHTTPD
import Glibc
import HTTPGateway
import PseudoFS
import Synchronization

extension Exchange {
    /// libmicrohttpd's block for streams to HTTP/1.0 clients; chunks don't use it, so it is kept small.
    private static var streamBlockBytes: Int { 256 }
    /// The same for streams of known length, which are not sent in chunks.
    private static var lengthBlockBytes: Int { 65536 }

    /// Queues a reply.
    func sendReply(_ reply: inout Reply, isHead: Bool) -> MHD_Result {
        // Who has it ended by a request of its own is answered first.
        if client.isClosed.load(ordering: .relaxed) { reply.closes = true }
        let response: OpaquePointer?
        if let stream = reply.stream {
            reply.stream = nil
            unsafe response = unsafe streamResponse(stream, &reply, isHead: isHead)
        } else if isHead, let length = reply.length {
            // Announced and not sent: nobody will read.
            unsafe response = unsafe MHD_create_response_from_callback(length, 1, readStream, nil, nil)
        } else if reply.body.count > Reply.copiedBytesMax {
            if !isHead { client.notes.count(sent: reply.body.count) }
            unsafe response = unsafe handOver(&reply)
        } else {
            if !isHead { client.notes.count(sent: reply.body.count) }
            unsafe response = unsafe reply.copiedResponse()
        }
        guard let response = unsafe response else { return .NO }
        unsafe reply.addHeaders(to: response)
        let result = unsafe MHD_queue_response(connection, UInt32(reply.status), response)
        unsafe MHD_destroy_response(response)
        return result
    }

    /// Gives a large body away as it is.
    private func handOver(_ reply: inout Reply) -> OpaquePointer? {
        let owner = BodyOwner()
        swap(&owner.bytes, &reply.body)
        let context = unsafe Unmanaged.passRetained(owner).toOpaque()
        let response = unsafe MHD_create_response_from_buffer_with_free_callback_cls(
            owner.bytes.count, owner.bytes.start, freeBody, context)
        if unsafe response == nil { unsafe freeBody(context: context) }
        return unsafe response
    }

    private func streamResponse(_ body: StreamBody, _ reply: inout Reply, isHead: Bool) -> OpaquePointer? {
        if isHead {
            // Nobody will read. 0.9.75 ends a chunked reply to HEAD with a last chunk, which would be taken for the
            // beginning of the next reply: so it ends with the connection.
            body.close()
            let response = unsafe MHD_create_response_from_callback(
                .max, Self.streamBlockBytes, readStream, nil, nil)
            if let response = unsafe response { unsafe jitfs_end_with_connection(response) }
            return unsafe response
        }
        var first = ByteBuffer(capacity: 256)
        if !reply.body.isEmpty { swap(&first, &reply.body) }
        let stream = unsafe HeldStream(
            body, first: first, service: service, client: client, connection: connection)
        stream.start()
        let context = unsafe Unmanaged.passRetained(stream).toOpaque()
        let response = unsafe MHD_create_response_from_callback(
            reply.length ?? .max, reply.length == nil ? Self.streamBlockBytes : Self.lengthBlockBytes, readStream,
            context,
            freeStream)
        if unsafe response == nil { unsafe freeStream(context: context) }
        return unsafe response
    }
}

extension Reply {
    /// Up to here bytes are copied, which is cheaper than handing a buffer over and making another.
    fileprivate static var copiedBytesMax: Int { 65536 }

    /// A response with a copy of the body, where the status allows one.
    fileprivate func copiedResponse() -> OpaquePointer? {
        let count = status == 204 || status == 304 ? 0 : body.count
        return unsafe MHD_create_response_from_buffer(count, body.start, .RESPMEM_MUST_COPY)
    }

    /// The block of names and values, each with its NUL, is what the C library wants.
    fileprivate func addHeaders(to response: OpaquePointer) {
        unsafe headers.withUnsafeBufferPointer { block in
            guard let start = block.baseAddress else { return }
            unsafe start.withMemoryRebound(to: CChar.self, capacity: block.count) { start in
                var offset = 0
                while offset < block.count {
                    let name = unsafe start + offset
                    offset += unsafe strlen(name) + 1
                    let value = unsafe start + offset
                    offset += unsafe strlen(value) + 1
                    unsafe MHD_add_response_header(response, name, value)
                }
            }
        }
        if closes { unsafe MHD_add_response_header(response, "Connection", "close") }
    }
}

extension ByteBuffer {
    /// Where the bytes are: valid until the next append, or the buffer's end.
    fileprivate var start: UnsafeMutableRawPointer? {
        unsafe span.withUnsafeBufferPointer { unsafe UnsafeMutableRawPointer(mutating: $0.baseAddress) }
    }
}

/// A body that was given away, until it is sent. The memory does not move, for nobody appends.
private final class BodyOwner {
    var bytes = ByteBuffer(capacity: 64)
}

private func freeBody(context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    unsafe Unmanaged<BodyOwner>.fromOpaque(context).release()
}
