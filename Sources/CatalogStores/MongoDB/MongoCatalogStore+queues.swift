internal import MongoEngine
package import WeirDomain
package import WeirStorage

extension MongoCatalogStore {
    package func queue(_ key: QueueKey) async throws(StorageError) -> QueueRecord? {
        try await record(key)
    }

    package func insert(_ record: QueueRecord) async throws(StorageError) -> QueueInsertion {
        let needs = QueueNeeds(key: record.key, life: record.life, pool: record.pool)
        return try await change(needs, weight: record.weight) { $0.insert(record) }
    }

    package func replace(_ record: QueueRecord) async throws(StorageError) -> Bool {
        let needs = QueueNeeds(key: record.key, pool: record.pool, isNoted: true)
        return try await change(needs, weight: record.weight) { $0.replace(record) }
    }

    package func remove(_ key: QueueKey) async throws(StorageError) -> QueueRecord? {
        try await change(QueueNeeds(key: key, isNoted: true)) { $0.remove(key) }
    }

    package func retirements(
        after life: QueueLife, limit: Int
    ) async throws(StorageError) -> [Retirement] {
        try await read { (reader) throws(MongoFailure) in try reader.retirements(after: life, limit: limit) }
    }

    package func retired(_ life: QueueLife) async throws(StorageError) {
        try await change(QueueNeeds()) { $0.forgetRetirement(of: life) }
    }

    package func queues(
        of project: ProjectID, after name: String, limit: Int
    ) async throws(StorageError) -> [QueueRecord] {
        try await read { (reader) throws(MongoFailure) in
            try reader.queues(of: project, after: name, limit: limit)
        }
    }

    package func projects(after cursor: [UInt8]?, limit: Int) async throws(StorageError) -> ProjectPage {
        let name = String(decoding: cursor ?? [], as: UTF8.self)
        let found = try await read { (reader) throws(MongoFailure) in try reader.projects(after: name, limit: limit) }
        return ProjectPage(projects: found, next: found.last.map { Array($0.value.utf8) })
    }

    package func queueCount(of project: ProjectID) async throws(StorageError) -> Int {
        try await read { (reader) throws(MongoFailure) in try reader.queueCount(of: project) }
    }

    package func existing(_ lives: [QueueLife]) async throws(StorageError) -> Set<QueueLife> {
        try await read { (reader) throws(MongoFailure) in try reader.queries.existing(Set(lives)) }
    }
}

extension QueueRecord {
    /// Bytes of its document, roughly.
    fileprivate var weight: Int { metadata.count + 512 }
}
