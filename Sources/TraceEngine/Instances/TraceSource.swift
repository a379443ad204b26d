/// Who writes a record; records of different sources never share a buffer.
///
/// Those of the kernel arrive late, with older times: among local ones each would need a time stamp of eight bytes.
public enum TraceSource: Sendable {
    /// This process and its clients.
    case local
    /// The running kernel.
    case kernel
}
