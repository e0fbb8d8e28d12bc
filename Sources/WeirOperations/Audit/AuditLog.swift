internal import WeirDomain
internal import WeirJSON
package import WeirStorage
internal import WeirCatalog

extension Operations {
    /// Entries of the audit log in order, after this number.
    package func listAudit(
        after number: Int64, limit: Int?
    ) async throws(OperationError) -> Page<AuditEntry> {
        let limit = try pageSize(limit, maximum: Limits.auditPageSize)
        let found = try await operation(try await catalog.store.audit(after: number, limit: limit))
        return Page(found) { String($0.number) }
    }

    /// A note of what `actor` does to `subject`, to be stored with it.
    func note(
        _ action: String, _ subject: String, by actor: ProjectID, before: JSONObject?, after: JSONObject?
    ) -> AuditEntry {
        AuditEntry(
            at: clock.now(), actor: actor.value, action: action, subject: subject,
            before: Self.text(before), after: Self.text(after))
    }

    private static func text(_ object: JSONObject?) -> [UInt8] {
        object.map { JSONValue.object($0).bytes } ?? Array("null".utf8)
    }
}

extension Pool {
    /// What the audit log says of it: no password.
    var described: JSONObject {
        [
            "uri": .string(PoolURI.redacted(uri)), "weight": .integer(Int64(weight)),
            "flavor": flavor.map { .string($0) } ?? .null, "options": (try? JSONValue.parse(options)) ?? .null,
            "state": .string(state.rawValue),
        ]
    }
}

extension Flavor {
    /// What the audit log says of it and of the pools that it was given.
    func described(pools: [String]?) -> JSONObject {
        var object: JSONObject = ["capabilities": .array(required.members.map { .string($0.rawValue) })]
        if let pools { object["pool_list"] = .array(pools.map { .string($0) }) }
        return object
    }
}

extension Migration {
    /// What the audit log says of it: what moves where, and what orders change. It has no id before it has begun.
    var described: JSONObject {
        var object: JSONObject = [
            "project": .string(key.project.value), "queue": .string(key.name.value), "from": .string(from),
            "to": .string(to), "state": .string(state.rawValue),
            "keep_source_seconds": .integer(Int64(keepSourceSeconds)), "postpone": .bool(waitsForCutover),
            "messages_per_second": messagesPerSecond.map { .integer(Int64($0)) } ?? .null,
            "bytes_per_second": bytesPerSecond.map { .integer(Int64($0)) } ?? .null,
        ]
        if number > 0 { object["id"] = .string(String(number)) }
        return object
    }
}
