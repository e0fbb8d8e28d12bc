internal import MongoEngine
package import WeirStorage

extension MongoCatalogStore {
    package func audit(after number: Int64, limit: Int) async throws(StorageError) -> [AuditEntry] {
        try await read { (reader) throws(MongoFailure) in try reader.audit(after: number, limit: limit) }
    }

    package func changes(after number: Int64?, limit: Int) async throws(StorageError) -> RecordChanges {
        try await read { (reader) throws(MongoFailure) in
            try reader.changes(after: number, limit: max(1, limit))
        }
    }
}
