extension ConfigurationOption {
    /// 68 years: what fits a signed 32-bit number, which some clients keep a time to live in.
    private static let longest = 2_147_483_647
    private static let largestBody = 16_777_216
    private static let largestPage = 10_000

    static let limits: [ConfigurationOption] = times + pages + sizes + clients + encryption

    private static let times: [ConfigurationOption] = [
        .init(
            "limits.default_message_ttl", \.limits.defaultMessageTTL, .integer(60...longest, "seconds"),
            default: 3600, "How long a message lives when its post names no ttl."),
        .init(
            "limits.max_message_ttl", \.limits.maxMessageTTL, .integer(60...longest, "seconds"),
            default: 1_209_600, "The longest ttl of a message."),
        .init(
            "limits.default_message_delay", \.limits.defaultMessageDelay, .integer(0...longest, "seconds"),
            default: 0, "How long a message stays invisible when its post names no delay."),
        .init(
            "limits.max_message_delay", \.limits.maxMessageDelay, .integer(0...longest, "seconds"),
            default: 900, "The longest delay of a message."),
        .init(
            "limits.default_claim_ttl", \.limits.defaultClaimTTL, .integer(60...longest, "seconds"),
            default: 300, "How long a claim lasts when its request names no ttl."),
        .init(
            "limits.max_claim_ttl", \.limits.maxClaimTTL, .integer(60...longest, "seconds"),
            default: 43_200, "The longest ttl of a claim."),
        .init(
            "limits.default_claim_grace", \.limits.defaultClaimGrace, .integer(60...longest, "seconds"),
            default: 60, "How long claimed messages outlive their claim when its request names no grace."),
        .init(
            "limits.max_claim_grace", \.limits.maxClaimGrace, .integer(60...longest, "seconds"),
            default: 43_200, "The longest grace of a claim."),
        .init(
            "limits.default_subscription_ttl", \.limits.defaultSubscriptionTTL,
            .integer(60...longest, "seconds"),
            default: 3600, "How long a subscription lives when its request names no ttl."),
    ]

    private static let pages: [ConfigurationOption] = [
        .init(
            "limits.max_queues_per_page", \.limits.maxQueuesPerPage, .integer(1...largestPage, "queues"),
            default: 20, "The most queues, or topics, in one page of a listing."),
        .init(
            "limits.max_messages_per_page", \.limits.maxMessagesPerPage,
            .integer(1...largestPage, "messages"),
            default: 20, "The most messages in one page of a listing."),
        .init(
            "limits.max_subscriptions_per_page", \.limits.maxSubscriptionsPerPage,
            .integer(1...largestPage, "subscriptions"),
            default: 20, "The most subscriptions in one page of a listing."),
        .init(
            "limits.max_flavors_per_page", \.limits.maxFlavorsPerPage, .integer(1...largestPage, "flavors"),
            default: 20, "The most flavors in one page of a listing."),
        .init(
            "limits.max_pools_per_page", \.limits.maxPoolsPerPage, .integer(1...largestPage, "pools"),
            default: 20, "The most pools in one page of a listing."),
        .init(
            "limits.max_messages_per_claim_or_pop", \.limits.maxMessagesPerClaimOrPop,
            .integer(1...largestPage, "messages"),
            default: 20, "The most messages that one claim holds or one pop removes."),
    ]

    private static let sizes: [ConfigurationOption] = [
        .init(
            "limits.max_queue_metadata", \.limits.maxQueueMetadata, .integer(1...largestBody, "bytes"),
            default: 65_536, "The largest metadata of a queue, as JSON text."),
        .init(
            "limits.max_messages_post_size", \.limits.maxMessagesPostSize, .integer(1...largestBody, "bytes"),
            default: 262_144, "The largest body of a request that posts messages."),
    ]

    private static let clients: [ConfigurationOption] = [
        .init(
            "limits.subscriber_types", \.limits.subscriberTypes, .choices(), default: SubscriberType.allCases,
            "The schemes that addresses of subscribers may have."),
        .init(
            "limits.client_id_uuid_safe", \.limits.clientIDUUIDSafe, .choice, default: .strict,
            "Whether a Client-ID must be a UUID (strict) or any text of a permitted length (off)."),
        .init(
            "limits.min_length_client_id", \.limits.minLengthClientID, .integer(1...1024, "characters"),
            default: 10, "The shortest Client-ID when client_id_uuid_safe is off."),
        .init(
            "limits.max_length_client_id", \.limits.maxLengthClientID, .integer(1...1024, "characters"),
            default: 36, "The longest Client-ID when client_id_uuid_safe is off."),
        .init(
            "limits.message_delete_with_claim_id", \.limits.messageDeleteWithClaimID, .boolean,
            default: false, "Whether deleting a message takes the id of the claim that holds it."),
    ]

    private static let encryption: [ConfigurationOption] = [
        .init(
            "limits.message_encryption_algorithms", \.limits.messageEncryptionAlgorithms, .encryptionAlgorithm,
            default: "AES256", "How the messages of queues with _enable_encrypt_messages are encrypted."),
        .init(
            "limits.message_encryption_key", \.limits.messageEncryptionKey, .encryptionKey, default: nil, isSecret: true,
            "The key that they are encrypted with, the same on all nodes; empty means that no queue can ask for it."),
        .init(
            "limits.message_encryption_previous_keys", \.limits.messageEncryptionPreviousKeys, .encryptionKeys,
            default: [], isSecret: true,
            "Keys that open what they have encrypted, while a new one takes their place."),
    ]
}
