internal import Bytes
internal import PseudoFS
internal import TraceEngine

/// What describes the ring buffer itself: `events/header_page` and `events/header_event`.
enum FtraceFiles {
    /// The system of the records that are no events: markers. It cannot be enabled.
    static let system = "ftrace"

    private static func page(_ size: Int) -> String {
        """
        \tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;
        \tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;
        \tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;
        \tfield: char data;\toffset:16;\tsize:\(size - 16);\tsigned:0;
        """
    }

    private static let event = """
        # compressed entry header
        \ttype_len    :    5 bits
        \ttime_delta  :   27 bits
        \tarray       :   32 bits

        \tpadding     : type == 29
        \ttime_extend : type == 30
        \ttime_stamp : type == 31
        \tdata max type_len  == 28
        """

    static let headerPage = File<TraceInstance>.attribute(
        mode: 0o440, summary: "The layout of a sub-buffer.", value: { .text(page($0.subBufferSize)) })

    static let headerEvent = File<TraceInstance>.attribute(
        mode: 0o440, summary: "The layout of a record's head.", value: { _ in .text(event) })
}
