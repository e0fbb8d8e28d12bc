internal import WeirDomain
package import WeirJSON

/// The difference between what is declared and what is there. What no file declares is left alone.
package enum Plan {
    /// Pools come first, since a flavor's list may name only pools that are there. A pool may name a flavor that
    /// is not there yet.
    ///
    /// - Parameters:
    ///   - pools: All pools, as the API shows them in detail.
    ///   - flavors: The project's flavors, as the API shows them in detail.
    package static func changes(
        to declaration: Declaration, pools: [JSONObject], flavors: [JSONObject]
    ) -> [Change] {
        declaration.pools.compactMap { pool in change(to: pool, from: item(pool.name, in: pools)) }
            + declaration.flavors.compactMap { flavor in
                change(to: flavor, from: item(flavor.name, in: flavors), pools)
            }
    }

    private static func item(_ name: String, in items: [JSONObject]) -> JSONObject? {
        items.first { $0["name"]?.stringValue == name }
    }

    // MARK: Pools

    private static func change(to pool: PoolDeclaration, from old: JSONObject?) -> Change? {
        var wanted: JSONObject = ["uri": .string(pool.uri), "weight": .integer(Int64(pool.weight))]
        wanted["flavor"] = pool.flavor.map { .string($0) }
        wanted["options"] = pool.options.map { .object($0) }
        var differences: [Change.Difference] = []
        for (member, value) in wanted {
            let (before, after) = (shown(old?[member]), member == "uri" ? redacted(value) : value)
            if old == nil || before != shown(after) { differences.append((member, before, after)) }
        }
        guard !differences.isEmpty else { return nil }
        let members = differences.map { ($0.member, wanted[$0.member] ?? .null) }
        return Change(
            kind: "pool", name: pool.name, isNew: old == nil, differences: differences,
            method: old == nil ? "PUT" : "PATCH", path: URLPath.of("pools", pool.name), body: JSONObject(members))
    }

    /// A pool without a flavor has an empty one or none.
    private static func shown(_ value: JSONValue?) -> JSONValue? {
        value == .null || value == "" ? nil : value
    }

    /// As the API shows a URI. A new password alone makes no difference: the old one is not shown.
    private static func redacted(_ uri: JSONValue) -> JSONValue {
        .string(PoolURI.redacted(uri.stringValue ?? ""))
    }

    // MARK: Flavors

    private static func change(
        to flavor: FlavorDeclaration, from old: JSONObject?, _ pools: [JSONObject]
    ) -> Change? {
        var differences: [Change.Difference] = []
        if !flavor.capabilities.isEmpty, names(old?["capabilities"]) != Set(flavor.capabilities) {
            differences.append(("capabilities", old?["capabilities"], texts(flavor.capabilities)))
        }
        let unlists = flavor.pools == nil && old.map { isListing($0, pools) } ?? false
        if let listed = flavor.pools, !serve(flavor.name, old, exactly: Set(listed), pools) {
            differences.append(("pool_list", old?["pool_list"], texts(listed)))
        } else if unlists {
            differences.append(("pool_list", old?["pool_list"], "every pool that has the capabilities"))
        }
        guard !differences.isEmpty else { return nil }
        var body = JSONObject()
        if !flavor.capabilities.isEmpty { body["capabilities"] = texts(flavor.capabilities) }
        body["pool_list"] = flavor.pools.map(texts)
        // A PATCH detaches the pools that are left out, a PUT forgets that there was a list.
        return Change(
            kind: "flavor", name: flavor.name, isNew: old == nil, differences: differences,
            method: old == nil || unlists ? "PUT" : "PATCH", path: URLPath.of("flavors", flavor.name), body: body)
    }

    /// Whether exactly these pools carry the flavor's name, and no other serves it.
    private static func serve(
        _ name: String, _ old: JSONObject?, exactly listed: Set<String>, _ pools: [JSONObject]
    ) -> Bool {
        guard let old else { return false }
        let carriers = pools.filter { $0["flavor"]?.stringValue == name }.compactMap { $0["name"]?.stringValue }
        return Set(carriers) == listed && names(old["pool_list"]).isSubset(of: listed)
    }

    /// Whether the flavor is served by fewer pools than those that have what it requires. The API does not say whether a
    /// flavor has a list; one that names all of them makes no difference now.
    private static func isListing(_ old: JSONObject, _ pools: [JSONObject]) -> Bool {
        let required = names(old["capabilities"])
        let fit = pools.filter { required.isSubset(of: names($0["capabilities"])) }
        return names(old["pool_list"]) != Set(fit.compactMap { $0["name"]?.stringValue })
    }

    private static func names(_ value: JSONValue?) -> Set<String> {
        Set((value?.arrayValue ?? []).compactMap(\.stringValue))
    }

    private static func texts(_ names: [String]) -> JSONValue {
        .array(names.map { .string($0) })
    }
}
