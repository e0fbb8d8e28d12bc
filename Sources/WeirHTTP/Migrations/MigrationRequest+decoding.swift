internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

extension MigrationRequest {
    private static let scopes = ["queue", "from", "rebalance"]
    private static let members =
        scopes + [
            "to", "project", "dry_run", "keep_source_seconds", "postpone", "messages_per_second", "bytes_per_second",
        ]

    /// Reads the body of `POST /v2/migrations`. What concerns many queues is a dry run unless it says otherwise.
    static func decode(_ call: Call) async throws -> MigrationRequest {
        let object = try call.body.object(limit: Limits.adminBodyBytes)
        try object.demandOnly(members)
        let scope = try scope(object, try project(object) ?? call.project)
        var isOne = false
        if case .queue = scope { isOne = true }
        let kept = isOne ? MigrationTerms.defaultKeepSourceSeconds : 0
        var terms = MigrationTerms(keepSourceSeconds: try object.integer("keep_source_seconds") ?? kept)
        terms.waitsForCutover = try object.boolean("postpone") ?? false
        terms.messagesPerSecond = try object.bound("messages_per_second")
        terms.bytesPerSecond = try object.bound("bytes_per_second")
        return MigrationRequest(scope, terms: terms, isDryRun: try object.boolean("dry_run") ?? !isOne)
    }

    private static func project(_ object: JSONObject) throws(Fault) -> ProjectID? {
        guard let name = try object.string("project", characters: Limits.projectCharacters) else { return nil }
        guard let project = ProjectID(stored: name) else { throw .invalidBody("project: may not be empty.") }
        return project
    }

    private static func scope(_ object: JSONObject, _ project: ProjectID) throws(Fault) -> Scope {
        let named = scopes.filter { object[$0] != nil }
        guard let scope = named.first, named.count == 1 else {
            throw .invalidBody("Exactly one of \(scopes.joined(separator: ", ")) is required.")
        }
        if scope == "queue" { return try queue(object, project) }
        guard object["to"] == nil else { throw .invalidBody("to: goes with queue only.") }
        if scope == "rebalance" {
            guard object["rebalance"] != .null else { return .rebalance(flavor: nil) }
            return .rebalance(flavor: try object.string("rebalance", characters: Limits.flavorNameCharacters))
        }
        return .drain(try object.string("from", characters: Limits.poolNameCharacters) ?? "")
    }

    private static func queue(_ object: JSONObject, _ project: ProjectID) throws(Fault) -> Scope {
        guard let text = try object.string("queue", characters: Limits.queueNameCharacters),
            let name = QueueName(text)
        else {
            throw .invalidBody(
                "queue: must have 1 to \(Limits.queueNameCharacters) characters, out of letters, digits, underscores, "
                    + "dashes and dots.")
        }
        guard let pool = try object.string("to", characters: Limits.poolNameCharacters) else {
            throw .invalidBody("to: is required: the name of a pool.")
        }
        return .queue(QueueKey(project: project, name: name), to: pool)
    }
}

extension JSONObject {
    func boolean(_ name: String) throws(Fault) -> Bool? {
        guard let value = self[name] else { return nil }
        guard let flag = value.boolValue else { throw .invalidBody("\(name): must be true or false.") }
        return flag
    }

    /// An integer member; nil if it is absent or null.
    func bound(_ name: String) throws(Fault) -> Int? {
        self[name] == .null ? nil : try integer(name)
    }
}
