internal import WeirDomain
internal import WeirJSON

/// The rules of a subscription's options. Members that mean nothing to the service are kept and ignored.
enum SubscriptionOptions {
    /// - Throws: the first fault. Values that say nothing (null, false, 0, "", empty) are as good as none.
    static func check(_ options: JSONObject) throws(MetadataFault) {
        let size = JSONValue.object(options).bytes.count
        guard size <= Limits.subscriptionOptionsBytes else {
            throw MetadataFault(
                "options: \(size) bytes are too many; at most \(Limits.subscriptionOptionsBytes) are allowed.")
        }
        if let value = options["post_headers"], !value.isFalsy {
            guard let headers = value.objectValue, headers.allSatisfy({ $0.value.stringValue != nil }) else {
                throw MetadataFault("options.post_headers: must be an object of strings.")
            }
        }
        for name in ["post_data", "from", "subject"] {
            guard let value = options[name], !value.isFalsy, value.stringValue == nil else { continue }
            throw MetadataFault("options.\(name): must be a string.")
        }
        guard let policy = options["_retry_policy"] else { return }
        do throws(MetadataFault) {
            try RetryPolicy.check(policy)
        } catch {
            throw MetadataFault("options.\(error.description)")
        }
    }
}
