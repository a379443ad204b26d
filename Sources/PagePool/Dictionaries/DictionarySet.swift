internal import Bytes
internal import Synchronization

/// The dictionaries with which pages are compressed at one time: one for each family of pages, or none for it.
///
/// Whoever compresses with a set borrows it until what came of it is stored; a dictionary of a set that is borrowed is not let
/// go, so no entry ever tells of one that is not there.
final class DictionarySet: Sendable {
    /// A dictionary and the contexts to compress with: its own, or others of the same content for another level.
    struct Member: Sendable {
        let dictionary: LiveDictionary
        let contexts: any PageDictionary

        init(_ dictionary: LiveDictionary, _ contexts: (any PageDictionary)? = nil) {
            self.dictionary = dictionary
            self.contexts = contexts ?? dictionary.contexts
        }
    }

    let families: PageFamilies
    /// For each family.
    let members: [Member?]
    /// The level at which they compress.
    let level: Int
    /// How many use it now.
    let borrowers = Atomic<Int>(0)

    /// No dictionaries.
    init(level: Int) {
        families = PageFamilies()
        members = [nil]
        self.level = level
    }

    init(_ families: PageFamilies, _ members: [Member?], level: Int) {
        precondition(members.count == families.count, "a place for each family")
        self.families = families
        self.members = members
        self.level = level
    }

    /// Whether there is any dictionary.
    var isEmpty: Bool { !members.contains { $0 != nil } }

    /// Pages of memory that it takes beside its dictionaries.
    var heldPages: Int {
        members.reduce(0) { sum, member in
            guard let member, member.contexts !== member.dictionary.contexts else { return sum }
            return sum + LiveDictionary.pages(of: member.contexts)
        }
    }

    /// Whether a dictionary is one of them.
    func contains(_ dictionary: LiveDictionary) -> Bool { members.contains { $0?.dictionary === dictionary } }

    /// The dictionary for a page.
    func member(for page: Span<UInt8>) -> Member? {
        members.count == 1 ? members[0] : members[families.family(of: page)]
    }

    /// Ends the use that began with borrowing.
    func giveBack() { borrowers.subtract(1, ordering: .acquiringAndReleasing) }
}
