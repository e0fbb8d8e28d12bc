internal import WeirJSON
internal import WeirStorage

/// The options of a Redis pool: `connections` (1 to 16; default 2; operations on one queue keep to one of them) and
/// `timeout_ms` (50 to 60,000; default 1,000: how long to wait for a connection and for an answer).
struct RedisOptions: Sendable {
    var connections = 2
    var timeoutMilliseconds = 1000

    init(_ text: [UInt8]) throws(PoolRefusal) {
        guard case .object(let object) = try? JSONValue.parse(text) else {
            throw PoolRefusal("options: expected a JSON object")
        }
        for (name, value) in object {
            switch name {
            case "connections": connections = try Self.integer(name, value, 1...16)
            case "timeout_ms": timeoutMilliseconds = try Self.integer(name, value, 50...60_000)
            default:
                throw PoolRefusal("options: unknown option '\(name)'; known are connections, timeout_ms")
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
