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
    /// Bytes of a request's path.
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
    /// The longest `Location` that names what a post has stored, which its body does too: common proxies and clients take no
    /// more in a header.
    package static let locationBytes = 8000
    /// What a client may have sent ahead before reading from it stops: parts (a head, a piece of a body, an end), and
    /// bytes of bodies. What comes with the same reading is let in.
    package static let waitingRequestParts = 64
    package static let waitingRequestBytes = 65_536
    /// How much of a body that was refused unread is thrown away before its sender is cut off.
    package static let discardedBodyBytes = 64 << 20
    /// What the kernel takes of an answer before it can send it.
    package static let unsentInKernelBytes = 131_072
    /// A client that takes so much of an answer in the time that is left to it is slow, and no more.
    package static let slowestReadBytes = 4096
    /// How long what a client sends after its connection was given up is let in.
    package static let lingerMilliseconds: Int64 = 1000

    // WebSocket
    /// What a message may have beside the largest body: action, headers, and the names around it.
    package static let socketEnvelopeBytes = 65_536
    /// Fragments that one message may come in.
    package static let socketFragments = 1024
    /// How long a client may take to answer a close frame.
    package static let socketCloseMilliseconds: Int64 = 3000
    /// Queues that one connection may be subscribed to.
    package static let subscriptionsPerSocket = 64
    /// How often a connection that gets messages looks whether its subscription is still there.
    package static let socketSubscriptionLookMilliseconds: Int64 = 5000
    /// Likewise while nothing is posted to its queue.
    package static let quietSubscriptionLookMilliseconds: Int64 = 60_000

    // Repeated posts
    package static let idempotencyKeyBytes = 255
    /// How long a post under a key is known.
    package static let receiptSeconds = 300

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

    // Clocks
    /// How far the clocks of two callers may be apart before the one that is behind is believed.
    package static let clockDifferenceSeconds = 60

    // Changes
    /// How often somebody changes what others change at the same time, before the caller is told to try again.
    package static let changeAttempts = 24
    /// How long one waits between these at the most.
    package static let changePauseMilliseconds = 64

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
    package static let collectedPerStep = 250
    package static let collectionIntervalMilliseconds = 1000
    /// How long garbage collection leaves most of the time to requests while it does not come to an end.
    package static let collectionPatienceSeconds = 60
    /// Queues that are gone from the catalog and retired from their pools in one round.
    package static let retirementsPerRound = 500
    /// How often a node looks for changes of pools, and tries again those it cannot reach.
    package static let catalogPollMilliseconds = 1000
    /// How long whoever changes something waits, in a catalog that nodes share, until all of them have read it.
    package static let noticeMilliseconds = 1500
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
    package static let deadLetterRounds = 256
    /// How far a claim or a pop looks for messages that can be opened behind those that cannot, and how many are read at a time.
    package static let closedMessages = 1000
    package static let closedMessagesPage = 100

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
    /// Names that are looked up at a time, and how many of these may be names that were not found of late: they alone may
    /// take long.
    package static let nameLookups = 8
    package static let strangeNameLookups = 6
    /// Of these, those that one project has asked for.
    package static let strangeNameLookupsPerProject = 3
    /// How long a name that was found is no stranger.
    package static let foundNameMilliseconds = 600_000
    /// Names that wait to be looked up.
    package static let waitingNameLookups = 256
    /// Addresses of a name that are tried.
    package static let triedAddresses = 3
    /// How long the answer to a look-up is used again.
    package static let nameMilliseconds = 2000
    /// How long a name whose look-up failed or took too long is not looked up again.
    package static let failedNameMilliseconds = 5000
    /// Names that are remembered.
    package static let rememberedNames = 1024
    /// What a subscriber is sent in place of a message, if a text with the message in it once has no more.
    package static let filledTemplateBytes = 1_048_576
    package static let mailSubjectBytes = 1024
    /// Mail commands that run at a time, and mails that wait for one.
    package static let mailCommands = 4
    package static let waitingMails = 256
    /// How long a mail command may run.
    package static let mailCommandMilliseconds = 20_000

    // Notifier
    /// How long an outbox keeps what nobody has come for.
    package static let outboxSeconds = 1_209_600
    /// How long what was delivered stays in an outbox, for readers on other nodes.
    package static let outboxTailMilliseconds: Int64 = 5000
    /// Entries that are read from an outbox at a time.
    package static let outboxBatch = 64
    /// How often an outbox is looked at that no post of this node rings for.
    package static let outboxPollMilliseconds = 150
    package static let outboxIdlePollMilliseconds = 1000
    /// How often a node looks for outboxes, and for those that no node serves.
    package static let outboxSearchMilliseconds = 1000
    /// How long a node that serves an outbox has it to itself without saying so again.
    package static let leaseMilliseconds: Int64 = 10_000
    package static let leaseRenewalMilliseconds: Int64 = 3000
    /// How often the place up to which an outbox was served is written down.
    package static let cursorMilliseconds: Int64 = 500
    /// Parcels that wait in memory for one subscriber, and in a node for all of them; more go to the backlog.
    package static let parcelsPerLane = 1024
    package static let parcelsInMemory = 65_536
    /// Bytes of all that waits in the memory of a node.
    package static let bytesInMemory = 268_435_456
    /// Parcels that are written to a backlog, or taken from a list of failures, at a time, and their bytes: what is beyond
    /// waits for the next time, if it is not the only one.
    package static let parcelsPerWrite = 32
    package static let bytesPerWrite = 4_194_304
    /// Parcels of one entry that are handed to one lane at a time, and lanes that are handed some at a time.
    package static let parcelsPerOffer = 256
    package static let offersAtATime = 16
    /// Subscriptions that are remembered while a batch of entries is handed out.
    package static let rememberedRecipients = 1000
    /// Bytes of what waits in memory for one subscriber, beyond which the next one goes to the backlog.
    package static let laneBytes = 4_194_304
    /// After so long an attempt counts as slow: what waits for it in memory goes to the backlog.
    package static let slowAttemptMilliseconds = 1000
    /// Slow attempts of a node that are under way before further ones to slow subscribers wait.
    package static let slowAttempts = 64
    /// Subscriptions of which a node remembers that they were quick.
    package static let rememberedQuickSubscriptions = 65_536
    /// Attempts beyond these that may be under way since they turned slow only then.
    package static let turnedSlowAttempts = 512
    /// Parcels that are taken from a backlog at a time, and for how long.
    package static let backlogBatch = 32
    package static let backlogClaimSeconds = 60
    /// When a delivery is tried again that did not get as far as an attempt.
    package static let untriedSeconds = 5
    /// How often a backlog is looked at of which it is not known when its next parcel is due.
    package static let backlogPollMilliseconds: Int64 = 1000
    /// Parcels for one subscriber that are tried again later; more are given up at once.
    package static let backlogParcels = 100_000
    /// Failed deliveries that are kept for each subscription, and for how long.
    package static let failedDeliveries = 10_000
    package static let failedDeliverySeconds = 604_800
    package static let failuresPerPage = 100
    /// How often lists of failures are removed of which the subscription is over.
    package static let failureSweepMilliseconds = 3_600_000
    /// What a node does when a store does not take what the notifier has to write.
    package static let notifierPauseMilliseconds = 250
    /// How often a node says of one thing that it still fails.
    package static let notifierReportMilliseconds: Int64 = 60_000
    /// How long what is known of a subscription is good enough to deliver by.
    package static let recipientMilliseconds: Int64 = 1000
    /// How often it is looked whether the subscription is still there while its backlog waits.
    package static let idleRecipientMilliseconds = 10_000
    /// Subscriptions that are read at a time.
    package static let subscriptionsPerRead = 200
    /// Bytes of messages, and of what is kept with each, that wait in memory for one reader of a tail, and in a node for all
    /// of them; one that is slower is cut off.
    package static let tailBytes = 32 << 20
    package static let tailBytesPerNode = 256 << 20
    package static let tailMessageBytes = 256
}
