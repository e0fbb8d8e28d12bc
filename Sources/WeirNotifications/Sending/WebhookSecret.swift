internal import Crypto
package import WeirDomain

/// What a subscriber and the service alone know: signs requests in the form of Standard Webhooks.
package struct WebhookSecret: Sendable {
    private let key: SymmetricKey

    /// A secret that was stored before its form was looked at, and has a wrong one, signs as the text that it is.
    package init(_ text: String) {
        key = SymmetricKey(data: (try? WebhookKey(text))?.bytes ?? Array(text.utf8))
    }

    /// The headers that sign this body, which is sent with the header `webhook-id`.
    package func headers(id: String, at now: Timestamp, body: [UInt8]) -> [(String, String)] {
        let seconds = now.milliseconds / 1000
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(id).\(seconds).".utf8) + body, using: key)
        return [
            ("webhook-timestamp", "\(seconds)"),
            ("webhook-signature", "v1,\(Base64.encode(Array(code)))"),
        ]
    }
}
