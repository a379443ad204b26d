internal import Locking
internal import Synchronization

extension RingBuffer {
    /// Where a reader that does not consume stands: on which page, and where on it.
    struct Place {
        /// The page's number; 0 is before all.
        var page: UInt64 = 0
        /// How far it was parsed.
        var position = SubBufferPosition()
        /// Records that went before the reader came to them, and that it has not been told of.
        var lost: UInt64 = 0
        /// How many records were written before those of the page; nil where the reader has seen none.
        fileprivate var before: UInt64?
        /// How many records of the page were copied.
        fileprivate var copied: UInt64 = 0
    }

    /// Copies the page on which a reader goes on: its own if there is more on it, else the next that still exists.
    ///
    /// - Parameters:
    ///   - place: where it stands; moved to the page that was copied.
    ///   - copy: takes up to a page, under the lock; it is parsed outside.
    /// - Returns: false where there is nothing beyond `place`.
    func copyPage(after place: inout Place, into copy: SubBufferCopy) -> Bool {
        state.withLock { state in
            guard state.isMapped else { return false }
            copy.fit(state.pageSize)
            let target = copy.page
            if place.page >= state.readerPage, place.page <= max(state.tail, state.readerPage) {
                // The page is still there: there may be more on it.
                if let page = state.existing(place.page), page.used > place.position.offset {
                    target.copy(from: page)
                    place.copied = UInt64(target.entries)
                    state.skipConsumed(&place, on: target)
                    return true
                }
            }
            var number = max(place.page + 1, state.readerPage)
            while number <= max(state.tail, state.readerPage) {
                if let page = state.existing(number), page.used > 0 {
                    target.copy(from: page)
                    state.move(&place, to: number, on: target)
                    state.skipConsumed(&place, on: target)
                    if place.position.offset < target.used { return true }
                }
                number = number < state.head ? state.head : number + 1
            }
            return false
        }
    }

    /// What can be read, and what was ever written and is not consumed: the two numbers of the header of `trace`.
    var entryCounts: (inBuffer: UInt64, written: UInt64) {
        state.withLock { ($0.entries, $0.entries + $0.overrun + $0.missed) }
    }
}

extension RingBuffer.State {
    /// The page of a number, where it still is.
    func existing(_ number: UInt64) -> SubBuffer? {
        if number == readerPage { return reader }
        return number >= head && number <= tail ? page(number) : nil
    }

    /// Moves a place to the start of a page that was copied, and counts what was lost before it.
    ///
    /// Between the page before and this one nothing is missing, unless this is the oldest of the ring or the one that was
    /// taken out of it: of those two it is known how many records came before them.
    fileprivate func move(_ place: inout RingBuffer.Place, to number: UInt64, on page: SubBuffer) {
        var before: UInt64?
        if number == readerPage {
            before = overrunSeen + consumedBeforePage
        } else if number == head {
            before = overrun + consumedBeforePage + UInt64(reader.entries)
        }
        if let last = place.before {
            let expected = last + place.copied
            if let before, before > expected { place.lost += before - expected }
            place.before = before ?? expected
        } else {
            place.lost = lost + (number == readerPage ? 0 : overrun - overrunSeen)
            place.before = before ?? 0
        }
        place.page = number
        place.position = SubBufferPosition(startOf: page)
        place.copied = UInt64(page.entries)
    }

    /// Moves a place on the reader page behind what was consumed.
    func skipConsumed(_ place: inout RingBuffer.Place, on page: SubBuffer) {
        if place.page == readerPage && place.position.offset < readerPosition.offset {
            place.position = readerPosition
        }
    }
}

extension RingBuffer {
    /// How far a buffer was written at one moment.
    struct End {
        /// The page being written.
        let page: UInt64
        /// Its data bytes used.
        let offset: Int

        /// Whether a reader has come so far.
        func isReached(by place: Place) -> Bool {
            place.page > page || (place.page == page && place.position.offset >= offset)
        }
    }

    /// How far it is written now.
    var end: End {
        state.withLock { state in
            End(page: state.tail, offset: state.isMapped ? state.tailPage.used : 0)
        }
    }
}
