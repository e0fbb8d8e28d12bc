package import WeirDomain
internal import WeirJSON

/// A subscription as its options say that it wants to be told.
package struct Recipient: Sendable {
    package enum Way: Sendable {
        case web(WebAddress, [DeliveryHeader])
        case mail(MailtoAddress, from: String?, subject: String)
        /// Told by somebody else, as subscribers on a WebSocket are.
        case elsewhere
        /// Nothing can ever be delivered.
        case nobody(DeliveryFault)
    }

    let id: String
    let queue: QueueKey
    package let way: Way
    /// What is sent in place of the message.
    let template: [UInt8]?
    let secret: WebhookSecret?
    package let plan: RetryPlan
    let isConfirmed: Bool
    let expires: Timestamp

    /// - Parameter policy: the queue's retry policy.
    package init(_ subscription: Subscription, policy: RetryPlan?) {
        let value = try? JSONValue.parse(
            subscription.options, maximumDepth: Limits.jsonDepth, duplicates: .lastWins)
        let options = value?.objectValue ?? JSONObject()
        id = subscription.id
        queue = subscription.source
        isConfirmed = subscription.isConfirmed
        expires = subscription.expires
        template = options.text("post_data").map { Array($0.utf8) }
        secret = options.text("secret").map { WebhookSecret($0) }
        plan = .choose(queue: policy, subscription: options["_retry_policy"].flatMap { RetryPlan($0) })
        way = Self.way(to: subscription.subscriber, options)
    }

    private static func way(to subscriber: String, _ options: JSONObject) -> Way {
        let scheme = subscriber.prefix { $0 != ":" }.lowercased()
        do throws(DeliveryFault) {
            switch scheme {
            case "http", "https":
                return .web(try WebAddress(subscriber), try headers(options))
            case "mailto":
                let address = try MailtoAddress(subscriber)
                let subject = address.subject ?? options.text("subject") ?? ""
                return .mail(address, from: options.text("from"), subject: subject)
            case "trust+http", "trust+https":
                throw DeliveryFault("no identity service is configured that would vouch for the request")
            default: return .elsewhere
            }
        } catch {
            return .nobody(error)
        }
    }

    private static func headers(_ options: JSONObject) throws(DeliveryFault) -> [DeliveryHeader] {
        guard let given = options["post_headers"]?.objectValue else { return [] }
        guard given.count <= Limits.deliveryHeaders else {
            throw DeliveryFault("post_headers has more than \(Limits.deliveryHeaders) headers")
        }
        var headers: [DeliveryHeader] = []
        for (name, value) in given {
            guard let value = value.stringValue else { throw DeliveryFault("the header \(name) is not a string") }
            headers.append(try DeliveryHeader(name: name, value: value))
        }
        return headers
    }

    /// Whether it is to be told of messages at this moment.
    package func isOpen(at now: Timestamp, demandingConfirmation: Bool) -> Bool {
        guard now < expires, isConfirmed || !demandingConfirmation else { return false }
        if case .elsewhere = way { return false }
        return true
    }
}

extension JSONObject {
    /// A member that is a string and says something.
    func text(_ name: String) -> String? {
        self[name]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension RetryPlan {
    /// A policy as clients write it, whose rules were checked when it was stored: values that say nothing stand for the
    /// defaults. Nil if it has no members.
    init?(_ value: JSONValue) {
        guard let policy = value.objectValue, !policy.isEmpty else { return nil }
        self.init()
        let numbers: [(String, WritableKeyPath<RetryPlan, Int>)] = [
            ("retries_with_no_delay", \.retriesWithoutDelay), ("minimum_delay_retries", \.minimumDelayRetries),
            ("minimum_delay", \.minimumDelay), ("maximum_delay", \.maximumDelay),
            ("maximum_delay_retries", \.maximumDelayRetries),
        ]
        for (name, path) in numbers {
            if let number = policy[name]?.integerValue { self[keyPath: path] = Int(number) }
        }
        if let function = policy.text("retry_backoff_function").flatMap(Backoff.init) { backoff = function }
        ignoresSubscriptions = policy["ignore_subscription_override"]?.boolValue ?? false
    }
}
