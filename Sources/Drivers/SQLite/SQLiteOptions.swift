internal import DriverOptions
internal import SQLiteEngine
internal import WeirJSON
internal import WeirStorage

/// The options of a SQLite pool: `synchronous` (normal, full, extra; default full), `cache_kib` (256 to
/// 1,048,576; default 16,384), `checkpoint_pages` (100 to 1,000,000; default 4,000), `readers` (1 to 16; default 2).
struct SQLiteOptions: Sendable {
    let synchronous: SynchronousLevel
    let cacheKiB: Int
    let checkpointPages: Int
    let readers: Int

    init(_ text: [UInt8]) throws(PoolRefusal) {
        let options = try DriverOptions(text, known: ["synchronous", "cache_kib", "checkpoint_pages", "readers"])
        synchronous = try Self.level(options["synchronous"])
        cacheKiB = try options.integer("cache_kib", 256...1_048_576, or: 16_384)
        checkpointPages = try options.integer("checkpoint_pages", 100...1_000_000, or: 4000)
        readers = try options.integer("readers", 1...16, or: 2)
    }

    private static func level(_ value: JSONValue?) throws(PoolRefusal) -> SynchronousLevel {
        guard let value else { return .full }
        guard case .string(let text) = value, let level = SynchronousLevel(rawValue: text.lowercased()) else {
            throw PoolRefusal("options: synchronous is one of normal, full, extra")
        }
        return level
    }
}
