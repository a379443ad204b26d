internal import PseudoFS
internal import SystemPackage

extension Parameter {
    /// Reads the value of this parameter.
    ///
    /// - Parameter text: decoded; nil where the parameter came without `=`.
    /// - Returns: the value.
    /// - Throws: EINVAL, saying what is expected.
    func argument(from text: String?) throws(Failure) -> Arguments.Argument {
        switch kind {
        case .flag:
            switch text {
            case nil, "", "1": return .flag(true)
            case "0": return .flag(false)
            default: throw bad("is a flag: nothing, 1 or 0")
            }
        case .integer(let bounds):
            guard let text, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = UInt64(text),
                bounds.contains(number)
            else { throw bad("is a number from \(bounds.lowerBound) to \(bounds.upperBound)") }
            return .integer(number)
        case .seconds:
            // Double's own parser would also take signs, exponents, hexadecimal, nan and inf.
            guard let text, let first = text.utf8.first, first != 0x2E, text.utf8.last != 0x2E,
                text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2E }), let seconds = Double(text),
                seconds.isFinite
            else { throw bad("is a number of seconds, such as 0.5") }
            return .seconds(seconds)
        case .name:
            guard let text, !text.isEmpty, text.utf8.count <= 255 else { throw bad("is a name of 1 to 255 bytes") }
            return .name(text)
        case .names:
            guard let text, text.utf8.count <= 4096,
                text.utf8.split(separator: 0x2C, omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty })
            else { throw bad("is names with commas between them, of 4096 bytes at most") }
            return .name(text)
        case .path:
            guard let text, !text.isEmpty, text.utf8.count <= 4096 else { throw bad("is a path of 1 to 4096 bytes") }
            return .name(text)
        case .choice(let words):
            guard let text, words.contains(text) else { throw bad("is one of " + words.joined(separator: ", ")) }
            return .name(text)
        }
    }

    private func bad(_ expected: String) -> Failure {
        Failure(.invalidArgument, "the parameter \"\(name)\" \(expected)")
    }
}
