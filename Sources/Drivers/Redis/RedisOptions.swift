internal import DriverOptions
internal import WeirStorage

/// The options of a Redis pool: `connections` (1 to 16; default 2; operations on one queue keep to one of them) and
/// `timeout_ms` (50 to 60,000; default 1,000: how long to wait for a connection and for an answer).
struct RedisOptions: Sendable {
    let connections: Int
    let timeoutMilliseconds: Int

    init(_ text: [UInt8]) throws(PoolRefusal) {
        let options = try DriverOptions(text, known: ["connections", "timeout_ms"])
        connections = try options.integer("connections", 1...16, or: 2)
        timeoutMilliseconds = try options.integer("timeout_ms", 50...60_000, or: 1000)
    }
}
