internal import SystemPackage

/// The one instance that we have in the kernel: nothing is ever written outside it.
///
/// A file of it is open for as long as it is ours, so that the kernel itself refuses its removal by anybody else
/// (EBUSY), and what can be removed is known to be nobody's. Belongs to one owner; ``remove()`` ends it.
struct KernelInstance: Sendable {
    /// KiB of each CPU's buffer while an event is enabled, and of all together: memory that is never swapped. With
    /// 220,000 switches a second on one CPU the former is half a second.
    static let kilobytesMax = 8192
    static let kilobytesMaxOfAll = 256 << 10
    /// The same while none is.
    static let idleKilobytes = 8
    /// From when on the kernel wakes who waits for much, percent of a buffer.
    static let wakePercent = 12

    let tracefs: any Tracefs
    let name: InstanceName
    /// KiB of each CPU's buffer while an event is enabled.
    let openKilobytes: Int
    /// Keeps others from removing it.
    private let held: Int32

    /// Makes it and sets it up.
    ///
    /// - Throws: what the kernel says: EPERM and EACCES without the right to, ENOENT where this is no tracefs.
    init(in tracefs: any Tracefs) throws(Errno) {
        self.tracefs = tracefs
        let name = InstanceName()
        self.name = name
        let path = "instances/\(name.text)"
        try tracefs.makeDirectory(path)
        do throws(Errno) {
            try tracefs.write("mono", to: "\(path)/trace_clock")
            try tracefs.write("\(Self.wakePercent)", to: "\(path)/buffer_percent")
            // A new instance has the options of the top one, whatever they are.
            for option in ["overwrite", "record-cmd"] { try tracefs.write(option, to: "\(path)/trace_options") }
            try tracefs.write("\(Self.idleKilobytes)", to: "\(path)/buffer_size_kb")
            let cpus = try tracefs.names(in: "\(path)/per_cpu").count { Self.cpu($0) != nil }
            openKilobytes = min(Self.kilobytesMax, Self.kilobytesMaxOfAll / max(cpus, 1))
            held = try tracefs.open("\(path)/trace_clock")
        } catch {
            try? tracefs.removeDirectory(path)
            throw error
        }
    }

    /// Removes the instances of those that were killed.
    ///
    /// - Returns: a line for people for each that was, or could not be, removed.
    static func removeStale(in tracefs: any Tracefs) -> [String] {
        var notes: [String] = []
        for text in (try? tracefs.names(in: "instances")) ?? [] {
            guard let name = InstanceName(text), !name.isAlive else { continue }
            do throws(Errno) {
                try tracefs.removeDirectory("instances/\(text)")
                notes.append("the kernel instance \(text), of a process that was killed, is removed")
            } catch {
                // EBUSY: one that we can't see, as in another container, has it.
                if error != .resourceBusy { notes.append("the kernel instance \(text) cannot be removed: \(error)") }
            }
        }
        return notes
    }

    /// The path of a file of it.
    func path(_ file: String) -> String { "instances/\(name.text)/\(file)" }

    /// Gives its buffers room, or takes it.
    func resize(kilobytes: Int) throws(Errno) {
        try tracefs.write("\(kilobytes)", to: path("buffer_size_kb"))
    }

    /// The CPUs that it has buffers for.
    func cpus() throws(Errno) -> [Int] {
        try tracefs.names(in: path("per_cpu")).compactMap(Self.cpu).sorted()
    }

    /// The number in `cpu12`.
    static func cpu(_ name: String) -> Int? {
        guard name.hasPrefix("cpu"), let number = UInt16(name.dropFirst(3)) else { return nil }
        return Int(number)
    }

    /// Turns an event on or off.
    func setEnabled(_ event: String, _ enabled: Bool) throws(Errno) {
        try tracefs.write(enabled ? "1" : "0", to: path("events/\(event)/enable"))
    }

    /// Ends it: all its events are off, and it is gone. Nobody may have files of it open any more.
    func remove() throws(Errno) {
        Descriptor.close(held)
        try tracefs.removeDirectory("instances/\(name.text)")
    }
}
