internal import SQLiteEngine
package import WeirDomain
package import WeirStorage

extension SQLiteCatalogStore {
    package func document(_ key: Document.Key, now: Timestamp) async throws(StorageError) -> Document? {
        try await readers.perform { try $0.document(key, now: now) }
    }

    package func insert(_ document: Document, now: Timestamp) async throws(StorageError) -> Bool {
        try await writer.perform { try $0.insert(document, now: now) }
    }

    package func replace(_ document: Document, now: Timestamp) async throws(StorageError) -> Bool {
        try await writer.perform { try $0.replace(document, now: now) }
    }

    package func removeDocument(
        _ key: Document.Key, version: Int64?, now: Timestamp
    ) async throws(StorageError) -> Bool {
        try await writer.perform { try $0.removeDocument(key, version: version, now: now) }
    }

    package func documents(
        _ kind: Document.Kind, of project: ProjectID, in owner: String, after name: String, limit: Int, now: Timestamp
    ) async throws(StorageError) -> [Document] {
        try await readers.perform { session in
            try session.documents(kind, of: project, in: owner, after: name, limit: max(0, limit), now: now)
        }
    }

    package func documentCount(
        _ kind: Document.Kind, of project: ProjectID, in owner: String, limit: Int
    ) async throws(StorageError) -> Int {
        try await readers.perform { try $0.documentCount(kind, of: project, in: owner, limit: max(0, limit)) }
    }

    package func collectDocuments(_ limit: Int, now: Timestamp) async throws(StorageError) -> Bool {
        // The writer is not held up while there is nothing to do.
        guard try await readers.perform({ try $0.hasExpiredDocuments(now: now) }) else { return false }
        return try await writer.perform { try $0.collectDocuments(limit, now: now) } == limit
    }
}
