internal import WeirDomain
package import WeirJSON

/// What a request says about a subscription; nil where it says nothing.
package struct SubscriptionDraft: Sendable {
    var subscriber: String?
    /// Seconds.
    var ttl: Int?
    var options: JSONObject?

    /// Reads the members and leaves others alone. An explicit null is not absence.
    package init(_ object: JSONObject) throws(OperationError) {
        if let value = object["subscriber"] {
            guard let text = value.stringValue, !text.isEmpty else {
                throw .invalidBody("subscriber: must be a string that is not empty.")
            }
            subscriber = text
        }
        if let value = object["ttl"] {
            guard let number = value.integerValue else { throw .invalidBody("ttl: must be an integer.") }
            ttl = Int(number)
        }
        if let value = object["options"] {
            guard let members = value.objectValue else { throw .invalidBody("options: must be an object.") }
            options = members
        }
    }

    var isEmpty: Bool { subscriber == nil && ttl == nil && options == nil }

    /// The rules that every subscription keeps.
    func check(_ limits: ServiceLimits) throws(OperationError) {
        if let subscriber { try Self.check(subscriber, limits) }
        if let ttl {
            let bounds = ServiceLimits.minimumTTL...Limits.subscriptionTTLSeconds
            guard bounds.contains(ttl) else {
                throw .invalidRequest(
                    "ttl: \(ttl) is out of range; it may be \(bounds.lowerBound) to \(bounds.upperBound) seconds.")
            }
        }
        guard let options else { return }
        do throws(MetadataFault) {
            try SubscriptionOptions.check(options)
        } catch {
            throw .invalidRequest(error.description)
        }
    }

    private static func check(_ subscriber: String, _ limits: ServiceLimits) throws(OperationError) {
        guard let scheme = SubscriberScheme(of: subscriber), limits.subscriberTypes.contains(scheme) else {
            let known = limits.subscriberTypes.map { "\($0.rawValue):" }.joined(separator: ", ")
            throw .invalidRequest("subscriber: must begin with one of \(known).")
        }
        if let fault = SubscriberScheme.fault(in: subscriber) { throw .invalidRequest("subscriber: \(fault)") }
        guard !scheme.needsIdentity else {
            throw .identityMissing(
                "subscriber: \(scheme.rawValue): needs an identity service, and none is configured.")
        }
    }
}
