internal import Locking

/// The clusters of one pool's backing store: which are in use, by how much, and which are free.
///
/// Where a page is, its table entry says; here is only counted, eight bytes a cluster. The lock is a leaf: taken under a
/// shard's, and none under it.
final class BackingStore: Sendable {
    /// What is known of a cluster.
    private struct Cluster {
        /// Places that objects take which some entry leads to.
        var live: UInt16 = 0
        /// How many objects these are.
        var objects: UInt16 = 0
        /// How often it was written.
        var sequence: UInt32 = 0
    }

    private struct State {
        /// Those that were ever used; the rest of the device is behind them.
        var clusters: [Cluster] = []
        /// Clusters in which no object lives, and which still take room in the file system.
        var free: [UInt32] = []
        /// Those whose room was given back.
        var holes: [UInt32] = []
        /// The one that is being written: it is not free, though no object lives in it yet.
        var writing: Int?
        /// The one whose room is being given back: it is neither free nor a hole.
        var givingBack: UInt32?
        /// Clusters whose directories cannot be read: their objects stay where they are.
        var unreadable: Set<Int> = []
        /// Places that were given up since the beginning: garbage that came to be.
        var givenUp: UInt64 = 0
        /// How much that was when collecting gained nothing any more, and when there was no room.
        var givenUpWhenFruitless: UInt64?
        var givenUpWhenFull: UInt64 = 0
        /// How many clusters were free when there was no room.
        var freeWhenFull = 0
        /// The sums over all clusters.
        var live = 0
        var objects = 0
    }

    /// Free clusters that keep their room in the file system, for what is written next.
    private static let freeKept = 16
    /// So many free ones are worth to be given back.
    private static let freeWorthGivingBack = 64
    /// A cluster with more live places is not worth to be read and written again.
    static let liveMaxToCollect = ClusterShape.granules * 7 / 8
    /// So many places that were given up may give a cluster back: objects of a little more than half a block, of which each
    /// block holds one, take no more than that of it.
    private static let worthCollecting = UInt64(ClusterShape.granules / 2)
    /// Clusters looked at under one lock.
    private static let clustersAtOnce = 8192

    /// What it is kept on.
    let device: any BackingDevice
    /// How many clusters it has.
    let clusterCount: Int
    private let wake: WakeFlag
    private let state = Locked(State())

    /// An empty store.
    ///
    /// - Parameters:
    ///   - device: what it is kept on; whatever is on it is overwritten.
    ///   - wake: set where there is something for the pool's thread to give back.
    init(on device: any BackingDevice, wake: WakeFlag) {
        self.device = device
        self.wake = wake
        clusterCount = Int(min(device.bytes / UInt64(ClusterShape.bytes), UInt64(ClusterShape.countMax)))
    }

    // MARK: what is there

    /// What is told of a store.
    struct Figures: Equatable {
        /// Clusters that hold something, or are being written.
        var clustersUsed = 0
        /// Clusters in all.
        var clusterCount = 0
        /// Objects that live.
        var objects = 0
        /// Bytes that they take, with what rounding adds.
        var liveBytes = 0
    }

    /// What there is at this moment.
    var figures: Figures {
        state.withLock { state in
            Figures(
                clustersUsed: clusterCount - freeCount(state), clusterCount: clusterCount,
                objects: state.objects, liveBytes: state.live * ClusterShape.granule)
        }
    }

    /// Pages of memory that the counting takes.
    var heldPages: Int {
        state.withLock { state in
            let bytes =
                state.clusters.capacity * MemoryLayout<Cluster>.stride
                + (state.free.capacity + state.holes.capacity) * MemoryLayout<UInt32>.stride
            return (bytes + PagePool.pageBytes - 1) / PagePool.pageBytes
        }
    }

    private func freeCount(_ state: borrowing State) -> Int {
        clusterCount - state.clusters.count + state.free.count + state.holes.count
            + (state.givingBack == nil ? 0 : 1)
    }

    /// Clusters that can be written.
    var freeCount: Int { state.withLock { freeCount($0) } }

    /// Whether garbage is to be collected before more is written.
    var isShort: Bool { freeCount <= max(2, clusterCount / 32) }

    /// Takes note that there is no room.
    func noteFull() {
        state.withLock { state in
            state.freeWhenFull = freeCount(state)
            state.givenUpWhenFull = state.givenUp
        }
    }

    /// Whether it is worth trying again after it was full: more clusters are free, or what was given up since may have
    /// left one's worth behind.
    var mayHaveRoomAgain: Bool {
        state.withLock { state in
            freeCount(state) > state.freeWhenFull || state.givenUp - state.givenUpWhenFull >= Self.worthCollecting
        }
    }

    // MARK: writing

    /// Takes a free cluster, to be written; ``finish(_:)`` comes in any case.
    ///
    /// - Parameter reserve: how many are to be left.
    /// - Returns: its number; nil where there are no more free ones.
    func take(leaving reserve: Int) -> Int? {
        state.withLock { state in
            precondition(state.writing == nil, "one cluster at a time")
            if freeCount(state) <= reserve { return nil }
            let number: Int
            if let last = state.free.popLast() ?? state.holes.popLast() {
                number = Int(last)
            } else {
                number = state.clusters.count
                state.clusters.append(Cluster())
            }
            state.clusters[number].sequence &+= 1
            state.unreadable.remove(number)
            state.writing = number
            return number
        }
    }

    /// Ends the writing of a cluster, which is free where nothing in it lives.
    func finish(_ number: Int) {
        state.withLock { state in
            state.writing = nil
            if state.clusters[number].objects == 0 { free(number, &state) }
        }
    }

    private func free(_ number: Int, _ state: inout State) {
        state.free.append(UInt32(number))
        if state.free.count == Self.freeWorthGivingBack { wake.set() }
    }

    /// Counts an object in, at a place of the cluster that is being written.
    func adopt(_ place: UInt64, _ payload: Int) {
        state.withLock { state in
            let number = Self.cluster(of: place)
            precondition(number == state.writing, "a cluster that is not written")
            state.clusters[number].live += UInt16(ClusterShape.granules(for: payload))
            state.clusters[number].objects += 1
            state.live += ClusterShape.granules(for: payload)
            state.objects += 1
        }
    }

    /// Counts an object out.
    ///
    /// - Parameters:
    ///   - place: where it was.
    ///   - payload: the bytes of its own.
    ///   - isMoved: whether it lives elsewhere now.
    func forget(_ place: UInt64, _ payload: Int, isMoved: Bool = false) {
        state.withLock { state in
            if !isMoved { state.givenUp += UInt64(ClusterShape.granules(for: payload)) }
            let number = Self.cluster(of: place)
            state.clusters[number].live -= UInt16(ClusterShape.granules(for: payload))
            state.clusters[number].objects -= 1
            state.live -= ClusterShape.granules(for: payload)
            state.objects -= 1
            if state.clusters[number].objects == 0, number != state.writing { free(number, &state) }
        }
    }

    /// Counts all objects out.
    func forgetAll() {
        state.withLock { state in
            state.givenUp += UInt64(state.live)
            for number in state.clusters.indices where state.clusters[number].objects > 0 {
                state.clusters[number].live = 0
                state.clusters[number].objects = 0
                if number != state.writing { state.free.append(UInt32(number)) }
            }
            state.live = 0
            state.objects = 0
            if state.free.count >= Self.freeWorthGivingBack { wake.set() }
        }
    }

    /// How often the cluster of a place was written: who finds the same number again finds the same bytes.
    func sequence(of place: UInt64) -> UInt32 {
        state.withLock { $0.clusters[Self.cluster(of: place)].sequence }
    }

    /// The cluster in which a place is.
    @inline(__always)
    static func cluster(of place: UInt64) -> Int { Int(place) / ClusterShape.granules }

    // MARK: collecting

    /// Whether collecting may give a cluster back: it did not prove to be in vain, or enough was given up since.
    ///
    /// What lies between objects is no garbage that could be collected: of those with a little more than half a block each
    /// block holds one, and such clusters would be written anew for ever.
    var isWorthCollecting: Bool {
        state.withLock { state in
            state.givenUpWhenFruitless.map { state.givenUp - $0 >= Self.worthCollecting } ?? true
        }
    }

    /// Takes note of whether collecting gave a cluster back.
    func noteCollecting(isFruitless: Bool) {
        state.withLock { state in state.givenUpWhenFruitless = isFruitless ? state.givenUp : nil }
    }

    /// The cluster with the fewest live places, if it is worth collecting: all are looked at, some thousand at a time.
    ///
    /// - Parameter others: clusters that are left out.
    /// - Returns: its number; nil where there is none.
    func emptiest(but others: [Int]) -> Int? {
        var best: (number: Int, live: Int)?
        var start = 0
        while true {
            let end = state.withLock { state in
                let end = min(start + Self.clustersAtOnce, state.clusters.count)
                for number in start..<max(start, end) {
                    let cluster = state.clusters[number]
                    let live = Int(cluster.live)
                    if cluster.objects == 0 || live > min(Self.liveMaxToCollect, (best?.live ?? .max) - 1) { continue }
                    if number == state.writing || others.contains(number) { continue }
                    if state.unreadable.contains(number) { continue }
                    best = (number, live)
                }
                return end
            }
            if end <= start { return best?.number }
            start = end
        }
    }

    /// Places that live in a cluster.
    func live(in number: Int) -> Int { state.withLock { Int($0.clusters[number].live) } }

    /// Leaves a cluster out from now on, until it is written again.
    func setUnreadable(_ number: Int) { state.withLock { _ = $0.unreadable.insert(number) } }

    /// Gives the room of free clusters back to the file system, some of them; called by the pool's thread.
    ///
    /// - Returns: whether there are more.
    func giveBack() -> Bool {
        for _ in 0..<Self.freeWorthGivingBack {
            let number: UInt32? = state.withLock { state in
                guard state.free.count > Self.freeKept else { return nil }
                state.givingBack = state.free.removeFirst()
                return state.givingBack
            }
            guard let number else { return false }
            let start = UInt64(number) * UInt64(ClusterShape.bytes)
            let isDone = device.giveBack(start..<(start + UInt64(ClusterShape.bytes)))
            state.withLock { state in
                state.givingBack = nil
                state.holes.append(number)
            }
            if !isDone { return false }
        }
        return true
    }

    /// Gives the room of all clusters back, where none is in use any more.
    func giveBackAll() {
        let used = state.withLock { $0.clusters.count }
        if used > 0 { _ = device.giveBack(0..<UInt64(used * ClusterShape.bytes)) }
    }

    // MARK: checking

    /// Traps where the sums are wrong, or differ from what the entries lead to.
    ///
    /// - Parameter objects: the places that all entries lead to, with the bytes that lie there; no shard changes meanwhile.
    func checkInvariants(_ objects: [(place: UInt64, payload: Int)]) {
        #if DEBUG
            state.withLock { state in
                var live = [Int](repeating: 0, count: state.clusters.count)
                var counts = live
                var taken = Set<Int>()
                for (place, payload) in objects {
                    let number = Self.cluster(of: place)
                    precondition(number < state.clusters.count, "an object beyond the clusters")
                    let granules = ClusterShape.granules(for: payload)
                    for granule in Int(place)..<(Int(place) + granules) {
                        precondition(taken.insert(granule).inserted, "two objects at one place")
                        precondition(granule / ClusterShape.granules == number, "an object across clusters")
                    }
                    live[number] += granules
                    counts[number] += 1
                }
                for number in state.clusters.indices {
                    precondition(live[number] == Int(state.clusters[number].live), "live places of a cluster")
                    precondition(counts[number] == Int(state.clusters[number].objects), "objects of a cluster")
                }
                precondition(live.reduce(0, +) == state.live && objects.count == state.objects, "the sums")
                let all = state.free + state.holes + [state.givingBack].compactMap(\.self)
                let free = Set(all)
                precondition(free.count == all.count, "a cluster is free twice")
                for number in state.clusters.indices {
                    let isFree = counts[number] == 0 && number != state.writing
                    precondition(isFree == free.contains(UInt32(number)), "a cluster is free, or not")
                }
                precondition(state.clusters.count <= clusterCount, "clusters beyond the end")
            }
        #endif
    }
}
