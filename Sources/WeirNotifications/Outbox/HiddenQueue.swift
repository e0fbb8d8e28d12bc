internal import WeirCatalog
package import WeirDomain
internal import WeirJSON
internal import WeirOperations
package import WeirStorage

/// A queue that the service keeps for itself, created when something is first put into it, in the pool that it belongs to.
package struct HiddenQueue: Sendable {
    package let key: QueueKey
    /// Where it is created, if that pool takes new queues.
    let home: String
    let vault: Vault
    /// What it is about: remembered with it.
    let about: QueueKey?

    package init(
        _ space: ProjectID.HiddenSpace, _ name: QueueName, home: String, about: QueueKey? = nil, in vault: Vault
    ) {
        key = QueueKey(project: .hidden(space), name: name)
        self.home = home
        self.about = about
        self.vault = vault
    }

    /// Nobody's id: entries of these queues are not hidden from anybody.
    private static let client = ClientID("weir")

    /// Creates it, if it is missing.
    func make() async throws(StorageError) {
        if try await catalog.route(for: key) != nil { return }
        try await catalog.createHidden(key, in: home, metadata: metadata)
    }

    /// Stores the entries, in order, and returns their ids.
    /// - Parameter delay: seconds until they can be claimed.
    package func post(
        _ entries: [[UInt8]], ttl: Int, delay: Int = 0
    ) async throws(StorageError) -> [MessageID] {
        var generator = SystemRandomNumberGenerator()
        var messages: [NewMessage] = []
        for entry in entries {
            let nonce = generator.next()
            let body = try sealed(MessageBody(entry), nonce)
            messages.append(NewMessage(nonce: nonce, body: body, ttl: ttl, delay: delay))
        }
        return try await post(messages)
    }

    /// Stores entries of another queue of the same project as they are. Those that are sealed can be opened by whoever
    /// could open them there: project and nonce, which are bound to them, stay.
    func keep(_ entries: [Message], ttl: Int) async throws(StorageError) {
        _ = try await post(entries.map { NewMessage(nonce: $0.id.nonce, body: $0.body, ttl: ttl, delay: 0) })
    }

    private func post(_ messages: [NewMessage]) async throws(StorageError) -> [MessageID] {
        for _ in 0..<Limits.routeAttempts {
            let ids = try await catalog.withPool(of: key, opening: true) { driver, route throws(StorageError) in
                try await driver.post(messages, from: Self.client, to: route.ref, now: catalog.clock.now())
            }
            if let ids { return ids }
            try await catalog.createHidden(key, in: home, metadata: metadata)
        }
        throw .busy
    }

    private var catalog: Catalog { vault.catalog }

    private func sealed(_ body: MessageBody, _ nonce: UInt64) throws(StorageError) -> MessageBody {
        guard vault.cipher.canSeal else { return body }
        do throws(CipherFault) {
            return try vault.cipher.seal(body, of: key.project, nonce: nonce)
        } catch {
            throw .unavailable("an entry cannot be sealed: \(error)")
        }
    }

    /// An entry as it was put in; nil if this node has not the key that sealed it.
    package func entry(_ message: Message) -> [UInt8]? {
        try? vault.cipher.open(message.body, of: key.project, nonce: message.id.nonce).bytes
    }

    /// Why nothing can be made of an entry, for the log.
    func whyUnreadable(_ message: Message) -> String {
        do throws(CipherFault) {
            _ = try vault.cipher.open(message.body, of: key.project, nonce: message.id.nonce)
            return "it has a form that this version does not know"
        } catch {
            switch error {
            case .noKey, .unknownKey:
                return "the key that sealed it is neither limits.message_encryption_key nor one of "
                    + "limits.message_encryption_previous_keys"
            case .damaged: return "it is not what was sealed"
            }
        }
    }

    private var metadata: JSONObject {
        about.map { ["project": .string($0.project.value), "queue": .string($0.name.value)] } ?? [:]
    }

    /// What the queue of this record is about.
    static func about(_ record: QueueRecord) -> QueueKey? {
        guard let project = record.metadataObject["project"]?.stringValue.flatMap({ ProjectID(stored: $0) }),
            let name = record.metadataObject["queue"]?.stringValue.flatMap(QueueName.init)
        else { return nil }
        return QueueKey(project: project, name: name)
    }

    /// The entries behind this one, delayed ones left out.
    package func list(after sequence: MessageSequence, limit: Int) async throws(StorageError) -> [Message] {
        try await catalog.withPool(of: key) { driver, route throws(StorageError) in
            try await driver.list(
                MessageFilter(after: sequence, limit: limit, includeClaimed: true), in: route.ref,
                now: catalog.clock.now())
        } ?? []
    }

    /// The highest sequence that was given out.
    package func lastSequence() async throws(StorageError) -> MessageSequence {
        try await catalog.withPool(of: key) { driver, route throws(StorageError) in
            try await driver.lastSequence(of: route.ref)
        } ?? .start
    }

    /// Takes the first entries that are due, for so many seconds. Nil if there is no such queue.
    func claim(_ limit: Int, seconds: Int) async throws(StorageError) -> [Message]? {
        var generator = SystemRandomNumberGenerator()
        let request = ClaimRequest(
            id: .mint(using: &generator), terms: ClaimTerms(ttl: seconds, grace: 0), limit: limit)
        return try await catalog.withPool(of: key) { driver, route throws(StorageError) in
            try await driver.claim(request, in: route.ref, now: catalog.clock.now()).delivered
        }
    }

    /// Makes free what others have taken, so that the next claim gets it again. Looks at the first entries that are due, as
    /// long as some of them are taken.
    func releaseClaims() async throws(StorageError) {
        var position = MessageSequence.start
        while true {
            let page = try await list(after: position, limit: Limits.backlogBatch)
            let now = catalog.clock.now()
            let claims = Set(page.filter { now < $0.claimedUntil }.compactMap(\.claim))
            guard let last = page.last, !claims.isEmpty else { return }
            for claim in claims {
                _ = try await catalog.withPool(of: key) { driver, route throws(StorageError) in
                    try await driver.release(claim, in: route.ref, now: catalog.clock.now())
                }
            }
            position = last.sequence
        }
    }

    /// Deletes entries; those that are gone already are no error.
    func delete(_ ids: [MessageID]) async throws(StorageError) {
        guard !ids.isEmpty else { return }
        _ = try await catalog.withPool(of: key) { driver, route throws(StorageError) in
            try await driver.delete(ids, demanding: nil, in: route.ref, now: catalog.clock.now())
        }
    }

    /// Removes the first entries, whatever became of them.
    func pop(_ limit: Int) async throws(StorageError) -> [Message] {
        try await catalog.withPool(of: key) { driver, route throws(StorageError) in
            try await driver.pop(limit, from: route.ref, now: catalog.clock.now())
        } ?? []
    }

    /// Removes entries up to and including this one, in bounded steps.
    func purge(through last: MessageSequence) async throws(StorageError) {
        let limit = Limits.purgedPerStep
        var count: Int? = limit
        while count == limit {
            count = try await catalog.withPool(of: key) { driver, route throws(StorageError) in
                try await driver.purge(through: last, limit: limit, in: route.ref, now: catalog.clock.now())
            }
        }
    }

    /// How many entries there are, due or not.
    package func count() async throws(StorageError) -> Int {
        try await catalog.withPool(of: key) { driver, route throws(StorageError) in
            try await driver.stats(of: route.ref, now: catalog.clock.now()).total
        } ?? 0
    }

    /// Removes the queue with all that is in it.
    package func remove() async throws(StorageError) {
        try await catalog.remove(key)
    }
}
