internal import HTTPTypes
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

extension HTTPService {
    func listFlavors(_ call: Call) async throws -> Reply {
        let limit = operations.limits.adminPage(try call.query.integer("limit"), \.flavorsPerPage, in: call.version)
        let detailed = try call.query.boolean("detailed")
        let page = try await operations.listFlavors(
            of: call.project, after: call.query.text("marker") ?? "", limit: limit)
        var link = PageLink(path: call.target.path)
        link.marker(in: call.query)
        link.add("limit", limit)
        link.placeMarker()
        link.add("detailed", detailed)
        var body: [UInt8] = [UInt8(ascii: "{")]
        link.append(marker: page.next, to: &body)
        body.append(UInt8(ascii: ","))
        JSONWriter.append(name: "flavors", to: &body)
        JSONValue.array(page.items.map { Self.describe($0, call, capabilities: detailed ?? false, pools: false) })
            .write(to: &body)
        body.append(UInt8(ascii: "}"))
        return .json(.ok, body)
    }

    func flavor(_ call: Call, _ name: String) async throws -> Reply {
        try AdminName.check(name, in: call.target, "flavor", characters: Limits.flavorNameCharacters)
        switch call.method {
        case .put:
            let object = try call.body.object(limit: Limits.adminBodyBytes)
            if call.version == .v2 { try object.demandOnly(["pool_list", "capabilities"]) }
            try await operations.putFlavor(name, try FlavorChange(object, in: call.version), of: call.project)
            return .empty(.created, headers: [(.location, call.path(ofFlavor: name))])
        case .patch:
            let change = try FlavorChange(try call.body.object(limit: Limits.adminBodyBytes), in: call.version)
            guard change.pools != nil || change.required != nil else {
                throw Fault.invalidBody("pool_list: is required, unless capabilities are given.")
            }
            let flavor = try await operations.patchFlavor(name, change, of: call.project)
            return .json(.ok, Self.describe(flavor, call, capabilities: true, pools: true))
        case .delete:
            try await operations.deleteFlavor(name, of: call.project)
            return .empty(.noContent)
        default:
            let isDetailed = try call.version == .v2 || call.query.boolean("detailed") ?? false
            let flavor = try await operations.showFlavor(name, of: call.project)
            return .json(.ok, Self.describe(flavor, call, capabilities: isDetailed, pools: true))
        }
    }

    /// - Parameter pools: Whether an empty list of pools is shown too.
    private static func describe(_ details: FlavorDetails, _ call: Call, capabilities: Bool, pools: Bool) -> JSONValue {
        let name = details.flavor.name
        var object: JSONObject = ["name": .string(name), "href": .string(call.path(ofFlavor: name))]
        if call.version == .v2, pools || !details.pools.isEmpty {
            object["pool_list"] = .array(details.pools.map { .string($0) })
        }
        if capabilities {
            object["capabilities"] = .array(details.capabilities.members.map { .string($0.rawValue) })
        }
        return .object(object)
    }
}

extension FlavorChange {
    /// Capabilities are an array of names, or an object whose names are taken.
    /// In older versions they are all that a flavor is made of.
    init(_ object: JSONObject, in version: APIVersion) throws(Fault) {
        self.init()
        if version == .v2 { pools = try object.strings("pool_list") }
        guard let value = object["capabilities"] else {
            guard version == .v2 else { throw .invalidBody("capabilities: is required.") }
            return
        }
        var names: [String] = []
        switch value {
        case .array: names = try object.strings("capabilities") ?? []
        case .object(let members): names = members.names
        default: throw .invalidBody("capabilities: must be an array of names or an object.")
        }
        var set: CapabilitySet = []
        for name in names {
            guard let capability = Capability(rawValue: name) else {
                let known = Capability.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalidBody("capabilities: '\(name.prefix(64))' is unknown; known are \(known).")
            }
            set.insert(capability)
        }
        required = set
    }
}
