internal import MongoCatalog
internal import RedisCatalog
internal import SQLiteCatalog
internal import WeirDomain
internal import WeirStorage

/// The catalog stores of this build. A new one is a folder below CatalogStores and a row here.
enum CatalogStores {
    /// Opens the store that `uri` names, or without one the SQLite file in `directory`.
    /// - Throws: `StartFailure`, or `PoolRefusal` if the store cannot be used.
    static func open(uri: String?, in directory: String) async throws -> any CatalogStore {
        guard let uri else { return try await SQLiteCatalogStore.open(path: "\(directory)/catalog.db") }
        let scheme = uri.prefix { $0 != ":" }.lowercased()
        switch scheme {
        case "redis", "redis+unix", "redis+sentinel": return try await RedisCatalogStore.open(uri: uri)
        case "mongodb", "mongodb+srv": return try await MongoCatalogStore.open(uri: uri)
        // The settings take no other.
        default: throw StartFailure("catalog: '\(scheme)' is not supported", status: 2)
        }
    }

    /// What the operator should know of a store that may forget what it was told; nil if it keeps it.
    static func weakness(of store: any CatalogStore, at now: Timestamp) async -> String? {
        guard let redis = store as? RedisCatalogStore else { return nil }
        return try? await redis.probe(now: now).missing[.durability]
    }
}
