internal import Bytes
internal import SystemPackage

/// A path taken apart: where its names end, and the hash of the path up to each of them.
///
/// It only looks at arrays that the walk has on its stack, so that passing it on copies two spans.
struct PathTrail: ~Escapable {
    private let ends: Span<Int32>
    private let hashes: Span<UInt64>

    /// Looks at what ``split(_:limits:into:)`` and ``Hash64`` have found.
    @_lifetime(copy ends, copy hashes)
    init(ends: Span<Int32>, hashes: Span<UInt64>) {
        self.ends = ends
        self.hashes = hashes
    }

    /// Splits a path into its names.
    ///
    /// - Parameters:
    ///   - path: absolute.
    ///   - limits: how long and how deep it may be.
    ///   - ends: where each name ends is written there.
    /// - Returns: how many names there are.
    /// - Throws: ENAMETOOLONG for a path or a name that is too long, or too many names; EINVAL for one that does not
    ///   begin with a slash, or has empty names.
    static func split(
        _ path: Span<UInt8>, limits: NodeLimits, into ends: inout InlineArray<64, Int32>
    ) throws(Failure) -> Int {
        guard path.count <= limits.pathBytesMax else {
            throw Failure(.fileNameTooLong, "a path has at most \(limits.pathBytesMax) bytes")
        }
        guard path.count > 1, path[0] == 0x2F else { throw Failure(.invalidArgument, "a path begins with /") }
        let countMax = min(limits.pathDepthMax, 64)
        var count = 0
        var start = 1
        while start <= path.count {
            let end = path.firstIndex(of: 0x2F, from: start) ?? path.count
            if end == start { throw Failure(.invalidArgument, "a path has no empty names") }
            if end - start > 255 { throw Failure(.fileNameTooLong, "a name has at most 255 bytes") }
            if count == countMax {
                throw Failure(.fileNameTooLong, "a path has at most \(limits.pathDepthMax) names")
            }
            ends[count] = Int32(end)
            count += 1
            start = end + 1
        }
        return count
    }

    /// How many names there are.
    var count: Int { ends.count }

    /// Where a name stands in the path.
    func name(_ index: Int) -> Range<Int> { (index == 0 ? 1 : end(index - 1) + 1)..<end(index) }

    /// Where a name ends, and with it the path up to it.
    func end(_ index: Int) -> Int { Int(ends[index]) }

    /// The hash of the path up to the end of a name.
    func hash(_ index: Int) -> UInt64 { hashes[index] }
}
