internal import PagePool
internal import PoolFS
internal import SystemPackage

extension ServerConfiguration {
    /// Makes the pools that are to be there from the start.
    ///
    /// - Parameters:
    ///   - pools: where.
    ///   - defaults: with what, where the description does not say.
    /// - Throws: a setting that means nothing, a name that no pool can have or that comes twice, too many of them.
    func makePools(in pools: PagePools, defaults: PagePoolOptions) throws(ConfigurationError) {
        var descriptions = self.pools
        if hasDefaultPool, !descriptions.contains(where: { $0.name == PoolDescription.defaultName }) {
            descriptions.append(PoolDescription(name: PoolDescription.defaultName))
        }
        for description in descriptions {
            var options = defaults
            for (name, text) in description.settings.sorted(by: { $0.key < $1.key }) {
                if let problem = PoolRequest.set(name, to: text, in: &options, codec: pools.codec) {
                    throw ConfigurationError("pool \(description.name): \(problem)")
                }
            }
            if options.backing != nil, pools.backing == nil {
                throw ConfigurationError("pool \(description.name): backing needs --backing-dir")
            }
            do throws(Errno) {
                _ = try pools.create(name: description.name, options: options)
            } catch {
                throw ConfigurationError(
                    "pool \(description.name): \(PoolRequest.reason(error, name: description.name, options))")
            }
        }
    }
}
