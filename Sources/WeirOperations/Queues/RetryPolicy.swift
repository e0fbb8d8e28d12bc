internal import WeirJSON

/// The rules of a retry policy, on a queue or a subscription. The defaults stand in for what is missing.
enum RetryPolicy {
    private static let backoffFunctions = ["linear", "arithmetic", "geometric", "exponential"]
    private static let leastSpanSeconds: Int64 = 10

    static func check(_ value: JSONValue) throws(MetadataFault) {
        guard let policy = value.objectValue else {
            if value == .null { return }
            throw MetadataFault("_retry_policy: must be an object.")
        }
        _ = try integer("retries_with_no_delay", in: policy, default: 3)
        _ = try integer("minimum_delay_retries", in: policy, default: 3)
        _ = try integer("maximum_delay_retries", in: policy, default: 3)
        let minimum = try integer("minimum_delay", in: policy, default: 5)
        let maximum = try integer("maximum_delay", in: policy, default: 30)
        try checkFunction(in: policy)
        if let value = policy["ignore_subscription_override"], !value.isFalsy, value.boolValue == nil {
            throw MetadataFault("_retry_policy: ignore_subscription_override must be true or false.")
        }
        guard maximum >= minimum else {
            throw MetadataFault("_retry_policy: maximum_delay (\(maximum)) is less than minimum_delay (\(minimum)).")
        }
        guard maximum.subtractingReportingOverflow(minimum).partialValue >= leastSpanSeconds || minimum < 0 else {
            throw MetadataFault("_retry_policy: maximum_delay must be at least \(leastSpanSeconds) above minimum_delay.")
        }
    }

    private static func integer(
        _ name: String, in policy: JSONObject, default value: Int64
    ) throws(MetadataFault) -> Int64 {
        guard let found = policy[name] else { return value }
        if found.isFalsy { return found.integerValue ?? value }
        guard let number = found.integerValue else {
            throw MetadataFault("_retry_policy: \(name) must be an integer.")
        }
        return number
    }

    private static func checkFunction(in policy: JSONObject) throws(MetadataFault) {
        guard let value = policy["retry_backoff_function"], !value.isFalsy else { return }
        guard let name = value.stringValue, backoffFunctions.contains(name) else {
            throw MetadataFault(
                "_retry_policy: retry_backoff_function is one of \(backoffFunctions.joined(separator: ", ")).")
        }
    }
}
