internal import Bytes
public import PagePool
internal import PseudoFS
public import SystemPackage

/// The settings that a new pool is given, by POST and on the command line: one list of names, one way to read them.
public enum PoolRequest {
    /// The names.
    public static let members = [
        "backing", "backing_size", "comp_algorithm", "dictionary", "disksize", "level", "mem_limit", "spill",
    ]

    /// Takes one setting.
    ///
    /// - Parameters:
    ///   - name: one of ``members``.
    ///   - text: its value as people write it: `256M`.
    ///   - options: changed.
    ///   - codec: whose name and levels are taken.
    /// - Returns: what is wrong, in words; nil where nothing is.
    public static func set(
        _ name: String, to text: String, in options: inout PagePoolOptions, codec: any PageCodec
    ) -> String? {
        switch name {
        case "disksize":
            guard let size = Size.parse(text), size > 0, size <= PagePool.disksizeBytesMax else {
                return "disksize is a size such as 256M, at most 16T, not \(text)"
            }
            options.disksizeBytes = size
        case "mem_limit":
            options.isMemLimitAuto = text == "auto"
            if options.isMemLimitAuto { return nil }
            guard let size = Size.parse(text) else {
                return "mem_limit is a size such as 64M, 0 for none, or auto, not \(text)"
            }
            options.memLimitBytes = size
        case "backing":
            if text.isEmpty { return "backing is the name of a file" }
            options.backing = BackingChoice(name: text, bytes: options.backing?.bytes ?? 0)
        case "backing_size":
            guard let size = Size.parse(text), size > 0 else {
                return "backing_size is a size such as 1G, not \(text)"
            }
            options.backing = BackingChoice(name: options.backing?.name ?? "", bytes: size)
        case "spill":
            guard let policy = SpillPolicy(rawValue: text) else {
                return "spill is \(SpillPolicy.allCases.map(\.rawValue).joined(separator: ", ")), not \(text)"
            }
            options.spill = policy
        case "level":
            guard let level = Int(text), codec.levels.contains(level) else {
                return "level is \(codec.levels.lowerBound) to \(codec.levels.upperBound), not \(text)"
            }
            options.level = level
        case "dictionary":
            guard let policy = DictionaryPolicy(rawValue: text) else {
                return "dictionary is \(DictionaryPolicy.allCases.map(\.rawValue).joined(separator: ", ")), not \(text)"
            }
            options.dictionary = policy
        case "comp_algorithm":
            if text != codec.name { return "comp_algorithm is \(codec.name), not \(text)" }
        default: return "unknown setting \(name); known are \(members.joined(separator: ", "))"
        }
        return nil
    }

    /// Why there is no such pool, in words.
    public static func reason(_ errno: Errno, name: String, _ options: PagePoolOptions) -> String {
        switch errno {
        case .fileExists, .fileNameTooLong, .tooManyOpenFilesInSystem: break
        case _ where !PagePools.isName(name): break
        default:
            guard let backing = options.backing else { break }
            return backing.name.isEmpty
                ? "backing_size needs backing" : "backing \(backing.name): \(BackingReason.of(errno))"
        }
        return switch errno {
        case .fileExists: "there is a pool of that name"
        case .invalidArgument: "a pool's name is not empty, . or .., and holds no / and no NUL"
        case .fileNameTooLong: "a name has at most 255 bytes"
        case .tooManyOpenFilesInSystem: "the limit pools is reached"
        default: errno.description
        }
    }

    /// Reads the members of a POST.
    static func options(
        _ members: [JSONValue.Member], defaults: PagePoolOptions, codec: any PageCodec
    ) throws(Failure) -> PagePoolOptions {
        var options = defaults
        for member in members {
            let text: String
            switch member.value {
            case .string(let string): text = string
            case .number(let number): text = number
            default:
                throw Failure(.invalidArgument, "\(member.name) is given as a number or a string", subject: .content)
            }
            if let problem = set(member.name, to: text, in: &options, codec: codec) {
                throw Failure(.invalidArgument, problem, subject: .content)
            }
        }
        return options
    }
}
