internal import Bytes
internal import SystemPackage
internal import TraceEngine

/// The kernel's buffers, a `trace_pipe_raw` each CPU, and the way of their records to the instances.
///
/// Open while any event is enabled. Belongs to its owner's lock.
struct KernelPipes {
    /// One CPU's.
    private struct Pipe {
        let cpu: Int
        let descriptor: Int32
        /// Whether reading has failed: it is not tried again.
        var isBroken = false
        /// `overrun` in the kernel's `stats`, as far as it was told.
        var overrunTold: UInt64
    }

    private let instance: KernelInstance
    private let layout: PageLayout
    private var pipes: [Pipe] = []
    private var names: CommandNames
    private var bytes: [UInt8]
    private var page = KernelPage()
    private var outgoing: [OutsideRecord] = []
    /// Whether records came since the names were read.
    private var isDirty = false

    /// Our ids by the kernel's; 0 where there is none.
    var ids: [UInt16] = []
    /// What was done so far.
    private(set) var statistics = KernelStatistics()

    /// Nothing is open yet.
    init(of instance: KernelInstance, layout: PageLayout) {
        self.instance = instance
        self.layout = layout
        names = CommandNames(from: instance.tracefs)
        bytes = [UInt8](repeating: 0, count: layout.size)
    }

    /// What can be waited for.
    var descriptors: [Int32] { pipes.map(\.descriptor) }

    // MARK: opening and closing

    /// Opens all that there are; a CPU that is off has none.
    mutating func open() throws(Errno) {
        do throws(Errno) {
            for cpu in try instance.cpus() {
                let descriptor: Int32
                do throws(Errno) {
                    descriptor = try instance.tracefs.open(instance.path("per_cpu/cpu\(cpu)/trace_pipe_raw"))
                } catch {
                    if error == .noSuchAddressOrDevice || error == .operationNotSupportedByDevice { continue }
                    throw error
                }
                pipes.append(Pipe(cpu: cpu, descriptor: descriptor, overrunTold: overrun(of: cpu) ?? 0))
            }
        } catch {
            close()
            throw error
        }
    }

    mutating func close() {
        for pipe in pipes { Descriptor.close(pipe.descriptor) }
        pipes.removeAll()
    }

    // MARK: reading

    /// Whose names are to be up to date afterwards.
    enum Naming {
        /// For who will show the records now.
        case all
        /// For filters; those that were read a second ago will do.
        case recent
    }

    /// Brings in everything that was recorded before a time.
    ///
    /// It stops there: reading may itself be an event, and so there may always be more.
    ///
    /// - Parameters:
    ///   - horizon: ns of CLOCK_MONOTONIC.
    ///   - engine: where it goes.
    ///   - naming: how new the names must be.
    ///   - readers: takes who is to be woken.
    ///   - report: takes a line for people.
    /// - Returns: how many pages were read.
    mutating func drain(
        until horizon: UInt64, into engine: TraceEngine, _ naming: Naming, waking readers: inout ReadersToWake,
        report: (String) -> Void
    ) -> Int {
        names.begin()
        var count = 0
        // As much as the buffer can hold, should the clocks not agree.
        let pagesMax = KernelInstance.kilobytesMax * 1024 / layout.dataSize + 16
        for index in pipes.indices where !pipes[index].isBroken {
            for _ in 0..<pagesMax {
                do throws(Errno) {
                    guard let length = try Descriptor.read(pipes[index].descriptor, into: &bytes), length > 0 else {
                        break
                    }
                    count += 1
                    take(length, from: index, into: engine, waking: &readers)
                    if page.endTime >= horizon { break }
                } catch {
                    report("CPU \(pipes[index].cpu) of the kernel cannot be read any more: \(error)")
                    pipes[index].isBroken = true
                    break
                }
            }
        }
        if count > 0 { isDirty = true }
        if isDirty {
            names.renew(ifOlderThan: naming == .all ? 0 : 1_000_000_000, engine.tasks)
            if naming == .all { isDirty = false }
        }
        return count
    }

    private mutating func take(
        _ length: Int, from index: Int, into engine: TraceEngine, waking readers: inout ReadersToWake
    ) {
        // One reference, gone before the next page is read into it.
        let bytes = bytes
        var page = KernelPage()
        swap(&page, &self.page)
        defer { swap(&page, &self.page) }
        page.parse(bytes.span.extracting(0..<length), layout)
        statistics.pages += 1
        if page.isDamaged { statistics.damagedPages += 1 }
        tell(page.loss, of: index, to: engine)
        outgoing.removeAll(keepingCapacity: true)
        var strangers: [Int32] = []
        var tooLarge: UInt64 = 0
        for record in page.records {
            let id = Int(record.type) < ids.count ? ids[Int(record.type)] : 0
            guard id != 0 else { continue }
            guard record.bytes.count <= TraceInstance.payloadMax else {
                tooLarge += 1
                continue
            }
            if names.misses(record.pid), strangers.last != record.pid { strangers.append(record.pid) }
            outgoing.append(
                OutsideRecord(
                    event: id, flags: record.flags, pid: record.pid, timestamp: record.timestamp, bytes: record.bytes))
        }
        // Before the records: filters ask for names.
        if !strangers.isEmpty { names.ask(for: strangers, engine.tasks) }
        let cpu = pipes[index].cpu
        if tooLarge > 0 { engine.publish(lost: tooLarge, lane: cpu) }
        statistics.records += UInt64(outgoing.count)
        engine.publish(outgoing, of: bytes.span.extracting(0..<length), lane: cpu, waking: &readers)
    }

    /// Says what the kernel lost before a page, never more than it counts in all.
    private mutating func tell(_ loss: KernelPage.Loss, of index: Int, to engine: TraceEngine) {
        let stored: UInt64?
        switch loss {
        case .none: return
        case .some(let count): stored = count
        case .unknown: stored = nil
        }
        var count = stored ?? 1
        if let overrun = overrun(of: pipes[index].cpu) {
            let left = overrun &- min(overrun, pipes[index].overrunTold)
            count = min(stored ?? left, left)
        }
        guard count > 0 else { return }
        pipes[index].overrunTold &+= count
        statistics.lost &+= count
        engine.publish(lost: count, lane: pipes[index].cpu)
    }

    /// The line `overrun:` of a CPU's `stats`.
    private func overrun(of cpu: Int) -> UInt64? {
        guard let text = try? instance.tracefs.text(instance.path("per_cpu/cpu\(cpu)/stats")) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("overrun: ") { return UInt64(line.dropFirst(9)) }
        return nil
    }
}

/// What came from the kernel since the start.
public struct KernelStatistics: Sendable, Equatable {
    /// Sub-buffers that were read.
    public var pages: UInt64 = 0
    /// Those of them that held what cannot be; their records before it were taken.
    public var damagedPages: UInt64 = 0
    /// Records that were offered to the instances.
    public var records: UInt64 = 0
    /// Records that the kernel had overwritten before they were read.
    public var lost: UInt64 = 0
}
