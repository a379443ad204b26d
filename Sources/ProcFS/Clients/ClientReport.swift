/// What is known of a client at one moment.
public struct ClientReport: Sendable, Equatable {
    /// How it came.
    public enum Transport: String, Sendable {
        /// Over TCP.
        case tcp
        /// Over a unix socket.
        case unix
    }

    /// How it came.
    public var transport = Transport.tcp
    /// `192.0.2.7:49152`; empty over a unix socket.
    public var address = ""
    /// The process at the other end of a unix socket, as the kernel tells it; nil where nobody does.
    public var process: (pid: Int32, comm: String)?
    /// What it calls itself; empty where it says nothing.
    public var agent = ""
    /// How long it has been there.
    public var ageNanoseconds: UInt64 = 0
    /// Requests that were answered.
    public var requests: UInt64 = 0
    /// Bytes of bodies that came.
    public var receivedBytes: UInt64 = 0
    /// Bytes of bodies that went.
    public var sentBytes: UInt64 = 0
    /// Streams that are open.
    public var streams: UInt64 = 0
    /// Whether a request is being received or answered, streams left out.
    public var isRunning = false
    /// The path that is being answered, as it was sent, without its parameters; empty where there is none.
    public var path = ""

    /// A client that has done nothing.
    public init() {}

    /// What its task is called: the process's name, else the first word of its agent, 15 bytes at most.
    public var comm: String {
        if let process, !process.comm.isEmpty { return process.comm }
        let word = agent.utf8.drop { $0 == 0x20 }.prefix { $0 != 0x20 }.prefix(15)
        return word.isEmpty ? "<...>" : String(decoding: word, as: UTF8.self)
    }

    /// Whether both say the same.
    public static func == (left: ClientReport, right: ClientReport) -> Bool {
        left.transport == right.transport && left.address == right.address && left.agent == right.agent
            && left.process?.pid == right.process?.pid && left.process?.comm == right.process?.comm
            && left.ageNanoseconds == right.ageNanoseconds && left.requests == right.requests
            && left.receivedBytes == right.receivedBytes && left.sentBytes == right.sentBytes
            && left.streams == right.streams && left.isRunning == right.isRunning && left.path == right.path
    }
}
