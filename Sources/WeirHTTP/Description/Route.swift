internal import HTTPTypes

/// A family of paths that differ in names only, as the newest version that has it writes them. Everything that the
/// router knows belongs to one, and each is described: the compiler sees to the first, a test to the second.
package enum Route: String, CaseIterable, Sendable {
    case versions = "/"
    case description = "/openapi.json"
    case liveness = "/healthz"
    case readiness = "/readyz"
    case metrics = "/metrics"
    case publicHealth = "/v1/health"
    case home = "/v2/"
    case ping = "/v2/ping"
    case health = "/v2/health"
    case capabilities = "/v2/capabilities"
    case queues = "/v2/queues"
    case queue = "/v2/queues/{queue_name}"
    case route = "/v2/queues/{queue_name}/route"
    case stats = "/v2/queues/{queue_name}/stats"
    case metadata = "/v1/queues/{queue_name}/metadata"
    case purge = "/v2/queues/{queue_name}/purge"
    case share = "/v2/queues/{queue_name}/share"
    case messages = "/v2/queues/{queue_name}/messages"
    case message = "/v2/queues/{queue_name}/messages/{message_id}"
    case claims = "/v2/queues/{queue_name}/claims"
    case claim = "/v2/queues/{queue_name}/claims/{claim_id}"
    case subscriptions = "/v2/queues/{queue_name}/subscriptions"
    case subscription = "/v2/queues/{queue_name}/subscriptions/{subscription_id}"
    case confirmation = "/v2/queues/{queue_name}/subscriptions/{subscription_id}/confirm"
    case failures = "/v2/queues/{queue_name}/subscriptions/{subscription_id}/failures"
    case redrive = "/v2/queues/{queue_name}/subscriptions/{subscription_id}/failures/redrive"
    case pools = "/v2/pools"
    case pool = "/v2/pools/{pool_name}"
    case poolProbe = "/v2/pools/{pool_name}/probe"
    case flavors = "/v2/flavors"
    case flavor = "/v2/flavors/{flavor_name}"
    case migrations = "/v2/migrations"
    case migration = "/v2/migrations/{migration_id}"
    case migrationOrder = "/v2/migrations/{migration_id}/{order}"
    case migrationThrottle = "/v2/migrations/{migration_id}/throttle"
    case audit = "/v2/audit"
    case verify = "/v2/verify"

    /// The version whose path this is; nil for paths of none.
    private var version: APIVersion? {
        APIVersion(segment: String(rawValue.dropFirst().prefix { $0 != "/" }))
    }

    /// Its paths by version, with the methods that the router takes there.
    func served() -> [ServedPath] {
        guard let newest = version else { return served(rawValue, .v2).map { [$0] } ?? [] }
        let paths = APIVersion.allCases.compactMap { served($0.path + rawValue.dropFirst(newest.path.count), $0) }
        guard let path = ofTopics, let topics = served(path, .v2) else { return paths }
        return paths + [topics]
    }

    /// The same with topics instead of queues.
    private var ofTopics: String? {
        guard version == .v2, rawValue.contains("/queues") else { return nil }
        return rawValue.replacing("/queues", with: "/topics").replacing("{queue_name}", with: "{topic_name}")
    }

    private func served(_ path: String, _ version: APIVersion) -> ServedPath? {
        // Of the names in a path only this one is not free.
        let target = Target(path.replacing("{order}", with: "pause"))
        guard let resource = Resource(target, olderVersions: Set(APIVersion.allCases)), resource.route == self else {
            return nil
        }
        return ServedPath(
            path: path, version: version, methods: resource.methods(in: version).map(\.rawValue),
            isPublic: resource.isPublic)
    }
}

/// A path in one version of the API, and what the router takes there.
struct ServedPath {
    let path: String
    let version: APIVersion
    let methods: [String]
    let isPublic: Bool

    var isOfTopics: Bool { path.hasPrefix("/v2/topics") }

    /// The names between braces.
    var variables: [String] {
        path.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
    }
}

extension Resource {
    /// The family of its path.
    var route: Route {
        switch self {
        case .versions: .versions
        case .description: .description
        case .liveness: .liveness
        case .readiness: .readiness
        case .metrics: .metrics
        case .publicHealth: .publicHealth
        case .home: .home
        case .ping: .ping
        case .health: .health
        case .capabilities: .capabilities
        case .queues: .queues
        case .queue: .queue
        case .route: .route
        case .stats: .stats
        case .metadata: .metadata
        case .purge: .purge
        case .share: .share
        case .messages: .messages
        case .message: .message
        case .claims: .claims
        case .claim: .claim
        case .subscriptions: .subscriptions
        case .subscription: .subscription
        case .confirmation: .confirmation
        case .failures: .failures
        case .redrive: .redrive
        case .pools: .pools
        case .pool: .pool
        case .poolProbe: .poolProbe
        case .flavors: .flavors
        case .flavor: .flavor
        case .migrations: .migrations
        case .migration: .migration
        case .migrationOrder: .migrationOrder
        case .migrationThrottle: .migrationThrottle
        case .audit: .audit
        case .verify: .verify
        }
    }
}
