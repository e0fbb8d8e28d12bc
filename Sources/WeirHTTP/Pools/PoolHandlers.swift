internal import HTTPTypes
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

extension HTTPService {
    func listPools(_ call: Call) async throws -> Reply {
        let limit = operations.limits.adminPage(try call.query.integer("limit"), \.poolsPerPage, in: call.version)
        let detailed = try call.query.boolean("detailed")
        let page = try await operations.listPools(after: call.query.text("marker") ?? "", limit: limit)
        var link = PageLink(path: call.target.path)
        link.marker(in: call.query)
        link.add("limit", limit)
        link.add("detailed", detailed)
        var body: [UInt8] = [UInt8(ascii: "{")]
        // Version 1 has a link even on an empty page.
        link.append(marker: page.next ?? (call.version == .v1 ? call.query.text("marker") ?? "" : nil), to: &body)
        body.append(UInt8(ascii: ","))
        JSONWriter.append(name: "pools", to: &body)
        JSONValue.array(page.items.map { Self.describe($0, call, options: detailed ?? false, details: false) })
            .write(to: &body)
        body.append(UInt8(ascii: "}"))
        return .json(.ok, body, headers: [(.contentLocation, call.target.path + call.target.rawQuery)])
    }

    func pool(_ call: Call, _ name: String) async throws -> Reply {
        try AdminName.check(name, in: call.target, "pool", characters: Limits.poolNameCharacters)
        switch call.method {
        case .put:
            let change = try await PoolChange.decode(call, isNew: true)
            try await operations.putPool(name, change, of: call.project)
            return .empty(.created, headers: [(.location, call.path(ofPool: name))])
        case .patch:
            let change = try await PoolChange.decode(call, isNew: false)
            let pool = try await operations.patchPool(name, change, of: call.project)
            guard call.version == .v2 else { return .empty(.ok) }
            return .json(.ok, Self.describe(pool, call, options: false, details: false))
        case .delete:
            try await operations.deletePool(name, of: call.project, evenLastOfFlavor: call.version == .v1)
            return .empty(.noContent)
        default:
            let detailed = try call.query.boolean("detailed") ?? false
            let pool = try await operations.showPool(name)
            return .json(.ok, Self.describe(pool, call, options: detailed, details: detailed && call.version == .v2))
        }
    }

    func probePool(_ call: Call, _ name: String) async throws -> Reply {
        .json(.ok, Self.describe(try await operations.probePool(name), call, options: true, details: true))
    }

    private static func describe(
        _ details: PoolDetails, _ call: Call, options: Bool, details isDetailed: Bool
    ) -> JSONValue {
        let pool = details.pool
        var object: JSONObject = [
            "name": .string(pool.name), "uri": .string(PoolURI.redacted(pool.uri)),
            "weight": .integer(Int64(pool.weight)), "href": .string(call.path(ofPool: pool.name)),
        ]
        if call.version == .v2 { object["flavor"] = pool.flavor.map { .string($0) } ?? .null }
        if options { object["options"] = (try? JSONValue.parse(pool.options)) ?? .object(JSONObject()) }
        guard isDetailed else { return .object(object) }
        object["driver"] = details.driver.map { .string($0) } ?? .null
        object["capabilities"] = .array((details.probe?.capabilities.members ?? []).map { .string($0.rawValue) })
        object["probe"] = describe(details.probe)
        object["flavor_missing"] = .array(details.shortfall.members.map { .string($0.rawValue) })
        object["state"] = .string(details.outage == nil ? pool.state.rawValue : "unreachable")
        object["queues"] = .integer(Int64(details.queues))
        return .object(object)
    }

    private static func describe(_ probe: PoolProbe?) -> JSONValue {
        guard let probe else { return .null }
        var missing = JSONObject()
        for capability in Capability.allCases {
            if let reason = probe.missing[capability] { missing[capability.rawValue] = .string(reason) }
        }
        return [
            "at": .string(CalendarText.utc(probe.at)),
            "facts": .object(JSONObject(probe.facts.map { ($0.name, JSONValue.string($0.value)) })),
            "missing": .object(missing),
        ]
    }
}

/// Names of pools and flavors are free text, within reason.
enum AdminName {
    static func check(_ name: String, in target: Target, _ kind: String, characters: Int) throws(Fault) {
        guard target.isDecodable else {
            throw .invalidBody("\(kind) name: must be UTF-8, percent-encoded where it needs to be.")
        }
        let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 && $0 != "/" }
        guard (1...characters).contains(name.count), isPlain else {
            throw .invalidBody(
                "\(kind) name: must have 1 to \(characters) characters, without slashes and control characters.")
        }
    }
}

extension PoolChange {
    /// A new pool names nothing but its members; a change names at least one of them.
    static func decode(_ call: Call, isNew: Bool) async throws -> PoolChange {
        // The older versions take a flavor when a pool is made, but do nothing with it.
        let members = ["uri", "weight", "options"] + (call.version == .v2 ? ["flavor", "state"] : [])
        let object = try call.body.object(limit: Limits.adminBodyBytes)
        if isNew { try object.demandOnly(call.version == .v2 ? members : members + ["flavor"]) }
        guard isNew || members.contains(where: { object[$0] != nil }) else {
            throw Fault.invalidBody("At least one of \(members.joined(separator: ", ")) is required.")
        }
        var change = PoolChange()
        change.uri = try object.string("uri", characters: Limits.poolURICharacters)
        change.weight = try object.integer("weight")
        if let weight = change.weight, !(0...Limits.poolWeightMaximum).contains(weight) {
            throw Fault.invalidBody("weight: \(weight) is out of range; it may be 0 to \(Limits.poolWeightMaximum).")
        }
        if call.version == .v2 { change.flavor = try flavor(in: object, isNew) }
        change.options = try object.object("options")
        if call.version == .v2, let state = try object.string("state", characters: 16) {
            guard let known = PoolState.wanted.first(where: { $0.rawValue == state }) else {
                throw Fault.invalidBody("state: must be open or draining, not '\(state)'.")
            }
            change.state = known
        }
        return change
    }

    /// Null says what it says where pools are shown: no flavor. A change takes it away.
    private static func flavor(in object: JSONObject, _ isNew: Bool) throws(Fault) -> String? {
        guard object["flavor"] != .null else { return isNew ? nil : "" }
        return try object.string("flavor", characters: Limits.flavorNameCharacters)
    }
}
