internal import RedisEngine
package import WeirDomain
package import WeirStorage

extension RedisCatalogStore {
    /// Documents that one step of a listing looks at: no other script waits for more.
    private static let looksPerStep = 200

    package func document(_ key: Document.Key, now: Timestamp) async throws(StorageError) -> Document? {
        let reply = try await run(.document, key.words + [now.milliseconds.word])
        return reply == .null ? nil : try Answer.document(try Answer.elements(reply)[...], key)
    }

    package func insert(_ document: Document, now: Timestamp) async throws(StorageError) -> Bool {
        try Answer.integer(try await run(.insertDocument, document.words(now))) == 1
    }

    package func replace(_ document: Document, now: Timestamp) async throws(StorageError) -> Bool {
        let versions = [document.version.word, (document.version &+ 1).word]
        return try Answer.integer(try await run(.replaceDocument, document.words(now) + versions)) == 1
    }

    package func removeDocument(
        _ key: Document.Key, version: Int64?, now: Timestamp
    ) async throws(StorageError) -> Bool {
        let words = key.words + [now.milliseconds.word, version?.word ?? []]
        return try Answer.integer(try await run(.removeDocument, words)) == 1
    }

    package func documents(
        _ kind: Document.Kind, of project: ProjectID, in owner: String, after name: String, limit: Int, now: Timestamp
    ) async throws(StorageError) -> [Document] {
        var found: [Document] = []
        var next: String? = name
        while let after = next, found.count < limit {
            let start = Document.Key(kind: kind, project: project, owner: owner, name: after)
            let bounds = [now.milliseconds.word, Int64(limit - found.count).word, Int64(Self.looksPerStep).word]
            let parts = try Answer.elements(try await run(.listDocuments, start.words + bounds))
            guard parts.count == 2 else { throw Answer.strange }
            for line in try Answer.elements(parts[1]) {
                let line = try Answer.elements(line)
                guard let name = line.first else { throw Answer.strange }
                let key = Document.Key(kind: kind, project: project, owner: owner, name: try Answer.text(name))
                found.append(try Answer.document(line.dropFirst(), key))
            }
            next = parts[0] == .null ? nil : try Answer.text(parts[0])
        }
        return found
    }

    package func documentCount(
        _ kind: Document.Kind, of project: ProjectID, in owner: String, limit: Int
    ) async throws(StorageError) -> Int {
        let words = [kind.rawValue, project.value, owner].map { Array($0.utf8) }
        return min(try Answer.integer(try await run(.countDocuments, words)), max(0, limit))
    }

    package func collectDocuments(_ limit: Int, now: Timestamp) async throws(StorageError) -> Bool {
        let words = [now.milliseconds.word, Int64(limit).word]
        return try Answer.integer(try await run(.collectDocuments, words)) == limit
    }
}

extension Document.Key {
    fileprivate var words: [[UInt8]] {
        [kind.rawValue, project.value, owner, name].map { Array($0.utf8) }
    }
}

extension Document {
    /// In the order of `insert_document.lua`.
    fileprivate func words(_ now: Timestamp) -> [[UInt8]] {
        key.words + [now.milliseconds.word, expires?.milliseconds.word ?? [], content]
    }
}

extension Answer {
    /// Version, end and content.
    fileprivate static func document(
        _ parts: ArraySlice<RedisReply>, _ key: Document.Key
    ) throws(StorageError) -> Document {
        guard parts.count == 3, let version = parts.first, let content = parts.last else { throw strange }
        let end = try text(parts[parts.startIndex + 1])
        return Document(
            key: key, content: try bytes(content), expires: Int64(end).map { Timestamp(milliseconds: $0) },
            version: try number(version))
    }
}
