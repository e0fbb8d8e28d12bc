internal import HTTPTypes
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

extension HTTPService {
    /// `POST /v2/verify`: a step of a verification. It goes on with the `cursor` of its answer, until that is null.
    func verify(_ call: Call) async throws -> Reply {
        let object = try call.body.json(limit: Limits.adminBodyBytes).map(Self.object) ?? JSONObject()
        try object.demandOnly(["repair", "cursor"])
        let cursor = object["cursor"] == .null ? nil : try object.string("cursor", characters: Limits.adminBodyBytes)
        let answer = try await operations.verify(isRepairing: try object.boolean("repair") ?? false, after: cursor)
        return .json(
            .ok,
            [
                "findings": .array(answer.findings.map(Self.describe)),
                "checked": ["queues": .integer(Int64(answer.queues)), "lives": .integer(Int64(answer.lives))],
                "cursor": answer.cursor.map { .string($0) } ?? .null,
            ])
    }

    private static func object(_ value: JSONValue) throws(Fault) -> JSONObject {
        guard let object = value.objectValue else { throw .invalidBody("The request body must be a JSON object.") }
        return object
    }

    /// What is not known of a finding is left out. A life is a text: not every reader of JSON has 64 bits.
    private static func describe(_ finding: VerifyFinding) -> JSONValue {
        var object: JSONObject = ["kind": .string(finding.kind.rawValue), "pool": .string(finding.pool)]
        if let key = finding.key {
            object["project"] = .string(key.project.value)
            object["queue"] = .string(key.name.value)
        }
        if let life = finding.life { object["life"] = .string(String(life.value)) }
        object["detail"] = .string(finding.detail)
        object["repaired"] = .bool(finding.isRepaired)
        return .object(object)
    }
}
