internal import WeirJSON

/// A line of the home document.
struct HomeEntry {
    let relation: String
    var template: String
    let methods: [String]

    init(_ relation: String, _ template: String, _ methods: String...) {
        self.relation = "rel/\(relation)"
        self.template = template
        self.methods = methods
    }

    private static let queue = "/v2/queues/{queue_name}"

    /// Those for applications.
    static func applications(in version: APIVersion) -> [HomeEntry] {
        switch version {
        case .v1: ofV1
        case .v1_1: ofV1_1
        case .v2: applications
        }
    }

    /// Those for operators.
    static func operators(in version: APIVersion) -> [HomeEntry] {
        switch version {
        case .v1: []
        case .v1_1: operators.map { $0.moved(to: version) }
        case .v2: operators
        }
    }

    private static let applications = [
        HomeEntry("queues", "/v2/queues{?marker,limit,detailed}", "GET"),
        HomeEntry("queue", queue, "GET", "PUT", "DELETE", "PATCH"),
        HomeEntry("queue_stats", "\(queue)/stats", "GET"),
        HomeEntry("queue_share", "\(queue)/share", "POST"),
        HomeEntry("queue_purge", "\(queue)/purge", "POST"),
        HomeEntry("messages", "\(queue)/messages{?marker,limit,echo,include_claimed}", "GET"),
        HomeEntry("post_messages", "\(queue)/messages", "POST"),
        HomeEntry("messages_delete", "\(queue)/messages{?ids,pop}", "DELETE"),
        HomeEntry("message_delete", "\(queue)/messages/{message_id}{?claim}", "DELETE"),
        HomeEntry("message_get", "\(queue)/messages/{message_id}", "GET"),
        HomeEntry("claim", "\(queue)/claims/{claim_id}", "GET"),
        HomeEntry("post_claim", "\(queue)/claims{?limit}", "POST"),
        HomeEntry("patch_claim", "\(queue)/claims/{claim_id}", "PATCH"),
        HomeEntry("delete_claim", "\(queue)/claims/{claim_id}", "DELETE"),
        HomeEntry("subscriptions_get", "\(queue)/subscriptions{?marker,limit}", "GET"),
        HomeEntry("subscriptions_post", "\(queue)/subscriptions", "POST"),
        HomeEntry("subscription", "\(queue)/subscriptions/{subscriptions_id}", "GET", "DELETE"),
        HomeEntry("subscription_patch", "\(queue)/subscriptions/{subscriptions_id}", "PATCH"),
        HomeEntry("ping", "/v2/ping", "GET"),
    ]

    private static let operators = [
        HomeEntry("pools", "/v2/pools{?detailed,limit,marker}", "GET"),
        HomeEntry("pool", "/v2/pools/{pool_name}", "GET", "PUT", "PATCH", "DELETE"),
        HomeEntry("flavors", "/v2/flavors{?detailed,limit,marker}", "GET"),
        HomeEntry("flavor", "/v2/flavors/{flavor_name}", "GET", "PUT", "PATCH", "DELETE"),
        HomeEntry("health", "/v2/health", "GET"),
    ]

    var value: JSONValue {
        var entry = JSONObject()
        if relation == "rel/health" {
            entry["href"] = .string(template)
        } else {
            entry["href-template"] = .string(template)
            entry["href-vars"] = .object(
                JSONObject(variables.map { ($0, JSONValue.string("param/\($0)")) }))
        }
        var hints: JSONObject = ["allow": .array(methods.map { .string($0) }), "formats": ["application/json": [:]]]
        if methods.contains(where: { ["POST", "PUT", "PATCH"].contains($0) }) {
            hints["accept-post"] = ["application/json"]
        }
        entry["hints"] = .object(hints)
        return .object(entry)
    }

    /// The names between braces.
    private var variables: [String] {
        template.split(separator: "{").dropFirst().flatMap { part in
            part.prefix { $0 != "}" }.drop { $0 == "?" }.split(separator: ",").map(String.init)
        }
    }
}
