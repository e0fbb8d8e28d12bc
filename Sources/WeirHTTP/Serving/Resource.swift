internal import HTTPTypes
internal import WeirDomain

/// What a path names. Every path is one of these or names nothing.
enum Resource: Equatable {
    case versions
    case description
    /// The health check of version 1.
    case publicHealth
    case liveness
    case readiness
    case metrics
    case home
    case ping
    case health
    case capabilities
    case queues
    case queue(String)
    case route(String)
    case stats(String)
    /// Version 1 shows and sets a queue's metadata here.
    case metadata(String)
    case purge(String)
    case share(String)
    case messages(String)
    case message(String, id: String)
    case claims(String)
    case claim(String, id: String)
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
        case (1, "openapi.json"): self = .description
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
        case (5, "v2") where path[1] == "queues" && path[3] == "messages": self = .message(path[2], id: path[4])
        case (5, "v2") where path[1] == "queues" && path[3] == "claims": self = .claim(path[2], id: path[4])
        default: return nil
        }
    }

    private static func collection(_ name: String) -> Resource? {
        switch name {
        case "": .home
        case "ping": .ping
        case "health": .health
        case "capabilities": .capabilities
        case "queues": .queues
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
        case "queues": .queue(name)
        case "pools": .pool(name)
        case "flavors": .flavor(name)
        case "migrations": .migration(name)
        default: nil
        }
    }

    private static func part(_ part: String, of collection: String, _ name: String) -> Resource? {
        switch (collection, part) {
        case ("queues", "messages"): .messages(name)
        case ("queues", "claims"): .claims(name)
        case ("queues", "stats"): .stats(name)
        case ("queues", "purge"): .purge(name)
        case ("queues", "share"): .share(name)
        case ("queues", "route"): .route(name)
        case ("pools", "probe"): .poolProbe(name)
        case ("migrations", "throttle"): .migrationThrottle(name)
        case ("migrations", _): Migration.Order(rawValue: part).map { .migrationOrder(name, $0) }
        default: nil
        }
    }

    /// The methods it takes, as the header `Allow` lists them.
    var methods: [HTTPRequest.Method] {
        switch self {
        case .versions, .description, .liveness, .readiness, .metrics, .home, .health, .capabilities, .queues: [.get]
        case .route, .stats: [.get]
        case .ping, .publicHealth: [.get, .head]
        case .metadata: [.get, .put]
        case .queue: [.get, .put, .delete, .patch, .head]
        case .purge, .share, .claims, .poolProbe, .migrationOrder, .migrationThrottle, .verify: [.post]
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
        case .versions, .description, .publicHealth, .liveness, .readiness, .metrics: true
        default: false
        }
    }

    /// Whether signatures can give access to it: to what a queue holds, never to the queue itself or to what the operator
    /// looks after, whatever a key was used to sign.
    var isShareable: Bool {
        switch self {
        case .messages, .message, .claims, .claim: true
        default: false
        }
    }

    /// The queue it belongs to, as the path spells it.
    var queueName: String? {
        switch self {
        case .queue(let name), .route(let name), .stats(let name), .metadata(let name), .purge(let name),
            .share(let name), .messages(let name), .message(let name, _), .claims(let name), .claim(let name, _):
            name
        default: nil
        }
    }
}
