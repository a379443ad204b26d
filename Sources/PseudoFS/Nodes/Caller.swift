/// Who asks: what `current` is to the kernel.
public struct Caller: Sendable {
    /// The server thread that serves the call: which lane of the node cache to use. Any number is safe.
    public var lane: Int
    /// The CPU lane onto which records of this caller go: one for a connection's whole life.
    public var cpu: Int
    /// What the caller may do.
    public var authority: Authority
    /// The number of the process, or of the connection where no process is known.
    public var pid: Int32
    /// The name of the task, at most 15 bytes.
    public var comm: String
    /// The number of the connection that the call came over: what `self` is in procfs; 0 for a call in process.
    public var connection: UInt64

    /// Makes a caller.
    public init(
        lane: Int = 0, cpu: Int = 0, authority: Authority = .admin, pid: Int32 = 0, comm: String = "<...>",
        connection: UInt64 = 0
    ) {
        self.lane = lane
        self.cpu = cpu
        self.authority = authority
        self.pid = pid
        self.comm = comm
        self.connection = connection
    }
}

/// How a file is to be read.
public struct ReadRequest: Sendable {
    /// In which form; one that the file declares.
    public var form: Form
    /// The parameters that came, checked.
    public var arguments: Arguments
    /// Whether 64-bit numbers are quoted in JSON.
    public var int64AsString: Bool
    /// Who reads.
    public var caller: Caller

    /// Makes a request.
    public init(
        form: Form = .json, arguments: Arguments = Arguments(), int64AsString: Bool = false,
        caller: Caller = Caller()
    ) {
        self.form = form
        self.arguments = arguments
        self.int64AsString = int64AsString
        self.caller = caller
    }
}

/// How a file is to be written.
public struct WriteRequest: Sendable {
    /// Whether it is `>>` rather than `>`.
    public var appends: Bool
    /// The parameters that came, checked.
    public var arguments: Arguments
    /// In which of the forms that the file declares for it the write comes; nil for plain bytes.
    public var form: Form?
    /// Whose what the write makes is to be, where the file has the parameter ``Parameter/owner`` and it came: it is to
    /// be adopted, and where it cannot be, nothing is to be made.
    public var owner: Owner?
    /// Who writes.
    public var caller: Caller

    /// Makes a request.
    public init(
        appends: Bool = false, arguments: Arguments = Arguments(), form: Form? = nil, owner: Owner? = nil,
        caller: Caller = Caller()
    ) {
        self.appends = appends
        self.arguments = arguments
        self.form = form
        self.owner = owner
        self.caller = caller
    }
}
