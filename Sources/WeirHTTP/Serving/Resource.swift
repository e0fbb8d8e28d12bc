internal import HTTPTypes
internal import WeirDomain

/// What a path names. Every path is one of these or names nothing.
enum Resource: Equatable {
    case versions
    /// The health check of version 1.
    case publicHealth
    case liveness
    case readiness
    case metrics
    case home
    case ping
    case health
    case capabilities
    case queues(QueuePath.Space)
    case queue(QueuePath)
    case route(QueuePath)
    case stats(QueuePath)
    /// Version 1 shows and sets a queue's metadata here.
    case metadata(QueuePath)
    case purge(QueuePath)
    case share(QueuePath)
    case messages(QueuePath)
    case message(QueuePath, id: String)
    case claims(QueuePath)
    case claim(QueuePath, id: String)
    case subscriptions(QueuePath)
    case subscription(QueuePath, id: String)
    case confirmation(QueuePath, id: String)
    case failures(QueuePath, id: String)
    case redrive(QueuePath, id: String)
    case pools
    case pool(String)
    case poolProbe(String)
    case flavors
    case flavor(String)
    case migrations
    case migration(String)
    case migrationOrder(String, Migration.Order)
    case migrationThrottle(String)
    case audit
    case verify

    /// What the segments of a path of the present version name; nil if that is nothing.
    init?(_ path: [String]) {
        switch (path.count, path.first) {
        case (1, ""): self = .versions
        case (1, "healthz"): self = .liveness
        case (1, "readyz"): self = .readiness
        case (1, "metrics"): self = .metrics
        case (2, "v2"):
            guard let resource = Self.collection(path[1]) else { return nil }
            self = resource
        case (3, "v2"):
            guard let resource = Self.member(path[2], of: path[1]) else { return nil }
            self = resource
        case (4, "v2"):
            guard let resource = Self.part(path[3], of: path[1], path[2]) else { return nil }
            self = resource
        case (5, "v2"), (6, "v2"), (7, "v2"):
            guard let resource = Self.item(path) else { return nil }
            self = resource
        default: return nil
        }
    }

    private static func collection(_ name: String) -> Resource? {
        switch name {
        case "": .home
        case "ping": .ping
        case "health": .health
        case "capabilities": .capabilities
        case "queues": .queues(.queues)
        case "topics": .queues(.topics)
        case "pools": .pools
        case "flavors": .flavors
        case "migrations": .migrations
        case "audit": .audit
        case "verify": .verify
        default: nil
        }
    }

    private static func member(_ name: String, of collection: String) -> Resource? {
        switch collection {
        case "queues": .queue(QueuePath(space: .queues, name: name))
        case "topics": .queue(QueuePath(space: .topics, name: name))
        case "pools": .pool(name)
        case "flavors": .flavor(name)
        case "migrations": .migration(name)
        default: nil
        }
    }

    private static func part(_ part: String, of collection: String, _ name: String) -> Resource? {
        if let space = QueuePath.Space(rawValue: collection) {
            return Self.part(part, of: QueuePath(space: space, name: name))
        }
        switch (collection, part) {
        case ("pools", "probe"): return .poolProbe(name)
        case ("migrations", "throttle"): return .migrationThrottle(name)
        case ("migrations", _): return Migration.Order(rawValue: part).map { .migrationOrder(name, $0) }
        default: return nil
        }
    }

    /// Topics have no claims, and nobody is to see where they are.
    private static func part(_ part: String, of queue: QueuePath) -> Resource? {
        switch (queue.space, part) {
        case (_, "messages"): .messages(queue)
        case (_, "subscriptions"): .subscriptions(queue)
        case (_, "stats"): .stats(queue)
        case (_, "purge"): .purge(queue)
        case (.queues, "claims"): .claims(queue)
        case (.queues, "share"): .share(queue)
        case (.queues, "route"): .route(queue)
        default: nil
        }
    }

    /// One of the things of a queue, or a part of it.
    private static func item(_ path: [String]) -> Resource? {
        guard let space = QueuePath.Space(rawValue: path[1]) else { return nil }
        let queue = QueuePath(space: space, name: path[2])
        switch (space, path[3], path.count) {
        case (_, "messages", 5): return .message(queue, id: path[4])
        case (_, "subscriptions", 5): return .subscription(queue, id: path[4])
        case (_, "subscriptions", 6) where path[5] == "confirm": return .confirmation(queue, id: path[4])
        case (_, "subscriptions", 6) where path[5] == "failures": return .failures(queue, id: path[4])
        case (_, "subscriptions", 7) where path[5] == "failures" && path[6] == "redrive":
            return .redrive(queue, id: path[4])
        case (.queues, "claims", 5): return .claim(queue, id: path[4])
        default: return nil
        }
    }

    /// The methods it takes, as the header `Allow` lists them.
    var methods: [HTTPRequest.Method] {
        switch self {
        case .versions, .liveness, .readiness, .metrics, .home, .health, .capabilities, .queues, .route, .stats:
            [.get]
        case .ping, .publicHealth: [.get, .head]
        case .metadata: [.get, .put]
        case .queue(let queue): [.get, .put, .delete, .patch] + (queue.space == .queues ? [.head] : [])
        case .subscriptions: [.get, .post]
        case .subscription: [.get, .patch, .delete]
        case .confirmation: [.put]
        case .failures: [.get]
        case .purge, .share, .claims, .redrive, .poolProbe, .migrationOrder, .migrationThrottle, .verify: [.post]
        case .migrations: [.get, .post]
        case .messages: [.get, .post, .delete]
        case .message: [.get, .delete]
        case .claim: [.get, .patch, .delete]
        case .pools, .flavors, .migration, .audit: [.get]
        case .pool, .flavor: [.get, .put, .patch, .delete]
        }
    }

    /// Only where the operator's API is switched on.
    var isAdministrative: Bool {
        switch self {
        case .health, .capabilities, .route, .pools, .pool, .poolProbe, .flavors, .flavor, .audit, .verify: true
        case .migrations, .migration, .migrationOrder, .migrationThrottle: true
        default: false
        }
    }

    /// Served to anybody, without the headers that say who calls.
    var isPublic: Bool {
        switch self {
        case .versions, .publicHealth, .liveness, .readiness, .metrics: true
        default: false
        }
    }

    /// Whether signatures can give access to it: to what a queue holds, never to the queue itself or to what the operator
    /// looks after, whatever a key was used to sign.
    var isShareable: Bool {
        switch self {
        case .messages, .message, .claims, .claim, .subscriptions, .subscription, .confirmation: true
        default: false
        }
    }

    /// The queue or topic it belongs to.
    var queue: QueuePath? {
        switch self {
        case .queue(let queue), .route(let queue), .stats(let queue), .metadata(let queue), .purge(let queue),
            .share(let queue), .messages(let queue), .message(let queue, _), .claims(let queue),
            .claim(let queue, _), .subscriptions(let queue), .subscription(let queue, _),
            .confirmation(let queue, _), .failures(let queue, _), .redrive(let queue, _):
            queue
        default: nil
        }
    }
}
