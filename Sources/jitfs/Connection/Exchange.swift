internal import Foundation
internal import FoundationNetworking
internal import Synchronization

/// One request on its way: the session's thread puts pieces of the answer in, the command takes them out.
///
/// A command that falls behind stops the session from reading, so that what a server sends to a slow terminal waits in
/// the server, which knows what to do about it, and not in this process.
final class Exchange: NSObject, URLSessionDataDelegate, Sendable {
    private struct State {
        var pieces: [Data] = []
        var byteCount = 0
        var isPaused = false
        var isDone = false
        var response: HTTPURLResponse?
        /// What came of a refusal's body.
        var refusal = Data()
        var failure: URLError?
        var task: URLSessionDataTask?
    }

    private let state = Mutex(State())
    /// Signalled for each change that `next` may wait for.
    private let changed = DispatchSemaphore(value: 0)

    /// Bytes that may wait here before the session stops reading.
    private static var waitingBytesMax: Int { 1 << 20 }
    /// Bytes of a refusal that are kept: a problem is shorter by far.
    private static var refusalBytesMax: Int { 1 << 16 }

    /// Sends the request.
    func start(_ task: URLSessionDataTask) {
        state.withLock { $0.task = task }
        task.resume()
    }

    /// The next piece of a body that was asked for; nil at its end, and where the answer is a refusal.
    func next() -> Data? {
        while true {
            let (piece, isDone, resumed) = state.withLock { state -> (Data?, Bool, URLSessionDataTask?) in
                guard !state.pieces.isEmpty else { return (nil, state.isDone, nil) }
                let piece = state.pieces.removeFirst()
                state.byteCount -= piece.count
                let resumes = state.isPaused && state.byteCount == 0
                if resumes { state.isPaused = false }
                return (piece, false, resumes ? state.task : nil)
            }
            resumed?.resume()
            if let piece { return piece }
            if isDone { return nil }
            changed.wait()
        }
    }

    /// Why it did not come to what was asked for; nil where it did. Called after `next` gave nil.
    ///
    /// - Parameter server: as it was given.
    /// - Returns: `ERRNO: what was wrong`, or nil.
    func complaint(server: String) -> String? {
        state.withLock { state in
            if let response = state.response, response.statusCode >= 300 {
                return Refusal.text(
                    of: state.refusal, status: response.statusCode,
                    type: response.value(forHTTPHeaderField: "Content-Type"))
            }
            return state.failure.map { Refusal.text(of: $0, server: server, hasAnswered: state.response != nil) }
        }
    }

    // MARK: the session's thread

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        state.withLock { $0.response = response as? HTTPURLResponse }
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let pauses = state.withLock { state in
            if let response = state.response, response.statusCode >= 300 {
                state.refusal.append(data.prefix(Self.refusalBytesMax - state.refusal.count))
                return false
            }
            state.pieces.append(data)
            state.byteCount += data.count
            guard !state.isPaused, state.byteCount > Self.waitingBytesMax else { return false }
            state.isPaused = true
            return true
        }
        if pauses { dataTask.suspend() }
        changed.signal()
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        state.withLock { state in
            state.isDone = true
            state.failure = error.map { $0 as? URLError ?? URLError(.unknown) }
        }
        changed.signal()
    }

    /// An answer elsewhere is no answer: the token is for this server.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}
