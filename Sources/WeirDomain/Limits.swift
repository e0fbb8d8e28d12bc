/// Every bound of the system that is not the operator's to change. The units are in the names.
package enum Limits {
    // Names
    package static let queueNameCharacters = 64
    package static let projectCharacters = 256
    package static let poolNameCharacters = 255
    package static let flavorNameCharacters = 255
    package static let poolURICharacters = 2048
    package static let poolWeightMaximum = 4_294_967_295

    // Requests
    /// Nesting of arrays and objects in a request body.
    package static let jsonDepth = 512
    /// Bodies of pool, flavor, claim and purge requests.
    package static let adminBodyBytes = 262_144
    /// Characters of a request's path and query.
    package static let targetBytes = 16_384
    /// Page size when a request names none.
    package static let defaultPageSize = 10
    /// Different metadata filters in one queue listing.
    package static let metadataFilters = 16

    // Signed URLs
    /// The longest life of a signature, if the operator names none: a year.
    package static let signatureSeconds = 31_536_000
    /// The life of a signature when a request names none.
    package static let defaultShareSeconds = 86_400
    /// By how much the clocks of nodes that share a key may differ when a signature of the longest life is presented.
    package static let signatureClockSkewSeconds = 60
    /// Paths in a signature, of so many bytes each.
    package static let signedPaths = 16
    package static let signedPathBytes = 512
    /// Methods in a signature, of so many letters each.
    package static let signedMethods = 16
    package static let signedMethodBytes = 16

    // Connections
    /// One header of a request, or all of them together.
    package static let requestHeaderBytes = 80 * 1024
    package static let requestHeaders = 1000
    /// What a client may have sent ahead before reading from it stops: parts (a head, a piece of a body, an end), and
    /// bytes of bodies. What comes with the same reading is let in.
    package static let waitingRequestParts = 64
    package static let waitingRequestBytes = 65_536
    /// How much of a body that was refused unread is thrown away before its sender is cut off.
    package static let discardedBodyBytes = 64 << 20
    /// How long what a client sends after its connection was given up is let in.
    package static let lingerMilliseconds: Int64 = 1000

    // Concurrency
    /// Operations that wait for one pool; beyond this a caller is told that the pool is busy.
    package static let pendingOperationsPerPool = 8192
    /// Operations that share one transaction.
    package static let operationsPerCommit = 512
    /// Catalog reads and writes that wait.
    package static let pendingCatalogOperations = 8192

    // Pools that fail
    /// Failures in a row after which a pool's callers are refused at once.
    package static let failuresThatTrip = 5
    /// What a caller waits for being told that the pool is away.
    package static let refusalMilliseconds = 100
    /// How often pools that do not answer are tried.
    package static let poolWatchMilliseconds = 250
    /// Of so many rounds of the watch one asks every pool.
    package static let roundsBetweenPings = 8
    /// How long a pool may take to answer the watch.
    package static let poolPingMilliseconds = 1500
    /// How long a round of garbage collection waits for the slowest pool.
    package static let collectionMilliseconds = 5000

    // Routes
    /// How often an operation follows a route that changed under it before its caller is told to try again.
    package static let routeAttempts = 4

    /// Catalog reads of one queue's route that are on their way at a time; further callers share the next one.
    package static let readsOfOneRoute = 4

    // Cutovers
    /// How often requests that wait for a cutover look whether it is over.
    package static let cutoverPollMilliseconds = 3
    /// A cutover during which a request has waited this long is given up by the node of the request.
    package static let cutoverPatienceMilliseconds = 250
    /// What a request waits for a cutover at the most.
    package static let cutoverWaitMilliseconds: Int64 = 1000
    /// Requests of one node that may wait for cutovers.
    package static let waitingForCutovers = 8192

    // Waiting for messages
    /// The longest wait that a request may ask for.
    package static let longestWaitSeconds = 20
    /// How often a node looks at a queue that requests wait for.
    package static let glanceMilliseconds = 500
    /// Requests that wait for one queue on one node; further ones are answered at once.
    package static let waitersPerQueue = 1000
    package static let waitersPerNode = 10_000
    /// Of those that wait to see messages of a queue with delays, so many look at each glance.
    package static let viewersPerGlance = 4

    // Caches
    /// At 40 bytes each.
    package static let cachedRoutes = 1_048_576

    // Background work
    /// Records that one step of garbage collection removes.
    package static let collectedPerStep = 1000
    package static let collectionIntervalMilliseconds = 1000
    /// Queues that are gone from the catalog and retired from their pools in one round.
    package static let retirementsPerRound = 500
    /// How often a node looks for changes of pools, and tries again those it cannot reach.
    package static let catalogPollMilliseconds = 1000
    /// Changes of queue records that a catalog remembers for nodes that look for them.
    package static let rememberedChanges = 100_000
    /// Changes that a node reads at a time.
    package static let changesPerPoll = 10_000
    /// Migrations that are over and still shown.
    package static let rememberedMigrations = 20_000
    /// Entries on a page of the audit log.
    package static let auditPageSize = 100
    /// How long a pool remembers that a queue's life is over, so that no stale node can revive it.
    package static let tombstoneSeconds = 86_400
    /// The content of a document in the catalog.
    package static let documentBytes = 1_048_576
    /// Messages that one step of a purge removes.
    package static let purgedPerStep = 1000
    /// Queues that one step of a filtered queue listing reads.
    package static let queuesScannedPerStep = 500

    // Subscriptions
    package static let subscriptionsPerQueue = 10_000
    /// What a subscriber's address may have.
    package static let subscriberCharacters = 2048
    /// Options as JSON text.
    package static let subscriptionOptionsBytes = 65_536
    /// The longest ttl of a subscription, some 7,900 years: it ends before the year 10,000, where dates get longer.
    package static let subscriptionTTLSeconds = 250_000_000_000
    /// How long the first subscription of a queue waits, in a catalog that nodes share, until all of them have read that
    /// the queue has subscriptions.
    package static let subscriptionNoticeMilliseconds = 1500
    /// How often one who subscribes tries to get hold of a subscriber that others want at the same time.
    package static let subscriberAttempts = 16
    /// How long it waits in between, at the most.
    package static let subscriberPauseMilliseconds = 60
    /// Subscriptions that one step of a purge removes.
    package static let subscriptionsPurgedPerStep = 100

    // Claims
    /// The longest grace that a renewal may ask for: a hundred years.
    package static let renewalGraceSeconds = 3_153_600_000
    /// How long dead messages stay hidden while they are moved to their dead letter queue.
    package static let deadLetterHoldSeconds = 60
    /// How often a claim looks again when all it found was dead.
    package static let deadLetterRounds = 16

    // Deliveries
    package static let subscriberURIBytes = 2048
    package static let deliveryHeaders = 32
    package static let deliveryHeaderNameBytes = 128
    package static let deliveryHeaderValueBytes = 4096
    /// All that a subscriber answers beyond is not read.
    package static let deliveryAnswerBytes = 65_536
    /// How long a subscriber's machine may take to accept a connection.
    package static let deliveryConnectMilliseconds = 5000
    /// How long a subscriber may take from the look-up of its name to the end of its answer.
    package static let deliveryMilliseconds = 10_000
    /// Attempts for one delivery, whatever its retry policy says.
    package static let deliveryAttempts = 1000
    /// The longest delay between two attempts: half a day.
    package static let deliveryDelaySeconds = 43_200
    /// Requests and mails of one node that wait for their turn.
    package static let waitingDeliveries = 4096
    /// Connections to subscribers that are kept for the next request.
    package static let idleDeliveryConnections = 128
    /// Names that are looked up at a time, and those that wait for it.
    package static let nameLookups = 8
    package static let waitingNameLookups = 256
    /// Addresses of a name that are tried.
    package static let triedAddresses = 3
    /// How long the answer to a look-up is used again.
    package static let nameMilliseconds = 2000
    /// How long a name whose look-up failed or took too long is not looked up again.
    package static let failedNameMilliseconds = 5000
    /// Names that are remembered.
    package static let rememberedNames = 1024
    package static let mailSubjectBytes = 1024
    /// Mail commands that run at a time, and mails that wait for one.
    package static let mailCommands = 4
    package static let waitingMails = 256
    /// How long a mail command may run.
    package static let mailCommandMilliseconds = 20_000
}
