/// The bounds that the operator may change, with their defaults. Times are seconds, sizes bytes.
package struct ServiceLimits: Sendable {
    package var defaultMessageTTL = 3600
    package var maximumMessageTTL = 1_209_600
    package var defaultMessageDelay = 0
    package var maximumMessageDelay = 900
    package var defaultClaimTTL = 300
    package var maximumClaimTTL = 43_200
    package var defaultClaimGrace = 60
    package var maximumClaimGrace = 43_200
    package var defaultSubscriptionTTL = 3600
    package var queuesPerPage = 20
    package var messagesPerPage = 20
    package var subscriptionsPerPage = 20
    package var poolsPerPage = 20
    package var flavorsPerPage = 20
    package var messagesPerClaimOrPop = 20
    package var queueMetadataBytes = 65_536
    package var messagesPostBytes = 262_144
    /// The schemes that addresses of subscribers may have.
    package var subscriberTypes = SubscriberScheme.allCases

    /// The least a message, claim or subscription may ask for.
    package static let minimumTTL = 60
    package static let minimumGrace = 60

    package init() {}
}
