internal import Synchronization

/// The instances in which any event is enabled, as the writers of one CPU lane see them.
///
/// Each lane has a list of its own, so that writers on two CPUs share neither a lock nor a reference count. An
/// instance stands at the same place in the lists of all lanes, and takes its place under its own lock and the lock of
/// ``ActiveInstances``; so these come after the instance's lock, and before no other.
final class LaneTargets: Sendable {
    /// One active instance.
    struct Target: Sendable {
        let gate: RecordingGate
        /// For records of this process and its clients.
        let local: RingBuffer
        /// For records of the kernel.
        let kernel: RingBuffer
    }

    private let list = Mutex<[Target]>([])

    /// The instances at this moment: a lock, a reference.
    @inline(__always)
    var current: [Target] { list.withLock { $0 } }

    /// Adds one at the end. A writer that has the list meanwhile keeps the old one.
    func append(_ target: Target) { list.withLock { $0.append(target) } }

    /// Replaces one.
    func replace(at place: Int, with target: Target) { list.withLock { $0[place] = target } }

    /// Puts the last in the place of one, and shortens the list.
    func removeBySwap(at place: Int) {
        list.withLock { list in
            list.swapAt(place, list.count - 1)
            list.removeLast()
        }
    }
}

/// The instances in which any event is enabled, and where they stand in the lists of the lanes.
final class ActiveInstances: Sendable {
    /// Where one stands; owned by this object.
    final class Place: Sendable {
        fileprivate let index = Atomic<Int>(-1)
    }

    private let lanes: [LaneTargets]
    /// Protects who stands where; the lists are changed under it, lane by lane.
    private let places = Mutex<[Place]>([])

    init(lanes: Int) { self.lanes = (0..<lanes).map { _ in LaneTargets() } }

    /// What the writers of a lane see.
    @inline(__always)
    func targets(lane: Int) -> LaneTargets { lanes[lane] }

    /// How many there are.
    var count: Int { places.withLock { $0.count } }

    /// Adds an instance or, where it is there already, changes what writers see of it.
    func set(_ place: Place, _ target: (_ lane: Int) -> LaneTargets.Target) {
        places.withLock { places in
            let index = place.index.load(ordering: .relaxed)
            for lane in lanes.indices {
                if index < 0 { lanes[lane].append(target(lane)) } else { lanes[lane].replace(at: index, with: target(lane)) }
            }
            guard index < 0 else { return }
            place.index.store(places.count, ordering: .relaxed)
            places.append(place)
        }
    }

    /// Removes an instance, if it is there.
    func remove(_ place: Place) {
        places.withLock { places in
            let index = place.index.load(ordering: .relaxed)
            guard index >= 0 else { return }
            for lane in lanes { lane.removeBySwap(at: index) }
            places.swapAt(index, places.count - 1)
            places[index].index.store(index, ordering: .relaxed)
            places.removeLast()
            place.index.store(-1, ordering: .relaxed)
        }
    }
}
