internal import RedisEngine
package import WeirDomain
package import WeirStorage

/// Reading what the pool holds of a life, whatever the role.
extension RedisDriver {
    package func page(
        of life: QueueLife, after sequence: MessageSequence, limit: Int, bytes: Int, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        var after = sequence
        while true {
            let start = after
            let reply = try await run(.page, on: life, arguments: 3, changes: false) { buffer in
                buffer.add(start.value)
                buffer.add(Int64(limit))
                buffer.add(Int64(bytes))
            }
            let parts = try Answer.elements(reply)
            let messages = try Answer.messages(parts.dropFirst()).filter { $0.expires > now }
            guard messages.isEmpty, let next = parts.first.flatMap(Answer.sequence) else { return messages }
            after = next
        }
    }

    /// The cursor is an id where there are few claims, and the server's where there are many: a page may be somewhat
    /// longer than `limit` then.
    package func claims(
        of life: QueueLife, after cursor: [UInt8]?, limit: Int, now: Timestamp
    ) async throws(StorageError) -> ClaimPage {
        let last = cursor.flatMap { $0.count == 16 ? $0 : nil }
        let reply = try await run(.claims, on: life, arguments: 2, changes: false) { buffer in
            buffer.add(last == nil ? cursor ?? [] : [])
            buffer.add(Int64(max(1, limit)))
        }
        let parts = try Answer.elements(reply)
        guard parts.count == 2, case .bytes(let next) = parts[0] else { throw Answer.strange }
        let words = try Answer.elements(parts[1])
        let claims = stride(from: 0, to: words.count - 1, by: 2).compactMap { place in
            Answer.liveClaim(words[place], words[place + 1], now)
        }
        guard next.isEmpty else { return ClaimPage(claims: claims, next: next == Array("0".utf8) ? nil : next) }
        return ClaimPage(all: claims, after: last, limit: limit)
    }

    package func census(of life: QueueLife, now: Timestamp) async throws(StorageError) -> QueueCensus {
        while true {
            let reply = try await run(.census, on: life, arguments: 2, changes: false) { buffer in
                buffer.add("")
                buffer.add(now.milliseconds)
            }
            guard reply == Answer.again else { return try Answer.census(reply) }
            try await settle(life, now: now)
        }
    }
}

extension ClaimPage {
    /// A page of few claims, in the order of their ids.
    fileprivate init(all claims: [MovedClaim], after last: [UInt8]?, limit: Int) {
        let sorted = claims.map { (id: $0.id.stored, claim: $0) }.sorted { $0.id.lexicographicallyPrecedes($1.id) }
        let rest = sorted.filter { last?.lexicographicallyPrecedes($0.id) ?? true }
        let shown = rest.prefix(limit)
        self.init(claims: shown.map(\.claim), next: shown.count < rest.count ? shown.last?.id : nil)
    }
}
