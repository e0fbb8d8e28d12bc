internal import NIOCore
internal import WeirConfiguration
internal import WeirDomain
internal import WeirHTTP
internal import WeirMigration
internal import WeirOperations
internal import WeirWebSocket

/// What the operator set, in the words of the modules that obey it.
extension Settings {
    var serviceLimits: ServiceLimits {
        var service = ServiceLimits()
        service.defaultMessageTTL = limits.defaultMessageTTL
        service.maximumMessageTTL = limits.maxMessageTTL
        service.defaultMessageDelay = limits.defaultMessageDelay
        service.maximumMessageDelay = limits.maxMessageDelay
        service.defaultClaimTTL = limits.defaultClaimTTL
        service.maximumClaimTTL = limits.maxClaimTTL
        service.defaultClaimGrace = limits.defaultClaimGrace
        service.maximumClaimGrace = limits.maxClaimGrace
        service.queuesPerPage = limits.maxQueuesPerPage
        service.messagesPerPage = limits.maxMessagesPerPage
        service.poolsPerPage = limits.maxPoolsPerPage
        service.flavorsPerPage = limits.maxFlavorsPerPage
        service.messagesPerClaimOrPop = limits.maxMessagesPerClaimOrPop
        service.queueMetadataBytes = limits.maxQueueMetadata
        service.messagesPostBytes = limits.maxMessagesPostSize
        service.defaultSubscriptionTTL = limits.defaultSubscriptionTTL
        service.subscriptionsPerPage = limits.maxSubscriptionsPerPage
        service.subscriberTypes = limits.subscriberTypes.compactMap { SubscriberScheme(rawValue: $0.rawValue) }
        return service
    }

    var urlSigner: URLSigner {
        URLSigner(key: signedURL.secretKey, previousKeys: signedURL.previousKeys, maximumSeconds: signedURL.maxTTL)
    }

    var bodyCipher: BodyCipher {
        BodyCipher(key: limits.messageEncryptionKey, previousKeys: limits.messageEncryptionPreviousKeys)
    }

    var migrationSettings: MigrationSettings {
        var moves = MigrationSettings()
        moves.concurrency = migration.concurrency
        moves.concurrencyPerPool = migration.concurrencyPerPool
        moves.messagesPerSecond = migration.messagesPerSecond > 0 ? migration.messagesPerSecond : nil
        moves.bytesPerSecond = migration.bytesPerSecond > 0 ? migration.bytesPerSecond : nil
        moves.isConsiderate = migration.considerate
        return moves
    }

    var httpOptions: HTTPOptions {
        var options = HTTPOptions()
        options.adminMode = adminMode
        options.checksums = enableChecksum
        options.olderVersions = Set(enableDeprecatedAPIVersions.map { $0 == .v1 ? .v1 : .v1_1 })
        options.deletesOnlyClaimed = limits.messageDeleteWithClaimID
        options.clientIDs = clientIDRule
        options.cors.origins = cors.allowedOrigin
        options.cors.methods = cors.allowMethods
        options.cors.requestHeaders = cors.allowHeaders
        options.cors.exposedHeaders = cors.exposeHeaders
        options.cors.allowsCredentials = cors.allowCredentials
        options.cors.maximumAgeSeconds = cors.maxAge
        return options
    }

    var socketOptions: SocketOptions {
        var options = SocketOptions()
        options.deletesOnlyClaimed = limits.messageDeleteWithClaimID
        options.clientIDs = clientIDRule
        options.terms.pingInterval = TimeAmount(websocket.pingInterval)
        options.terms.pongTimeout = TimeAmount(websocket.pongTimeout)
        options.terms.sendTimeout = TimeAmount(websocket.sendTimeout)
        options.terms.idleTimeout = TimeAmount(websocket.idleTimeout)
        options.terms.messageBytes = socketMessageBytes
        return options
    }

    /// Whatever HTTP takes fits into a message, with what stands around it.
    private var socketMessageBytes: Int {
        max(limits.maxMessagesPostSize, limits.maxQueueMetadata, WeirDomain.Limits.adminBodyBytes)
            + WeirDomain.Limits.socketEnvelopeBytes
    }

    private var clientIDRule: ClientIDRule {
        ClientIDRule(
            demandsUUID: limits.clientIDUUIDSafe == .strict,
            lengths: limits.minLengthClientID...limits.maxLengthClientID)
    }
}
