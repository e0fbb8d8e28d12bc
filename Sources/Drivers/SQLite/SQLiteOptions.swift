internal import SQLiteEngine
internal import WeirJSON
internal import WeirStorage

/// The options of a SQLite pool: `synchronous` (normal, full, extra; default full), `cache_kib` (256 to
/// 1,048,576; default 16,384), `checkpoint_pages` (100 to 1,000,000; default 4,000), `readers` (1 to 16; default 2).
struct SQLiteOptions: Sendable {
    var synchronous = SynchronousLevel.full
    var cacheKiB = 16_384
    var checkpointPages = 4000
    var readers = 2

    init(_ text: [UInt8]) throws(PoolRefusal) {
        guard case .object(let object) = try? JSONValue.parse(text) else {
            throw PoolRefusal("options: expected a JSON object")
        }
        for (name, value) in object {
            switch name {
            case "synchronous": synchronous = try Self.level(value)
            case "cache_kib": cacheKiB = try Self.integer(name, value, 256...1_048_576)
            case "checkpoint_pages": checkpointPages = try Self.integer(name, value, 100...1_000_000)
            case "readers": readers = try Self.integer(name, value, 1...16)
            default:
                throw PoolRefusal(
                    "options: unknown option '\(name)'; known are synchronous, cache_kib, checkpoint_pages, readers")
            }
        }
    }

    private static func level(_ value: JSONValue) throws(PoolRefusal) -> SynchronousLevel {
        guard case .string(let text) = value, let level = SynchronousLevel(rawValue: text.lowercased()) else {
            throw PoolRefusal("options: synchronous is one of normal, full, extra")
        }
        return level
    }

    private static func integer(
        _ name: String, _ value: JSONValue, _ range: ClosedRange<Int>
    ) throws(PoolRefusal) -> Int {
        guard case .integer(let number) = value, range.contains(Int(number)) else {
            throw PoolRefusal("options: \(name) is an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return Int(number)
    }
}
