import WeirDomain
import WeirStorage

/// A catalog store of a simulation. There are no flavors, documents and logs, which moves do not need.
protocol SimulatedCatalog: CatalogStore {}

extension SimulatedCatalog {
    var isShared: Bool { true }

    func flavor(_ name: String, of project: ProjectID) async throws(StorageError) -> Flavor? { nil }

    func flavors(of project: ProjectID, after name: String, limit: Int) async throws(StorageError) -> [Flavor] { [] }

    func requirements(ofFlavor name: String) async throws(StorageError) -> CapabilitySet { [] }

    func put(
        _ flavor: Flavor, over seen: Flavor?, pools: [String], detachingOthers: Bool, noting entry: AuditEntry?
    ) async throws(StorageError) -> FlavorRegistration { .stored }

    func removeFlavor(_ name: String, of project: ProjectID, noting entry: AuditEntry?) async throws(StorageError) {}

    func audit(after number: Int64, limit: Int) async throws(StorageError) -> [AuditEntry] { [] }

    func changes(after number: Int64?, limit: Int) async throws(StorageError) -> RecordChanges {
        RecordChanges(keys: [], last: 0, hasGap: false)
    }

    func document(_ key: Document.Key, now: Timestamp) async throws(StorageError) -> Document? { nil }

    func insert(_ document: Document, now: Timestamp) async throws(StorageError) -> Bool { false }

    func replace(_ document: Document, now: Timestamp) async throws(StorageError) -> Bool { false }

    func removeDocument(
        _ key: Document.Key, version: Int64?, now: Timestamp
    ) async throws(StorageError) -> Bool { false }

    func documents(
        _ kind: Document.Kind, of project: ProjectID, in owner: String, after name: String, limit: Int, now: Timestamp
    ) async throws(StorageError) -> [Document] { [] }

    func documentCount(
        _ kind: Document.Kind, of project: ProjectID, in owner: String, limit: Int
    ) async throws(StorageError) -> Int { 0 }

    func collectDocuments(_ limit: Int, now: Timestamp) async throws(StorageError) -> Bool { false }

    func isNew() async throws(StorageError) -> Bool { false }

    func ping() async throws(StorageError) {}

    func shutdown() async {}
}
