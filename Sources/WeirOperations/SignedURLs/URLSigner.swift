internal import Crypto
package import WeirDomain

/// Signs grants, and tells its own signatures from all others (HMAC-SHA256). All nodes of a service have the same keys.
package struct URLSigner: Sendable {
    /// The first signs, any verifies: so a key can be replaced while its signatures are still around.
    private let keys: [SymmetricKey]
    private let hasSigningKey: Bool
    /// The longest life of a signature.
    package let maximumSeconds: Int

    /// - Parameters:
    ///   - key: Signs; nil if nothing can be signed here.
    ///   - previousKeys: Are still accepted.
    package init(key: String?, previousKeys: [String] = [], maximumSeconds: Int = Limits.signatureSeconds) {
        hasSigningKey = key != nil
        keys = ([key].compactMap(\.self) + previousKeys).map { SymmetricKey(data: Array($0.utf8)) }
        self.maximumSeconds = maximumSeconds
    }

    /// Signs nothing and admits nobody.
    package static let none = URLSigner(key: nil)

    /// Nil if there is no key to sign with.
    package func sign(_ grant: URLGrant) -> URLSignature? {
        guard hasSigningKey, let key = keys.first else { return nil }
        let code = HMAC<SHA256>.authenticationCode(for: Array(grant.stringToSign.utf8), using: key)
        return URLSignature(grant: grant, code: Array(code))
    }

    /// Whether what a request presents is a grant that was signed here, is not over, and covers the request.
    ///
    /// - Parameter path: What lies between the slashes, decoded, as it is routed.
    package func admits(
        _ presented: PresentedSignature, _ method: String, _ path: [String], at now: Timestamp
    ) -> Bool {
        guard presented.grant.covers(method, path),
            presented.grant.isLive(at: now, maximumSeconds: maximumSeconds)
        else { return false }
        let text = Array(presented.grant.stringToSign.utf8)
        // Compares in a time that says nothing about where the codes differ.
        return keys.contains { HMAC<SHA256>.isValidAuthenticationCode(presented.code, authenticating: text, using: $0) }
    }

    /// Whether a frame that presents this may act on the messages of the queue. Frames name their queue in the body,
    /// so it is compared here with the paths that are granted.
    ///
    /// - Parameter method: What the frame's action is over HTTP: GET, POST or DELETE.
    package func admits(
        _ presented: PresentedSignature, _ method: String, messagesOf queue: QueueName, at now: Timestamp
    ) -> Bool {
        admits(presented, method, ["v2", "queues", queue.value, "messages"], at: now)
    }
}
