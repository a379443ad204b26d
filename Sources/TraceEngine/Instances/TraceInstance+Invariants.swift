extension TraceInstance {
    /// Checks that masks, holds, triggers and ring buffers agree; traps where they do not. Empty in release.
    public func checkInvariants() {
        #if DEBUG
            peek { parts in
                guard let parts else { return }
                var holders: [UInt16: Int] = [:]
                for (id, triggers) in parts.triggers {
                    precondition(!triggers.isEmpty, "an event with no triggers among those with triggers")
                    for trigger in triggers {
                        if id >= 32 { holders[id, default: 0] += 1 }
                        if case .setEvent(let target, let toggle, _) = trigger.action {
                            holders[target.id, default: 0] += 1
                            precondition(parts.holds[target.id]?.toggle === toggle, "a trigger turns another's switch")
                        }
                        if case .setHistograms(let target, let group, _) = trigger.action {
                            holders[target.id, default: 0] += 1
                            precondition(parts.holds[target.id]?.histograms === group, "a trigger turns others")
                        }
                    }
                }
                precondition(holders == parts.holds.mapValues(\.count), "holds and triggers differ")
                for (id, hold) in parts.holds {
                    precondition(hold.event.id == id && !hold.event.isDead, "a held event is gone")
                    precondition(parts.gate?.mask.contains(id) == true, "writers do not see a held event")
                    precondition(parts.rules?.has(id) == true, "writers do not know that an event is held")
                }
                var enabled = 0
                for place in 0..<((parts.gate?.mask.capacity ?? 0) / 64) {
                    enabled += parts.gate?.mask.word(place).nonzeroBitCount ?? 0
                }
                precondition(enabled == parts.enabledCount, "the mask and its count differ")
                for pids in [parts.listened.traced, parts.listened.untraced] {
                    precondition(zip(pids, pids.dropFirst()).allSatisfy { $0 < $1 }, "pids are not sorted")
                }
                precondition(parts.pauses >= 0 && parts.traced.count == lanes, "lanes are paused by nobody")
                for ring in parts.rings + (parts.snapshot?.spares ?? []) { ring.checkInvariants() }
            }
        #endif
    }
}
