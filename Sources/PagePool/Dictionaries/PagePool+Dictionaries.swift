internal import Bytes
internal import Locking
internal import Synchronization
public import SystemPackage

extension PagePool {
    // MARK: settings

    /// What is asked of dictionaries.
    public var dictionaryPolicy: DictionaryPolicy { dictionaries.policy }

    /// Chooses what is asked of dictionaries, of pages that come from now on.
    ///
    /// Nothing happens at once: they are trained when enough pages were put, 20,480 on average. Pages stored stay as they are,
    /// and so do the dictionaries that they need; those that few pages need are given up in the background.
    ///
    /// - Throws: ENODEV where the pool was removed.
    public func setDictionaryPolicy(_ policy: DictionaryPolicy) throws(Errno) {
        if isDead { throw .operationNotSupportedByDevice }
        dictionaries.setPolicy(policy, level: level)
        tidyDictionaries()
    }

    /// What dictionaries there are, and what they give. Asks each shard how many pages have which.
    public var dictionaryReport: DictionaryReport {
        var report = dictionaries.report
        if report.dictionaries.isEmpty { return report }
        let pages = pagesOfDictionaries()
        for place in report.dictionaries.indices {
            report.dictionaries[place].pages = UInt64(pages[Int(report.dictionaries[place].number)])
        }
        return report
    }

    /// Sees to it, in the background, that dictionaries which nobody needs go. Without a thread they stay until the next time.
    func tidyDictionaries() {
        if dictionaries.all.isEmpty { return }
        askForDictionaries()
    }

    /// Has the dictionary chore done. Where the system gives no thread, it is asked again with the next page looked at.
    func askForDictionaries() { try? worker.ask(dictionaryChore) }

    // MARK: reading pages out and in

    /// All dictionaries that pages may have, with their numbers, kinds and contents. A page that is found afterwards may have
    /// one that came later.
    var liveDictionaries: [LiveDictionary] { dictionaries.all }

    /// Adds a dictionary for pages that are about to come, under a number that is free.
    ///
    /// It stays until ``release(_:)``, and after that as long as pages have it. Pages that are put do not get it.
    ///
    /// - Parameters:
    ///   - content: as ``PageDictionary/content`` was.
    ///   - kind: how it is taken.
    ///   - makesRoom: asked where the limit is in the way of so many pages; says whether to try again.
    /// - Returns: the dictionary, whose number is for the entries of these pages.
    /// - Throws: ENOMEM; EINVAL where the content is not of that kind; ENOSPC over the limit; ENFILE where there are 255; ENODEV.
    func install(
        _ content: Span<UInt8>, kind: PageDictionaryKind, makesRoom: (Int) -> Bool = { _ in false }
    ) throws(Errno) -> LiveDictionary {
        let contexts = try workspaces.codec.makeDictionary(content, kind: kind, level: level)
        while true {
            do throws(Errno) {
                return try install(contexts, kind: kind, isKept: true)
            } catch {
                guard error == .noSpace, makesRoom(LiveDictionary.pages(of: contexts)) else { throw error }
            }
        }
    }

    /// Ends what ``install(_:kind:)`` began: the pages are there, or will not come.
    func release(_ dictionary: LiveDictionary) {
        dictionary.keepers.subtract(1, ordering: .acquiringAndReleasing)
        // No put ever gets one of these: what has no page now has none later.
        letGo(dictionary)
        tidyDictionaries()
    }

    private func install(
        _ contexts: any PageDictionary, kind: PageDictionaryKind, isKept: Bool
    ) throws(Errno) -> LiveDictionary {
        let dictionary = try dictionaries.admit(kind, contexts, isKept: isKept)
        withAllShards { shard in
            if shard.isClosed { return }
            if shard.dictionaries.isEmpty {
                shard.dictionaries = [LiveDictionary?](repeating: nil, count: PoolDictionaries.countMax + 1)
            }
            shard.dictionaries[Int(dictionary.number)] = dictionary
        }
        return dictionary
    }

    // MARK: what the chore does, on the worker's thread

    /// Has pages compressed with what a training found.
    ///
    /// - Returns: false where dictionaries were turned off or reset in between; the next look lets them go.
    /// - Throws: ENOSPC over the limit, ENFILE; nothing has changed then.
    func adopt(
        _ outcome: DictionaryTraining.Outcome, instead current: DictionarySet?, level: Int
    ) throws(Errno) -> Bool {
        var members: [DictionarySet.Member?] = []
        do throws(Errno) {
            for member in outcome.members {
                guard let member else {
                    members.append(nil)
                    continue
                }
                members.append(
                    DictionarySet.Member(try install(member.contexts, kind: member.kind, isKept: false)))
            }
        } catch {
            for member in members { if let member { letGo(member.dictionary) } }
            throw error
        }
        return dictionaries.replace(current, with: DictionarySet(outcome.families, members, level: level))
    }

    /// How many pages have which dictionary.
    func pagesOfDictionaries() -> [UInt32] {
        var pages = [UInt32](repeating: 0, count: PoolDictionaries.countMax + 1)
        withAllShards { shard in
            if shard.dictionaries.isEmpty { return }
            for number in pages.indices { pages[number] += shard.pagesOfDictionary[number] }
        }
        return pages
    }

    /// Lets a dictionary go with which nothing is compressed any more, if no page has it.
    func letGo(_ dictionary: LiveDictionary) {
        let number = Int(dictionary.number)
        do throws(Errno) {
            try checkAllShards { shard throws(Errno) in
                if shard.pagesOfDictionary[number] != 0 { throw .resourceBusy }
            } change: { shard in
                // Its number may be another's by now.
                if !shard.dictionaries.isEmpty, shard.dictionaries[number] === dictionary {
                    shard.dictionaries[number] = nil
                }
            }
            dictionaries.forget(dictionary)
        } catch {
            // Pages have it: it stays, and is looked at again.
        }
    }

    /// Makes the current set anew where the pool's level is another now. Without memory it stays as it is.
    func remakeSet() {
        guard let current = dictionaries.current, current.level != level else { return }
        guard let set = try? makeSet(like: current, level: level) else { return }
        _ = dictionaries.replace(current, with: set)
    }

    /// The same dictionaries for another level.
    ///
    /// - Throws: ENOMEM.
    func makeSet(like set: DictionarySet, level: Int) throws(Errno) -> DictionarySet {
        var members: [DictionarySet.Member?] = []
        for member in set.members {
            guard let member else {
                members.append(nil)
                continue
            }
            let own = member.dictionary
            let contexts = try workspaces.codec.makeDictionary(
                own.contexts.content.span, kind: own.kind, level: level)
            members.append(DictionarySet.Member(own, contexts))
        }
        return DictionarySet(set.families, members, level: level)
    }
}
