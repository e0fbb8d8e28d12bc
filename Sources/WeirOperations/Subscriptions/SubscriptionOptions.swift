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
        if let value = options["post_headers"], !value.isFalsy { try check(headers: value) }
        _ = try text("post_data", of: options)
        try checkText("from", of: options) { value throws(DeliveryFault) in _ = try MailAddress(value) }
        try checkText("subject", of: options) { value throws(DeliveryFault) in
            try MailMessage.checkHeader(value, named: "text")
        }
        try checkText("secret", of: options) { value throws(DeliveryFault) in _ = try WebhookKey(value) }
        guard let policy = options["_retry_policy"] else { return }
        do throws(MetadataFault) {
            try RetryPolicy.check(policy)
        } catch {
            throw MetadataFault("options.\(error.description)")
        }
    }
    /// What can be sent at all is decided here, and not at each delivery.
    private static func check(headers value: JSONValue) throws(MetadataFault) {
        guard let headers = value.objectValue else {
            throw MetadataFault("options.post_headers: must be an object of strings.")
        }
        guard headers.count <= Limits.deliveryHeaders else {
            throw MetadataFault(
                "options.post_headers: \(headers.count) headers are too many; at most \(Limits.deliveryHeaders) are allowed.")
        }
        for (name, value) in headers {
            guard let value = value.stringValue else {
                throw MetadataFault("options.post_headers: must be an object of strings.")
            }
            do throws(DeliveryFault) {
                _ = try DeliveryHeader(name: name, value: value)
            } catch {
                throw MetadataFault("options.post_headers: \(error.reason).")
            }
        }
    }

    /// A member that is a string and says something.
    private static func text(_ name: String, of options: JSONObject) throws(MetadataFault) -> String? {
        guard let value = options[name], !value.isFalsy else { return nil }
        guard let text = value.stringValue else { throw MetadataFault("options.\(name): must be a string.") }
        return text
    }

    private static func checkText(
        _ name: String, of options: JSONObject, _ rule: (String) throws(DeliveryFault) -> Void
    ) throws(MetadataFault) {
        guard let text = try text(name, of: options) else { return }
        do throws(DeliveryFault) {
            try rule(text)
        } catch {
            throw MetadataFault("options.\(name): \(error.reason).")
        }
    }
}
