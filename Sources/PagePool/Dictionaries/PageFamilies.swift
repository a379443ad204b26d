internal import Bytes

/// Families of pages that are alike: each has a centre, and a page belongs to the nearest.
struct PageFamilies: Sendable {
    private static let rounds = 8
    private static let attempts = 3

    private var centres: [SIMD16<Float>]

    /// One family, of all pages.
    init() { centres = [SIMD16<Float>()] }

    /// How many there are, 1 or more.
    var count: Int { centres.count }

    /// The family of a page, from 0.
    func family(of page: Span<UInt8>) -> Int { centres.count == 1 ? 0 : nearest(PageProfile(page).counts).family }

    private func nearest(_ profile: SIMD16<Float>) -> (family: Int, distance: Float) {
        var best = (family: 0, distance: Float.infinity)
        for family in centres.indices {
            let distance = PageProfile.distance(profile, centres[family])
            if distance < best.distance { best = (family, distance) }
        }
        return best
    }

    /// Finds families in a sample: k-means, begun from pages chosen at random with the distance to those chosen before
    /// (k-means++, Arthur and Vassilvitskii, 2007), the best of some attempts.
    ///
    /// - Parameters:
    ///   - profiles: of the sample's pages.
    ///   - countMax: how many families there may be; there are fewer where pages do not differ so much.
    ///   - membersMin: pages of the sample that each has at the least.
    ///   - dice: for the choices.
    init(of profiles: [PageProfile], countMax: Int, membersMin: Int, dice: inout Dice) {
        self.init()
        let profiles = profiles.map(\.counts)
        guard countMax > 1, profiles.count >= 2 * membersMin else { return }
        var best = Float.infinity
        for _ in 0..<Self.attempts {
            var attempt = PageFamilies()
            attempt.centres = Self.begin(profiles, countMax, &dice)
            for _ in 0..<Self.rounds { attempt.centre(profiles) }
            let distance = profiles.reduce(Float(0)) { $0 + attempt.nearest($1).distance }
            if distance < best {
                best = distance
                self = attempt
            }
        }
        // The smallest goes until none is too small; its pages find another.
        while centres.count > 1 {
            let members = members(of: profiles)
            guard let smallest = members.indices.min(by: { members[$0] < members[$1] }), members[smallest] < membersMin
            else { return }
            centres.remove(at: smallest)
            centre(profiles)
        }
    }

    private static func begin(_ profiles: [SIMD16<Float>], _ count: Int, _ dice: inout Dice) -> [SIMD16<Float>] {
        var families = PageFamilies()
        families.centres = [profiles[dice.below(profiles.count)]]
        while families.count < count {
            let distances = profiles.map { families.nearest($0).distance }
            let sum = distances.reduce(0, +)
            if sum == 0 { break }
            var place = Float(dice.below(1 << 20)) / Float(1 << 20) * sum
            var chosen = profiles.count - 1
            for index in profiles.indices {
                place -= distances[index]
                if place < 0 {
                    chosen = index
                    break
                }
            }
            families.centres.append(profiles[chosen])
        }
        return families.centres
    }

    private func members(of profiles: [SIMD16<Float>]) -> [Int] {
        var members = [Int](repeating: 0, count: centres.count)
        for profile in profiles { members[nearest(profile).family] += 1 }
        return members
    }

    /// Moves each centre to the mean of its pages.
    private mutating func centre(_ profiles: [SIMD16<Float>]) {
        var sums = [SIMD16<Float>](repeating: SIMD16(), count: centres.count)
        var members = [Float](repeating: 0, count: centres.count)
        for profile in profiles {
            let family = nearest(profile).family
            sums[family] += profile
            members[family] += 1
        }
        for family in centres.indices where members[family] > 0 { centres[family] = sums[family] / members[family] }
    }
}
