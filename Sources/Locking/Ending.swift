/// What is to be done once a thing has ended: for those who depend on it without holding it.
///
/// ```swift
/// let ending = Ending()                  // a member of the thing
/// ending.add { forget(thing) }           // whoever wants to know
/// ending.end()                           // by whoever ends the thing, once, under no lock
/// ```
/// Any thread. What was added is called once, in the order in which it came, by the thread that ends the thing; what is
/// added later, at once. 24 bytes, and nothing more while nobody wants to know.
public struct Ending: ~Copyable, Sendable {
    private let bodies = Locked<[@Sendable () -> Void]?>([])

    /// Not ended.
    public init() {}

    /// Has something done at the end.
    ///
    /// - Parameter body: short; called under no lock of this.
    public func add(_ body: @escaping @Sendable () -> Void) {
        let isLate = bodies.withLock { bodies in
            bodies?.append(body)
            return bodies == nil
        }
        if isLate { body() }
    }

    /// It is over. Doing it twice does nothing more.
    public func end() {
        let all = bodies.withLock { bodies in
            defer { bodies = nil }
            return bodies ?? []
        }
        for body in all { body() }
    }
}
