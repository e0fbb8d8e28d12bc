package import WeirDomain
package import WeirJSON

extension QueueSettings {
    /// Reads the reserved keys. Values that are absent, null, zero or of another type say nothing: they were
    /// checked when they were stored.
    package init(metadata: JSONObject) {
        self.init()
        maximumPostBytes = metadata.positive("_max_messages_post_size")
        messageTTL = metadata.positive("_default_message_ttl")
        messageDelay = metadata.positive("_default_message_delay")
        deadLetterQueue = metadata["_dead_letter_queue"]?.stringValue.flatMap(QueueName.init)
        deadLetterTTL = metadata.positive("_dead_letter_queue_messages_ttl")
        maximumClaims = metadata.positive("_max_claim_count")
        hasSubscriptions = metadata[HiddenMetadata.subscribed] != nil
        encryptsMessages = metadata["_enable_encrypt_messages"]?.boolValue ?? false
    }
}

extension JSONObject {
    fileprivate func positive(_ name: String) -> Int? {
        guard let value = self[name]?.integerValue, value > 0 else { return nil }
        return Int(value)
    }
}
