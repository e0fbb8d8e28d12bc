extension Settings {
    /// The bounds on requests that are the operator's to change, by Zaqar's names. Times are whole seconds.
    package struct Limits: Sendable, Hashable {
        package var defaultMessageTTL = 0
        package var maxMessageTTL = 0
        package var defaultMessageDelay = 0
        package var maxMessageDelay = 0
        package var defaultClaimTTL = 0
        package var maxClaimTTL = 0
        package var defaultClaimGrace = 0
        package var maxClaimGrace = 0
        package var defaultSubscriptionTTL = 0
        package var maxQueuesPerPage = 0
        package var maxMessagesPerPage = 0
        package var maxSubscriptionsPerPage = 0
        package var maxFlavorsPerPage = 0
        package var maxPoolsPerPage = 0
        package var maxMessagesPerClaimOrPop = 0
        /// Bytes.
        package var maxQueueMetadata = 0
        /// Bytes.
        package var maxMessagesPostSize = 0
        package var subscriberTypes: [SubscriberType] = []
        package var clientIDUUIDSafe = ClientIDCheck.strict
        /// Characters; counts only when `clientIDUUIDSafe` is off.
        package var minLengthClientID = 0
        /// Characters; counts only when `clientIDUUIDSafe` is off.
        package var maxLengthClientID = 0
        package var messageDeleteWithClaimID = false
        package var messageEncryptionAlgorithms = ""
        /// Secret.
        package var messageEncryptionKey: String?
        /// Secret.
        package var messageEncryptionPreviousKeys: [String] = []
    }
}
