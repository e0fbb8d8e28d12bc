internal import HTTPTypes
internal import WeirDomain

/// What a path names. Every path is one of these or names nothing.
enum Resource: Equatable {
    case versions
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
    case purge(String)
    case messages(String)
    case message(String, id: String)
    case claims(String)
    case claim(String, id: String)
    case pools
    case pool(String)
    case poolProbe(String)
    case flavors
    case flavor(String)

    init?(_ segments: [String]) {
        switch segments.count {
        case 1:
            switch segments[0] {
            case "": self = .versions
            case "healthz": self = .liveness
            case "readyz": self = .readiness
            case "metrics": self = .metrics
            default: return nil
            }
        default:
            guard segments[0] == "v2", let resource = Self.v2(segments.dropFirst()) else { return nil }
            self = resource
        }
    }

    private static func v2(_ path: ArraySlice<String>) -> Resource? {
        let path = Array(path)
        switch (path[0], path.count) {
        case ("", 1): return .home
        case ("ping", 1): return .ping
        case ("health", 1): return .health
        case ("capabilities", 1): return .capabilities
        case ("queues", 1): return .queues
        case ("queues", 2): return .queue(path[1])
        case ("queues", 3...): return ofQueue(path[1], path.dropFirst(2))
        case ("pools", 1): return .pools
        case ("pools", 2): return .pool(path[1])
        case ("pools", 3) where path[2] == "probe": return .poolProbe(path[1])
        case ("flavors", 1): return .flavors
        case ("flavors", 2): return .flavor(path[1])
        default: return nil
        }
    }

    private static func ofQueue(_ queue: String, _ rest: ArraySlice<String>) -> Resource? {
        let rest = Array(rest)
        switch (rest[0], rest.count) {
        case ("route", 1): return .route(queue)
        case ("stats", 1): return .stats(queue)
        case ("purge", 1): return .purge(queue)
        case ("messages", 1): return .messages(queue)
        case ("messages", 2): return .message(queue, id: rest[1])
        case ("claims", 1): return .claims(queue)
        case ("claims", 2): return .claim(queue, id: rest[1])
        default: return nil
        }
    }

    /// The methods it takes, as the header `Allow` lists them.
    var methods: [HTTPRequest.Method] {
        switch self {
        case .versions, .liveness, .readiness, .metrics, .home, .health, .capabilities, .queues, .route, .stats:
            [.get]
        case .ping: [.get, .head]
        case .queue: [.get, .put, .delete, .patch, .head]
        case .purge, .claims, .poolProbe: [.post]
        case .messages: [.get, .post, .delete]
        case .message: [.get, .delete]
        case .claim: [.get, .patch, .delete]
        case .pools, .flavors: [.get]
        case .pool, .flavor: [.get, .put, .patch, .delete]
        }
    }

    /// Only where the operator's API is switched on.
    var isAdministrative: Bool {
        switch self {
        case .health, .capabilities, .route, .pools, .pool, .poolProbe, .flavors, .flavor: true
        default: false
        }
    }

    /// Served to anybody, without the headers that say who calls.
    var isPublic: Bool {
        switch self {
        case .versions, .liveness, .readiness, .metrics: true
        default: false
        }
    }

    /// The queue it belongs to, as the path spells it.
    var queueName: String? {
        switch self {
        case .queue(let name), .route(let name), .stats(let name), .purge(let name), .messages(let name),
            .message(let name, _), .claims(let name), .claim(let name, _):
            name
        default: nil
        }
    }
}
