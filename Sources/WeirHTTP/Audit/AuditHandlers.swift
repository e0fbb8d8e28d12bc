internal import HTTPTypes
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations
internal import WeirStorage

extension HTTPService {
    /// The log of what operators changed, oldest first, page by page.
    func listAudit(_ call: Call) async throws -> Reply {
        let limit = try call.query.integer("limit")
        let marker = try call.query.integer("marker") ?? 0
        let page = try await operations.listAudit(after: Int64(marker), limit: limit)
        var link = PageLink(path: call.target.path)
        link.placeMarker()
        link.add("limit", limit)
        var body: [UInt8] = [UInt8(ascii: "{")]
        link.append(marker: page.next, to: &body)
        body.append(UInt8(ascii: ","))
        JSONWriter.append(name: "entries", to: &body)
        JSONValue.array(page.items.map(Self.describe)).write(to: &body)
        body.append(UInt8(ascii: "}"))
        return .json(.ok, body)
    }

    private static func describe(_ entry: AuditEntry) -> JSONValue {
        [
            "id": .integer(entry.number), "at": .string(CalendarText.utc(entry.at)), "actor": .string(entry.actor),
            "action": .string(entry.action), "subject": .string(entry.subject),
            "before": (try? JSONValue.parse(entry.before)) ?? .null,
            "after": (try? JSONValue.parse(entry.after)) ?? .null,
        ]
    }
}
