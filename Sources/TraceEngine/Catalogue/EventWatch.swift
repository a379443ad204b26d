/// Tells that it may have changed which events there are, and which of them are wanted.
///
/// ```swift
/// let watch = userEvents.watch()
/// watch.onChange { … }
/// repeat { watch.arm(); look(at: userEvents.statuses) } while …
/// ```
///
/// It may tell for nothing: a change to any event of the catalogue is one. Any thread; closed when nobody needs it.
public final class EventWatch: Sendable {
    private let holders: EventHolders
    let signal = ReaderSignal()

    init(_ holders: EventHolders) {
        self.holders = holders
        holders.add(self)
    }

    /// Begins to wait. Whatever changes from now on is told, once; what changed before is to be seen by who looks after
    /// this.
    public func arm() {
        signal.arm()
        holders.awaitChange()
    }

    /// Sets what is called, by the thread that changed something; it should only pass the word on.
    public func onChange(_ action: (@Sendable () -> Void)?) { signal.set(action) }

    /// Tells nothing more.
    public func close() {
        holders.remove(self)
        signal.set(nil)
    }
}
