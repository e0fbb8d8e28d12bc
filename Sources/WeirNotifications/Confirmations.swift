package import Logging
package import WeirDomain
internal import WeirJSON
package import WeirOperations
internal import WeirStorage

/// Asks subscribers whether they want to be told, and tells them when that has ended.
package struct Confirmations: SubscriptionEvents {
    /// A mail about a subscription, with places for the queue, the project and a link.
    package struct MailTemplate: Hashable, Sendable {
        package var subject: String
        package var body: String
        package var sender: String

        package init(subject: String, body: String, sender: String) {
            self.subject = subject
            self.body = body
            self.sender = sender
        }
    }

    /// What the operator has set.
    package struct Terms: Sendable {
        package var signer: URLSigner
        /// The page to which mails link; without one there are none.
        package var page: String?
        package var subscribing: MailTemplate
        package var unsubscribing: MailTemplate
        /// Seconds in which somebody who unsubscribed can change their mind.
        package var defaultSubscriptionTTL: Int

        package init(
            signer: URLSigner, page: String?, subscribing: MailTemplate, unsubscribing: MailTemplate,
            defaultSubscriptionTTL: Int
        ) {
            self.signer = signer
            self.page = page
            self.subscribing = subscribing
            self.unsubscribing = unsubscribing
            self.defaultSubscriptionTTL = defaultSubscriptionTTL
        }
    }

    private let terms: Terms
    private let outbox: Outbox
    private let clock: any WeirClock
    private let logger: Logger

    package init(_ terms: Terms, outbox: Outbox, clock: any WeirClock, logger: Logger) {
        self.terms = terms
        self.outbox = outbox
        self.clock = clock
        self.logger = logger
    }

    package func subscribed(_ subscription: Subscription) async {
        await notify(subscription, "SubscriptionConfirmation", seconds: subscription.ttl, terms.subscribing)
    }

    package func unconfirmed(_ subscription: Subscription) async {
        await notify(
            subscription, "UnsubscribeConfirmation", seconds: terms.defaultSubscriptionTTL, terms.unsubscribing)
    }

    // MARK: Notices

    /// The notice goes through the outbox, as messages do, so it is not lost either.
    private func notify(_ subscription: Subscription, _ kind: String, seconds: Int, _ template: MailTemplate) async {
        guard let signature = sign(subscription, seconds: seconds) else {
            logger.error("no notice about a subscription", metadata: ["reason": "signed_url.secret_key is not set"])
            return
        }
        var generator = Entropy()
        var parcel = Parcel(id: Identifier128.text(high: generator.next(), low: generator.next()), payload: [])
        parcel.isNotice = true
        if subscription.subscriber.lowercased().hasPrefix("mailto:") {
            guard let page = terms.page else {
                logger.error(
                    "no notice about a subscription", metadata: ["reason": "external_confirmation_url is not set"])
                return
            }
            parcel.letter = Parcel.Letter(subject: template.subject, sender: template.sender)
            parcel.payload = Array(text(template, subscription, link(page, signature, subscription)).utf8)
        } else {
            parcel.payload = JSONValue.object(notice(subscription, kind, signature)).bytes
        }
        do throws(StorageError) {
            try await outbox.announce(.parcels([parcel], subscription: subscription.id), about: subscription.source)
        } catch {
            logger.error("no notice about a subscription", metadata: ["reason": "\(error.reason)"])
        }
    }

    private func sign(_ subscription: Subscription, seconds: Int) -> URLSignature? {
        let end = clock.now().adding(seconds: min(seconds, terms.signer.maximumSeconds))
        let (project, collection) = subscription.source.project.visible
        let path = "/v2/\(collection)/\(subscription.source.name.value)/subscriptions/\(subscription.id)/confirm"
        return URLGrant(paths: [path], methods: ["PUT"], project: project, expires: CivilTime(end).text)
            .flatMap { terms.signer.sign($0) }
    }

    private func notice(_ subscription: Subscription, _ kind: String, _ signature: URLSignature) -> JSONObject {
        let name = subscription.source.name.value
        let sentence =
            kind == "SubscriptionConfirmation"
            ? "You are to be told of the messages of the queue \(name). To confirm this, send SubscribeBody with PUT to the "
                + "path in URL-Paths, with this notice's signature in the headers."
            : "You are no longer told of the messages of the queue \(name). To be told again, send SubscribeBody with PUT "
                + "to the path in URL-Paths, with this notice's signature in the headers."
        return [
            "Message_Type": .string(kind), "Message": .string(sentence), "URL-Signature": .string(signature.text),
            "URL-Methods": .string(signature.grant.methods.joined(separator: ",")),
            "URL-Paths": .string(signature.grant.paths.joined(separator: ",")),
            "X-Project-ID": .string(signature.grant.project ?? ""), "URL-Expires": .string(signature.grant.expires),
            "SubscribeBody": ["confirmed": true], "UnsubscribeBody": ["confirmed": false], "queue_name": .string(name),
        ]
    }

    // MARK: Mails

    private func text(_ template: MailTemplate, _ subscription: Subscription, _ link: String) -> String {
        let values = [
            "{0}": subscription.source.name.value, "{1}": subscription.source.project.visible.project, "{2}": link,
        ]
        var text = ""
        var rest = template.body[...]
        while let character = rest.first {
            if let value = values[String(rest.prefix(3))] {
                text += value
                rest = rest.dropFirst(3)
            } else {
                text.append(character)
                rest = rest.dropFirst()
            }
        }
        return text
    }

    /// The values are not encoded, as existing pages expect.
    private func link(_ page: String, _ signature: URLSignature, _ subscription: Subscription) -> String {
        let path = signature.grant.paths.joined(separator: ",")
        let fields = [
            ("Signature", signature.text), ("Methods", signature.grant.methods.joined(separator: ",")), ("Paths", path),
            ("Project", signature.grant.project ?? ""), ("Expires", signature.grant.expires), ("Url", path),
            ("Queue", subscription.source.name.value),
        ]
        return page + "?" + fields.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }
}

extension ProjectID {
    /// The project as its owner knows it, and the collection that its queues are in.
    var visible: (project: String, collection: String) {
        guard isHidden(in: .topics), let colon = value.firstIndex(of: ":") else { return (value, "queues") }
        return (String(value[value.index(after: colon)...]), "topics")
    }
}
