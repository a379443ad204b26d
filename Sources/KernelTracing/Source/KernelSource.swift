internal import CLinuxShims
internal import Locking
internal import Synchronization
public import SystemPackage
public import TraceEngine

/// The running kernel as a source of events: one instance there feeds any number of ours.
///
/// ```swift
/// let source = try KernelSource(KernelMount("/sys/kernel/tracing"), engine: engine)
/// // events of the kernel are in the catalogue, and are enabled there while any instance here wants them
/// source.close()                                           // its instance is gone
/// ```
///
/// Any thread. Two locks: `control` protects which events are enabled and is held while the kernel is told, some
/// milliseconds; `pipes` protects the reading of its buffers. The order is control -> pipes -> lane -> ring buffer;
/// readers are woken under neither. While nothing is enabled there is no thread and nothing open but one file.
public final class KernelSource: OutsideEvents {
    private let instance: KernelInstance
    private let engine: TraceEngine
    private let log: @Sendable (String) -> Void
    private let bell: WakeDescriptor
    private let control: Locked<Control>
    private let pipes: Locked<KernelPipes>
    /// Whether any event is enabled.
    private let isOpen = Atomic<Bool>(false)
    /// When it was last looked for events, ns.
    private let lookedAt = Atomic<UInt64>(0)

    private struct Control {
        var events = KernelEvents()
        /// Our ids of what is enabled there.
        var enabled: Set<UInt16> = []
        var reader: (loop: KernelReader, thread: SystemThread, pipe: Int32)?
        var isClosed = false
    }

    /// How often it is looked for events at most, ns.
    private static let lookInterval: UInt64 = 1_000_000_000

    /// Removes what killed processes have left, makes the instance, brings the events into the catalogue and attaches
    /// itself to the engine.
    ///
    /// - Parameters:
    ///   - mount: the kernel.
    ///   - engine: where its events go; should have a lane for each CPU.
    ///   - log: takes a line for people.
    /// - Throws: where the instance cannot be made, or the catalogue is too small.
    public init(
        _ mount: KernelMount, engine: TraceEngine, log: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(KernelTracingError) {
        self.engine = engine
        self.log = log
        for note in KernelInstance.removeStale(in: mount.tracefs) { log(note) }
        do throws(Errno) {
            bell = try WakeDescriptor()
            instance = try KernelInstance(in: mount.tracefs)
        } catch {
            let hint = error == .notPermitted || error == .permissionDenied ? "; tracing the kernel needs root" : ""
            throw KernelTracingError("\(mount.path): an instance cannot be made: \(error)\(hint)")
        }
        var control = Control()
        var notes: [String] = []
        let layout: PageLayout
        do throws(Errno) {
            layout = try PageLayout(parsing: try mount.tracefs.read(instance.path("events/header_page")))
            _ = try control.events.look(in: mount.tracefs, for: engine, notes: &notes)
        } catch {
            try? instance.remove()
            let reason = error == .tooManyOpenFilesInSystem ? "the limit events is reached" : error.description
            throw KernelTracingError("\(mount.path): \(reason)")
        }
        var pipes = KernelPipes(of: instance, layout: layout)
        pipes.ids = control.events.ids
        self.control = Locked(control)
        self.pipes = Locked(pipes)
        for note in notes { log(note) }
        engine.attach(self)
        // The texts that were read and parsed are garbage now: given back, they are no part of an idle server.
        malloc_trim(0)
    }

    /// What came from the kernel since the start.
    public var statistics: KernelStatistics { pipes.withLock { $0.statistics } }

    /// The name of the instance in the kernel.
    public var instanceName: String { instance.name.text }

    // MARK: what an engine asks

    /// Brings in what was recorded before the call. One relaxed load while nothing is enabled.
    public func deliver() { if isOpen.load(ordering: .acquiring) { _ = drain(.all) } }

    /// Enables and disables events in the kernel, so that those are on which are wanted.
    ///
    /// - Throws: what the kernel says (EPERM where it is locked down); ENODEV for an event that it has no more; EMFILE
    ///   and the like where its buffers cannot be opened.
    public func update(_ ids: [UInt16]?) throws(Errno) {
        try control.withLock { control throws(Errno) in
            guard !control.isClosed else { throw .operationNotSupportedByDevice }
            var added: [UInt16] = []
            do throws(Errno) {
                for id in ids ?? Array(control.events.entries.keys) {
                    guard let entry = control.events.entries[id] else { continue }
                    let isWanted = entry.event.isWanted
                    guard isWanted != control.enabled.contains(id) else { continue }
                    if isWanted {
                        try enable(entry, in: &control)
                        added.append(id)
                    } else {
                        disable(id, in: &control)
                    }
                }
            } catch {
                for id in added { disable(id, in: &control) }
                settle(&control)
                throw error
            }
            settle(&control)
        }
    }

    /// Looks at `available_events`, at most once a second.
    public func lookForEvents() {
        let now = Descriptor.now
        guard now - lookedAt.load(ordering: .relaxed) >= Self.lookInterval else { return }
        lookedAt.store(now, ordering: .relaxed)
        control.withLock { control in
            guard !control.isClosed else { return }
            var notes: [String] = []
            do throws(Errno) {
                guard try control.events.look(in: instance.tracefs, for: engine, notes: &notes) else { return }
            } catch {
                notes.append("the kernel's events cannot be looked at: \(error)")
            }
            let ids = control.events.ids
            pipes.withLock { $0.ids = ids }
            for note in notes { log(note) }
        }
    }

    /// Wakes the thread, which asks whether anybody waits.
    public func pipesChanged() { if isOpen.load(ordering: .acquiring) { bell.wake() } }

    /// Ends everything: events are off, the thread is gone, the instance is removed. The catalogue stays.
    public func close() {
        control.withLock { control in
            guard !control.isClosed else { return }
            control.isClosed = true
            for id in control.enabled { disable(id, in: &control) }
            settle(&control)
            do throws(Errno) {
                try instance.remove()
            } catch {
                log("the kernel instance \(instance.name.text) cannot be removed: \(error)")
            }
        }
        engine.attach(nil)
    }

    /// Checks that what is enabled is wanted and known, and that there is a thread for it; traps where it is not so.
    /// To be called while nobody enables or disables. Empty in release.
    func checkInvariants() {
        #if DEBUG
            control.withLock { control in
                for id in control.enabled {
                    precondition(control.events.entries[id] != nil, "an unknown event is enabled")
                }
                for (id, entry) in control.events.entries {
                    precondition(entry.event.id == id && entry.event.origin == .kernel, "an entry stands elsewhere")
                    precondition(
                        entry.event.isWanted == control.enabled.contains(id),
                        "the kernel does what nobody wants, or not")
                }
                let isOpen = isOpen.load(ordering: .relaxed)
                precondition(isOpen == !control.enabled.isEmpty, "open without need, or not with it")
                precondition((control.reader != nil) == isOpen, "a thread without need, or none with it")
            }
        #endif
    }

    // MARK: under `control`

    private func enable(_ entry: KernelEvents.Entry, in control: inout Control) throws(Errno) {
        // An event of this name may be another by now; its records would be taken for what they are not.
        guard KernelEvents.type(of: entry.path, in: instance.tracefs) == entry.type else {
            control.events.doubt()
            lookedAt.store(0, ordering: .relaxed)
            throw .operationNotSupportedByDevice
        }
        if control.reader == nil { try open(&control) }
        try instance.setEnabled(entry.path, true)
        control.enabled.insert(entry.event.id)
    }

    private func disable(_ id: UInt16, in control: inout Control) {
        guard control.enabled.remove(id) != nil, let entry = control.events.entries[id] else { return }
        do throws(Errno) {
            try instance.setEnabled(entry.path, false)
        } catch {
            // A module that was unloaded has taken its events with it.
            if error != .noSuchFileOrDirectory && error != .operationNotSupportedByDevice {
                log("events/\(entry.path) cannot be disabled in the kernel: \(error)")
            }
        }
    }

    /// Opens the kernel's buffers and starts the thread that waits for them.
    private func open(_ control: inout Control) throws(Errno) {
        try instance.resize(kilobytes: instance.openKilobytes)
        do throws(Errno) {
            let descriptors = try pipes.withLock { pipes throws(Errno) in
                try pipes.open()
                return pipes.descriptors
            }
            let pipe = try instance.tracefs.open(instance.path("trace_pipe"))
            let loop = KernelReader(
                descriptors, pipe: pipe, bell: bell, isWaitedFor: { [engine] in engine.openPipeCount > 0 },
                drain: { [unowned self] in drain(.recent) })
            do throws(Errno) {
                control.reader = (loop, try SystemThread { loop.run() }, pipe)
            } catch {
                Descriptor.close(pipe)
                throw error
            }
            isOpen.store(true, ordering: .releasing)
        } catch {
            close(&control)
            throw error
        }
    }

    /// With nothing enabled, nothing is left open.
    private func settle(_ control: inout Control) {
        guard control.enabled.isEmpty, control.reader != nil else { return }
        // What came after the last instance let go is nobody's.
        _ = drain(.recent)
        close(&control)
    }

    private func close(_ control: inout Control) {
        isOpen.store(false, ordering: .releasing)
        if let reader = control.reader {
            reader.loop.stop()
            reader.thread.join()
            Descriptor.close(reader.pipe)
            bell.clear()
        }
        control.reader = nil
        pipes.withLock { $0.close() }
        do throws(Errno) {
            try instance.resize(kilobytes: KernelInstance.idleKilobytes)
        } catch {
            log("the kernel instance \(instance.name.text) keeps its buffers: \(error)")
        }
    }

    // MARK: under `pipes`

    private func drain(_ naming: KernelPipes.Naming) -> Int {
        let (count, waiting, notes) = pipes.withLock { pipes in
            var readers = ReadersToWake()
            var notes: [String] = []
            let count = pipes.drain(
                until: Descriptor.now, into: engine, naming, waking: &readers, report: { notes.append($0) })
            return (count, readers, notes)
        }
        var readers = waiting
        readers.wake()
        for note in notes { log(note) }
        return count
    }
}
