internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

extension PoolSession {
    func put(
        _ flavor: Flavor, over seen: Flavor?, pools: [String], detachingOthers: Bool
    ) throws(MongoFailure) -> FlavorRegistration {
        guard try stored(flavor.name, of: flavor.project) == seen else { return .changed }
        if let unknown = try firstUnknown(of: pools) { return .unknownPool(unknown) }
        if detachingOthers { try detach(flavor.name) }
        try attach(flavor.name, to: pools)
        try connection.update(CatalogSchema.flavors, [flavor]) { statement, flavor in
            statement.document("q") { $0.document("_id", ProjectKeys.key(flavor.project.value, flavor.name)) }
            statement.document("u") { flavor.write(to: &$0) }
            statement.bool("upsert", true)
        }
        return .stored
    }

    private func stored(_ name: String, of project: ProjectID) throws(MongoFailure) -> Flavor? {
        let found = try queries.documents(CatalogSchema.flavors, [ProjectKeys.key(project.value, name)])
        return try found.first.map { (document) throws(MongoFailure) in
            try Flavor(stored: document, project: project)
        }
    }

    private func firstUnknown(of pools: [String]) throws(MongoFailure) -> String? {
        let found = try queries.documents(CatalogSchema.pools, pools.map(CounterKeys.pool)[...])
        let known = Set(found.compactMap { $0.document("_id")?.string("p")?.exact })
        return pools.first { !known.contains($0.exact) }
    }

    private func attach(_ flavor: String, to pools: [String]) throws(MongoFailure) {
        try connection.update(CatalogSchema.pools, pools) { statement, pool in
            statement.document("q") { $0.document("_id", CounterKeys.pool(pool)) }
            statement.document("u") { update in
                update.document("$set") { fields in
                    fields.string("f", flavor)
                    fields.int64("v", version)
                }
            }
        }
    }

    /// Takes the name off all pools that carry it.
    private func detach(_ flavor: String) throws(MongoFailure) {
        try connection.update(CatalogSchema.pools, [flavor]) { statement, flavor in
            statement.document("q") { $0.string("f", flavor) }
            statement.document("u") { update in
                update.document("$unset") { $0.string("f", "") }
                update.document("$set") { $0.int64("v", version) }
            }
            statement.bool("multi", true)
        }
    }

    /// False if there was none.
    func removeFlavor(_ name: String, of project: ProjectID) throws(MongoFailure) -> Bool {
        let key = ProjectKeys.key(project.value, name)
        guard try !queries.documents(CatalogSchema.flavors, [key]).isEmpty else { return false }
        try connection.delete(CatalogSchema.flavors) { $0.document("_id", key) }
        try detach(name)
        return true
    }
}
