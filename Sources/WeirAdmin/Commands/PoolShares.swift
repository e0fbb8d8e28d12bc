package import WeirJSON

/// The shares of queues that pools want and hold.
package enum PoolShares {
    /// The pools with `share_wanted`, the part of all weights, and `share_held`, the part of all queues. Pools that
    /// drain have no weight. Where there is nothing to share, both are 0.
    package static func added(to pools: [JSONObject]) -> [JSONObject] {
        let weights = pools.map { $0["state"] == "draining" ? 0 : number($0["weight"]) }
        let queues = pools.map { number($0["queues"]) }
        let (allWeights, allQueues) = (weights.reduce(0, +), queues.reduce(0, +))
        return pools.indices.map { index in
            var pool = pools[index]
            pool["share_wanted"] = share(weights[index], of: allWeights)
            pool["share_held"] = share(queues[index], of: allQueues)
            return pool
        }
    }

    private static func number(_ value: JSONValue?) -> Double {
        Double(value?.integerValue ?? 0)
    }

    /// With four decimals.
    private static func share(_ part: Double, of whole: Double) -> JSONValue {
        .fraction(whole == 0 ? 0 : (part / whole * 10_000).rounded() / 10_000)
    }
}
