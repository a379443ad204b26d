public import SystemPackage

/// Whoever makes events of the catalogue happen outside this process, and brings their records in: the running kernel.
///
/// Its events have the origin ``EventOrigin/kernel``. All calls come under no lock, and from any thread.
///
/// ```swift
/// engine.attach(source)                      // from now on it is asked and told
/// try instance.setEnabled(event, true)       // source.update([event.id]), which turns the event on there
/// let cursor = try instance.makeCursor()     // source.deliver(), which brings in what was recorded there
/// ```
public protocol OutsideEvents: AnyObject, Sendable {
    /// Turns on what is wanted now and was not (``TraceEvent/isWanted``), and off what is not wanted any more.
    ///
    /// - Parameter ids: which events to look at; nil is all.
    /// - Throws: why one of them could not be turned on; what this call has turned on is off again then. Turning off
    ///   does not fail.
    func update(_ ids: [UInt16]?) throws(Errno)

    /// Brings in all records of what happened before the call; with nothing turned on it costs next to nothing.
    func deliver()

    /// Looks whether events have come or gone there, and changes the catalogue accordingly.
    ///
    /// Called where somebody lists events, or names one that is not known: it may answer from what it saw lately.
    func lookForEvents()

    /// ``TraceEngine/openPipeCount`` has changed: whether somebody waits for records as they come.
    func pipesChanged()
}
