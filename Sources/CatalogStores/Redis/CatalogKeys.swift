/// The names of the keys that are asked for without a script; `keys.lua` lists all of them and what they hold. None
/// is one of a pool's, so that a pool may be on the same server.
enum CatalogKeys {
    private static let prefix = "weir-catalog:"

    static let counters = prefix + "counters"
    static let queues = prefix + "queues"
    static let retirements = prefix + "retirements"
    static let audit = prefix + "audit"

    static func flavors(_ project: String) -> String { prefix + "flavors:" + project }

    static func required(_ flavor: String) -> String { prefix + "required:" + flavor }

    /// The number of the stored format.
    ///
    /// To change the format: raise `formatNumber`, and let `upgrade.lua` bring an older catalog up to date, which is
    /// done before the first operation.
    static let format = prefix + "format"
    static let formatNumber = "3"
}
