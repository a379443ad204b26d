internal import Locking
internal import Synchronization

extension RingBuffer {
    /// Where a reader that does not consume stands: on which page, and where on it.
    struct Place {
        /// The page's number; 0 is before all.
        var page: UInt64 = 0
        /// How far it was parsed.
        var position = SubBufferPosition()
    }

    /// Copies the page on which a reader goes on: its own if there is more on it, else the next that still exists.
    ///
    /// - Parameters:
    ///   - place: where it stands; moved to the page that was copied.
    ///   - copy: takes up to 4 KiB, under the lock; it is parsed outside.
    /// - Returns: false where there is nothing beyond `place`.
    func copyPage(after place: inout Place, into copy: SubBufferCopy) -> Bool {
        let target = copy.page
        return state.withLock { state in
            guard state.isMapped else { return false }
            if place.page >= state.readerPage, place.page <= max(state.tail, state.readerPage) {
                // The page is still there: there may be more on it.
                if let page = state.existing(place.page), page.used > place.position.offset {
                    target.copy(from: page)
                    state.skipConsumed(&place, on: target)
                    return true
                }
            }
            var number = max(place.page + 1, state.readerPage)
            while number <= max(state.tail, state.readerPage) {
                if let page = state.existing(number), page.used > 0 {
                    target.copy(from: page)
                    place = Place(page: number, position: SubBufferPosition(startOf: target))
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
