/// A page pool that is there from the start: `--pool NAME[:KEY=VALUE,…]`.
public struct PoolDescription: Sendable, Equatable {
    /// The name of the pool that there is unless somebody says otherwise: compcache's device, as it was in 2009.
    static let defaultName = "ramzswap0"

    /// Its name.
    public var name: String
    /// What it is made with, by the names that a POST to `/pool` takes: `disksize`, `mem_limit`, `level`, `dictionary`,
    /// `backing`, `backing_size`, `spill`.
    public var settings: [String: String]

    /// Describes a pool.
    public init(name: String, settings: [String: String] = [:]) {
        self.name = name
        self.settings = settings
    }

    /// Reads what the command line gives.
    ///
    /// - Parameter text: `swap`, or `swap:disksize=256M,mem_limit=64M`.
    /// - Throws: a sentence for people, where it is neither; what the settings mean is looked at when it is made.
    public init(parsing text: String) throws(ConfigurationError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(name: String(parts[0]))
        guard parts.count == 2 else { return }
        for setting in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
            let pair = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else {
                throw ConfigurationError("--pool takes NAME:KEY=VALUE,…; \(setting) in \(text) is no KEY=VALUE")
            }
            guard settings.updateValue(String(pair[1]), forKey: String(pair[0])) == nil else {
                throw ConfigurationError("--pool \(text) says \(pair[0]) twice")
            }
        }
    }
}
