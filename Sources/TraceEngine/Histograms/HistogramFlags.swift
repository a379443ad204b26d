/// What a field of a histogram is, and how it is shown.
struct HistogramFlags: OptionSet, Sendable, Equatable {
    let rawValue: UInt32

    static let hitcount = HistogramFlags(rawValue: 1 << 0)
    static let key = HistogramFlags(rawValue: 1 << 1)
    static let text = HistogramFlags(rawValue: 1 << 2)
    static let hex = HistogramFlags(rawValue: 1 << 3)
    static let symbol = HistogramFlags(rawValue: 1 << 4)
    static let symbolOffset = HistogramFlags(rawValue: 1 << 5)
    static let execname = HistogramFlags(rawValue: 1 << 6)
    static let syscall = HistogramFlags(rawValue: 1 << 7)
    static let stack = HistogramFlags(rawValue: 1 << 8)
    static let log2 = HistogramFlags(rawValue: 1 << 9)
    static let timestamp = HistogramFlags(rawValue: 1 << 10)
    static let microseconds = HistogramFlags(rawValue: 1 << 11)
    /// It is kept in a variable and not shown.
    static let variable = HistogramFlags(rawValue: 1 << 12)
    static let expression = HistogramFlags(rawValue: 1 << 13)
    /// It is a variable's value.
    static let reference = HistogramFlags(rawValue: 1 << 14)
    static let cpu = HistogramFlags(rawValue: 1 << 15)
    /// It is a variable whose value is another's.
    static let alias = HistogramFlags(rawValue: 1 << 16)
    static let buckets = HistogramFlags(rawValue: 1 << 17)
    static let constant = HistogramFlags(rawValue: 1 << 18)
    static let percent = HistogramFlags(rawValue: 1 << 19)
    static let graph = HistogramFlags(rawValue: 1 << 20)
    /// The name of the record's task.
    static let comm = HistogramFlags(rawValue: 1 << 21)

    /// What stands behind the point; nil where there is none.
    var modifier: String? {
        let names: [(HistogramFlags, String)] = [
            (.hex, "hex"), (.symbol, "sym"), (.symbolOffset, "sym-offset"), (.execname, "execname"),
            (.syscall, "syscall"), (.log2, "log2"), (.buckets, "buckets"), (.microseconds, "usecs"),
            (.percent, "percent"), (.graph, "graph"), (.stack, "stacktrace"),
        ]
        return names.first { contains($0.0) }?.1
    }
}
