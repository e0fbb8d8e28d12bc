internal import DriverOptions
internal import WeirStorage

/// The options of a MongoDB pool: `writers` (1 to 16; default 2) and `readers` (1 to 16; default 2), threads with a
/// connection each, and `timeout_ms` (100 to 60,000; default 800): how long one answer may take, unless the uri
/// says so itself.
struct MongoDBOptions: Sendable {
    let writers: Int
    let readers: Int
    let timeout: Int

    init(_ text: [UInt8]) throws(PoolRefusal) {
        let options = try DriverOptions(text, known: ["writers", "readers", "timeout_ms"])
        writers = try options.integer("writers", 1...16, or: 2)
        readers = try options.integer("readers", 1...16, or: 2)
        timeout = try options.integer("timeout_ms", 100...60_000, or: 800)
    }
}
