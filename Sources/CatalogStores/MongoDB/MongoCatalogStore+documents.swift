internal import MongoEngine
package import WeirDomain
package import WeirStorage

extension MongoCatalogStore {
    package func document(_ key: Document.Key, now: Timestamp) async throws(StorageError) -> Document? {
        try await read { (reader) throws(MongoFailure) in try reader.queries.document(key, now: now) }
    }

    package func insert(_ document: Document, now: Timestamp) async throws(StorageError) -> Bool {
        try await keep(weight: document.content.count + 512) { (session) throws(MongoFailure) in
            try session.insert(document, now: now)
        }
    }

    package func replace(_ document: Document, now: Timestamp) async throws(StorageError) -> Bool {
        try await keep(weight: document.content.count + 512) { (session) throws(MongoFailure) in
            try session.replace(document, now: now)
        }
    }

    package func removeDocument(
        _ key: Document.Key, version: Int64?, now: Timestamp
    ) async throws(StorageError) -> Bool {
        try await keep { (session) throws(MongoFailure) in try session.remove(key, version: version, now: now) }
    }

    package func documents(
        _ kind: Document.Kind, of project: ProjectID, in owner: String, after name: String, limit: Int, now: Timestamp
    ) async throws(StorageError) -> [Document] {
        try await read { (reader) throws(MongoFailure) in
            try reader.queries.documents(kind, of: project, in: owner, after: name, limit: limit, now: now)
        }
    }

    package func documentCount(
        _ kind: Document.Kind, of project: ProjectID, in owner: String, limit: Int
    ) async throws(StorageError) -> Int {
        try await read { (reader) throws(MongoFailure) in
            try reader.queries.documentCount(kind, of: project, in: owner, limit: limit)
        }
    }

    package func collectDocuments(_ limit: Int, now: Timestamp) async throws(StorageError) -> Bool {
        // Most of the time there are none, and no transaction is needed to know it.
        let keys = try await read { (reader) throws(MongoFailure) in
            try reader.queries.expiredDocuments(limit, now: now)
        }
        guard !keys.isEmpty else { return false }
        try await keep { (session) throws(MongoFailure) in try session.collect(keys, now: now) }
        return keys.count == limit
    }
}
