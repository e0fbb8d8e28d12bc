internal import WeirJSON
internal import WeirStorage

/// The options of a MongoDB pool: `writers` (1 to 16; default 1) and `readers` (1 to 16; default 2), threads with a
/// connection each, and `timeout_ms` (100 to 60,000; default 800): how long one answer may take, unless the uri
/// says so itself.
struct MongoDBOptions: Sendable {
    var writers = 1
    var readers = 2
    var timeout = 800

    init(_ text: [UInt8]) throws(PoolRefusal) {
        guard case .object(let object) = try? JSONValue.parse(text) else {
            throw PoolRefusal("options: expected a JSON object")
        }
        for (name, value) in object {
            switch name {
            case "writers": writers = try Self.integer(name, value, 1...16)
            case "readers": readers = try Self.integer(name, value, 1...16)
            case "timeout_ms": timeout = try Self.integer(name, value, 100...60_000)
            default:
                throw PoolRefusal("options: unknown option '\(name)'; known are writers, readers, timeout_ms")
            }
        }
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
