/// The key that the secret of a subscriber stands for.
package struct WebhookKey: Hashable, Sendable {
    package let bytes: [UInt8]

    /// `whsec_` and base64, as Standard Webhooks writes secrets; any other text is the key as it is.
    /// - Throws: what is wrong with a text that begins with `whsec_`.
    package init(_ secret: String) throws(DeliveryFault) {
        let prefix = "whsec_"
        guard secret.hasPrefix(prefix) else {
            bytes = Array(secret.utf8)
            return
        }
        guard let bytes = Base64.decode(secret.dropFirst(prefix.count)), !bytes.isEmpty else {
            throw DeliveryFault("whsec_ must be followed by base64")
        }
        self.bytes = bytes
    }
}
