internal import Bytes
internal import PseudoFS
internal import SystemPackage

/// What is mounted where, as this process sees it: `/proc/self/mountinfo`.
enum MountTable {
    /// One mount.
    struct Mount: Equatable {
        /// The directory of its file system that is seen: `/`, or another where a part is bound.
        let root: [UInt8]
        /// Where that is seen.
        let point: [UInt8]
    }

    /// The mount that a descriptor is on.
    ///
    /// - Throws: ENOENT where the table does not have it, as for one that was unmounted since.
    static func mount(of descriptor: Descriptor, _ budget: DescriptorBudget) throws(Failure) -> Mount {
        let number = try self.number(of: descriptor, budget)
        let table = try read("mountinfo", budget)
        guard let mount = parse(table.span, number: number) else {
            throw Failure(.noSuchFileOrDirectory, "it is on no mount")
        }
        return mount
    }

    /// The number of a descriptor's mount, from `/proc/self/fdinfo`.
    static func number(of descriptor: Descriptor, _ budget: DescriptorBudget) throws(Failure) -> Int {
        let text = String(decoding: try read("fdinfo/\(descriptor.number)", budget), as: UTF8.self)
        for line in text.split(separator: "\n") where line.hasPrefix("mnt_id:") {
            if let number = Int(line.dropFirst(7).drop { $0 == "\t" || $0 == " " }) { return number }
        }
        throw Failure(.ioError, "the system does not say on which mount it is")
    }

    private static func read(_ name: String, _ budget: DescriptorBudget) throws(Failure) -> [UInt8] {
        try Descriptor.file("/proc/self/\(name)", budget).readWhole(bytesMax: 16 << 20)
    }

    /// Finds a mount: `36 35 98:0 /part /where rw,noatime …`, spaces within the paths as `\040`.
    static func parse(_ table: Span<UInt8>, number: Int) -> Mount? {
        var start = 0
        while start < table.count {
            let end = table.firstIndex(of: 0x0A, from: start) ?? table.count
            let line = table.extracting(start..<end)
            start = end + 1
            let fields = [UInt8](copying: line).split(separator: 0x20, maxSplits: 5, omittingEmptySubsequences: false)
            guard fields.count > 5, Int(String(decoding: fields[0], as: UTF8.self)) == number else { continue }
            return Mount(root: unescape(fields[3]), point: unescape(fields[4]))
        }
        return nil
    }

    private static func unescape(_ field: ArraySlice<UInt8>) -> [UInt8] {
        var path: [UInt8] = []
        var index = field.startIndex
        while index < field.endIndex {
            let digits = field[index...].dropFirst().prefix(3)
            if field[index] == 0x5C, digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) {
                path.append(digits.reduce(0) { $0 &* 8 &+ ($1 - 0x30) })
                index += 4
            } else {
                path.append(field[index])
                index += 1
            }
        }
        return path
    }
}
