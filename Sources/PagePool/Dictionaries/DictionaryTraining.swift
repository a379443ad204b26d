internal import Bytes
internal import SystemPackage

/// One training: families of the sampled pages, a dictionary for each, and what held-out pages say of them.
///
/// Done in steps of some milliseconds, one for each family.
final class DictionaryTraining {
    /// A dictionary that a family may get.
    private struct Candidate {
        let kind: PageDictionaryKind
        let contexts: any PageDictionary
        let bytes: Int
    }

    /// What a family would get, and what its held-out pages come to.
    private struct Choice {
        var candidate: Candidate?
        var bytesWithout = 0
        var bytesWith: Int { candidate?.bytes ?? bytesWithout }
    }

    /// What came of it.
    struct Outcome {
        let families: PageFamilies
        let members: [(kind: PageDictionaryKind, contexts: any PageDictionary)?]
        let trial: DictionaryReport.Trial
    }

    let policy: DictionaryPolicy
    let level: Int
    /// In whose place dictionaries may come.
    let current: DictionarySet?
    private let plan: DictionaryPlan
    private let memory: any PageMemory
    private let sample: TakenSample
    private let pagesStored: UInt64
    private let families: PageFamilies
    /// Pages of the sample by family: to train on, and held out.
    private var trained: [[Int]]
    private var heldOut: [[Int]]
    private var choices: [Choice] = []

    /// Begins a training.
    ///
    /// - Parameters:
    ///   - sample: the pages, and what they are wanted for.
    ///   - level: at which pages are compressed.
    ///   - pagesStored: how many pages the pool has that were compressed.
    ///   - plan: by which numbers.
    ///   - memory: for pages that are trained on.
    init(
        _ sample: consuming TakenSample, level: Int, pagesStored: UInt64, _ plan: DictionaryPlan, memory: any PageMemory
    ) {
        self.plan = plan
        self.memory = memory
        var dice = sample.dice
        policy = sample.policy
        current = sample.current
        self.level = level
        self.pagesStored = pagesStored
        let order = (0..<sample.count).shuffled(using: &dice)
        let heldOutPages = order.count * plan.heldOutPages / (plan.heldOutPages + plan.trainingPages)
        var profiles: [PageProfile] = []
        for index in order.dropFirst(heldOutPages) { profiles.append(sample.profile(index)) }
        let countMax = min(max(Int(clamping: pagesStored) / plan.pagesEach, 1), plan.familiesMax)
        let families = PageFamilies(of: profiles, countMax: countMax, membersMin: plan.membersMin, dice: &dice)
        self.families = families
        trained = [[Int]](repeating: [], count: families.count)
        heldOut = trained
        for (place, index) in order.enumerated() {
            let family = sample.family(index, among: families)
            if place < heldOutPages { heldOut[family].append(index) } else { trained[family].append(index) }
        }
        self.sample = sample
    }

    /// Whether all families had their step.
    var isComplete: Bool { choices.count == families.count }

    /// Trains for one family.
    ///
    /// - Returns: whether there are more.
    /// - Throws: ENOMEM, EIO; the training is at its end then.
    func step(_ codec: any PageCodec, _ contexts: any PageWorkspace) throws(Errno) -> Bool {
        let family = choices.count
        var choice = Choice()
        choice.bytesWithout = try bytes(of: heldOut[family], contexts, nil)
        if heldOut[family].count >= plan.heldOutMin, let content = try train(family, codec) {
            var candidates: [Candidate] = []
            for kind in PageDictionaryKind.allCases where kind == .full || policy != .speed {
                let dictionary = try codec.makeDictionary(content.span, kind: kind, level: level)
                let bytes = try bytes(of: heldOut[family], contexts, dictionary)
                candidates.append(Candidate(kind: kind, contexts: dictionary, bytes: bytes))
            }
            choice.candidate = choose(candidates, without: choice.bytesWithout)
        }
        choices.append(choice)
        return choices.count < families.count
    }

    /// - Returns: nil where the pages have too little in common.
    private func train(_ family: Int, _ codec: any PageCodec) throws(Errno) -> [UInt8]? {
        let pages = try sample.gather(trained[family], from: memory)
        do throws(Errno) {
            return try codec.trainDictionary(on: pages.bytes(of: 0..<pages.count), bytesMax: plan.contentBytes)
        } catch {
            if error == .noData { return nil }
            throw error
        }
    }

    /// What pages come to.
    private func bytes(
        of pages: [Int], _ contexts: any PageWorkspace, _ dictionary: (any PageDictionary)?
    ) throws(Errno) -> Int {
        var frame = ByteBuffer(capacity: PagePool.pageBytes + 128)
        var sum = 0
        for index in pages { sum += try sample.bytes(index, contexts, level: level, dictionary, &frame) }
        return sum
    }

    // MARK: the rules

    /// What a family is to get.
    private func choose(_ candidates: [Candidate], without: Int) -> Candidate? {
        let full = candidates.first { $0.kind == .full }
        switch policy {
        case .off: return nil
        case .speed: return full.flatMap { $0.bytes * 100 <= without * 101 ? $0 : nil }
        case .auto:
            if let full, full.bytes <= without { return full }
            return candidates.first { $0.kind == .raw && $0.bytes * 100 <= without * 98 }
        case .space:
            let best = candidates.min { $0.bytes < $1.bytes }
            return best.flatMap { $0.bytes < without ? $0 : nil }
        }
    }

    /// Whether so many bytes are what the policy asks for, beside those without dictionaries.
    private func isAllowed(_ with: Int, without: Int) -> Bool {
        switch policy {
        case .off: false
        case .speed: with * 100 <= without * 101
        case .auto: with <= without
        case .space: with * 100 <= without * 98
        }
    }

    /// Says what is to be done, once all families had their step.
    ///
    /// What pages are compressed with now stays unless what was found is better by 1 %.
    ///
    /// - Parameter contexts: the codec's.
    /// - Returns: what was found, and whether it is to be adopted.
    /// - Throws: EIO.
    func outcome(_ contexts: any PageWorkspace) throws(Errno) -> Outcome {
        let without = choices.reduce(0) { $0 + $1.bytesWithout }
        let with = choices.reduce(0) { $0 + $1.bytesWith }
        let pages = heldOut.reduce(0) { $0 + $1.count }
        var isAdopted = choices.contains { $0.candidate != nil } && isAllowed(with, without: without)
        if isAdopted, policy != .speed {
            isAdopted = pays(without - with, pages)
        }
        if isAdopted, let current, !current.isEmpty {
            let now = try bytes(with: current, contexts)
            isAdopted = with * 100 <= now * 99 || !isAllowed(now, without: without)
        }
        let trial = DictionaryReport.Trial(
            meanWithout: Double(without) / Double(max(pages, 1)), meanWith: Double(with) / Double(max(pages, 1)),
            isAdopted: isAdopted)
        return Outcome(
            families: families, members: choices.map { choice in choice.candidate.map { ($0.kind, $0.contexts) } },
            trial: trial)
    }

    /// Whether the pages stored now are enough: for what saves bytes, that these are more than the dictionaries take.
    private func pays(_ savedBytes: Int, _ pages: Int) -> Bool {
        let taken = choices.reduce(0) { $0 + ($1.candidate?.contexts.memoryBytes ?? 0) }
        if policy == .space { return Double(savedBytes) / Double(max(pages, 1)) * Double(pagesStored) >= Double(taken) }
        return pagesStored >= UInt64(choices.count { $0.candidate != nil } * plan.pagesEach)
    }

    /// What the held-out pages come to with another set.
    private func bytes(with set: DictionarySet, _ contexts: any PageWorkspace) throws(Errno) -> Int {
        var sum = 0
        for index in heldOut.joined() {
            sum += try bytes(of: [index], contexts, sample.member(index, of: set)?.contexts)
        }
        return sum
    }

    /// Whether what is in use is still what the policy asks for.
    func stillServes(_ current: DictionarySet, _ contexts: any PageWorkspace) throws(Errno) -> Bool {
        let without = choices.reduce(0) { $0 + $1.bytesWithout }
        return isAllowed(try bytes(with: current, contexts), without: without)
    }
}
