internal import RedisEngine
package import WeirDomain
package import WeirStorage

extension RedisCatalogStore {
    package func queue(_ key: QueueKey) async throws(StorageError) -> QueueRecord? {
        let reply = try await run(.queue, key.words)
        return reply == .null ? nil : try Answer.queue(reply, of: key.project)
    }

    package func insert(_ record: QueueRecord) async throws(StorageError) -> QueueInsertion {
        let reply = try await run(
            .insert,
            record.key.words + [
                record.life.stored, Array(record.pool.utf8), record.version.word, record.epoch.value.word,
                record.metadata,
            ])
        switch reply {
        case .integer(0): return .inserted
        case .integer(1): return .lifeTaken
        case .integer(2): return .poolClosed
        default: return .exists(try Answer.queue(reply, of: record.key.project))
        }
    }

    package func replace(_ record: QueueRecord) async throws(StorageError) -> Bool {
        let reply = try await run(
            .replace,
            record.key.words + [
                record.life.stored, Array(record.pool.utf8), record.version.word, (record.version &+ 1).word,
                record.epoch.value.word, record.metadata, Int64(Limits.rememberedChanges).word,
            ])
        return try Answer.integer(reply) == 1
    }

    package func remove(_ key: QueueKey) async throws(StorageError) -> QueueRecord? {
        let reply = try await run(.remove, key.words + [Int64(Limits.rememberedChanges).word])
        return reply == .null ? nil : try Answer.queue(reply, of: key.project)
    }

    package func retirements(
        after life: QueueLife, limit: Int
    ) async throws(StorageError) -> [Retirement] {
        guard life.value < .max else { return [] }
        let first = [UInt8(ascii: "[")] + QueueLife(life.value + 1).stored
        let words = ["ZRANGEBYLEX", CatalogKeys.retirements].map { Array($0.utf8) } + [first]
        let reply = try await read(words + ["+", "LIMIT", "0", String(limit)].map { Array($0.utf8) })
        return try Answer.elements(reply).map(Answer.retirement)
    }

    package func retired(_ life: QueueLife) async throws(StorageError) {
        _ = try await run(.retired, [life.stored])
    }

    package func queues(
        of project: ProjectID, after name: String, limit: Int
    ) async throws(StorageError) -> [QueueRecord] {
        let reply = try await run(.list, [Array(project.value.utf8), Array(name.utf8), Int64(limit).word])
        return try Answer.elements(reply).map { (each) throws(StorageError) in
            try Answer.queue(each, of: project)
        }
    }

    package func projects(after cursor: [UInt8]?, limit: Int) async throws(StorageError) -> ProjectPage {
        let words = ["HSCAN", CatalogKeys.queues].map { Array($0.utf8) } + [cursor ?? Int64(0).word]
        let parts = try Answer.elements(try await read(words + ["COUNT", String(limit)].map { Array($0.utf8) }))
        guard parts.count == 2 else { throw Answer.strange }
        let fields = try Answer.elements(parts[1])
        var projects: [ProjectID] = []
        for index in stride(from: 0, to: fields.count, by: 2) {
            guard let project = ProjectID(stored: try Answer.text(fields[index])) else { throw Answer.strange }
            projects.append(project)
        }
        let next = try Answer.bytes(parts[0])
        return ProjectPage(projects: projects, next: next == Int64(0).word ? nil : next)
    }

    package func queueCount(of project: ProjectID) async throws(StorageError) -> Int {
        let reply = try await read("HGET", CatalogKeys.queues, project.value)
        return reply == .null ? 0 : Int(try Answer.number(reply))
    }

    package func existing(_ lives: [QueueLife]) async throws(StorageError) -> Set<QueueLife> {
        guard !lives.isEmpty else { return [] }
        let said = try Answer.elements(try await run(.existing, lives.map(\.stored)))
        guard said.count == lives.count else { throw Answer.strange }
        return Set(zip(lives, said).filter { $0.1 == .integer(1) }.map(\.0))
    }
}

extension QueueKey {
    /// Project and name.
    var words: [[UInt8]] { [Array(project.value.utf8), Array(name.value.utf8)] }
}
