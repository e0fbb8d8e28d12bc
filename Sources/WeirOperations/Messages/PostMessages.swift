internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

/// What a queue says about posts to it.
package struct PostTerms: Sendable {
    /// Bytes of the whole request.
    package let maximumBytes: Int
    let messageTTL: Int
    /// Nil unless the queue is a delayed one: then messages may not set a delay.
    let messageDelay: Int?
    /// Whether a missing queue is created.
    var createsQueue = true
}

/// A message as a client posts it.
package struct MessageDraft: Sendable {
    package var body: MessageBody
    /// Seconds; nil takes the queue's default.
    package var ttl: Int?
    package var delay: Int?

    package init(body: MessageBody, ttl: Int?, delay: Int?) {
        self.body = body
        self.ttl = ttl
        self.delay = delay
    }
}

extension Operations {
    /// The terms for posts to the queue, which is created if it is missing: before the post is looked at, as
    /// existing clients expect (API section 4.1).
    package func postTerms(of key: QueueKey) async throws(OperationError) -> PostTerms {
        let settings = try await routeCreatingQueue(key).settings
        return PostTerms(
            maximumBytes: min(settings.maximumPostBytes ?? .max, limits.messagesPostBytes),
            messageTTL: settings.messageTTL ?? limits.defaultMessageTTL,
            messageDelay: settings.messageDelay ?? (limits.defaultMessageDelay > 0 ? limits.defaultMessageDelay : nil))
    }

    /// The terms of versions of the API that know the service's own limits and defaults only, and nothing of the
    /// queue's. A missing queue is created once the post has been looked at, or not at all.
    package func plainPostTerms(creatingQueue: Bool) -> PostTerms {
        PostTerms(
            maximumBytes: limits.messagesPostBytes, messageTTL: limits.defaultMessageTTL, messageDelay: nil,
            createsQueue: creatingQueue)
    }

    /// Stores all the messages or none, in the order given, and returns their ids in that order.
    ///
    /// - Parameter once: The same again under the same key, within `Limits.receiptSeconds`, stores nothing and returns
    ///   the ids of the first time, whatever became of the messages; something else under that key is refused.
    package func postMessages(
        _ drafts: [MessageDraft], from client: ClientID, to key: QueueKey, under terms: PostTerms,
        once: IdempotencyKey? = nil
    ) async throws(OperationError) -> [MessageID] {
        guard !drafts.isEmpty else { throw .invalidRequest("messages: at least one message is required.") }
        let repeatable = once.map { IdempotentPost($0, drafts, of: key.project) }
        var generator = Entropy()
        var messages: [NewMessage] = []
        messages.reserveCapacity(drafts.count)
        for (index, draft) in drafts.enumerated() {
            messages.append(try accept(draft, index, under: terms, nonce: generator.next()))
        }
        if catalog.knownRoute(for: key)?.settings.hasSubscriptions ?? true { try await prepareToAnnounce(in: key) }
        let ids = try await store(
            messages, from: client, to: key, creatingIt: terms.createsQueue, once: repeatable)
        // Those of a repeat too: the node may have died between the two steps of the first time.
        if let route = catalog.knownRoute(for: key), !route.settings.hasSubscriptions { return ids }
        let announced = ids.indices.map { index in
            AnnouncedMessage(
                id: ids[index], body: drafts[index].body, ttl: messages[index].ttl,
                delay: terms.messageDelay == nil ? nil : messages[index].delay)
        }
        try await announce(announced, in: key)
        return ids
    }

    private func prepareToAnnounce(in key: QueueKey) async throws(OperationError) {
        try await operation(steps: { () async throws(StorageError) in
            guard try await catalog.route(for: key)?.settings.hasSubscriptions ?? false else { return }
            try await deliveries.prepare(for: key)
        })
    }

    /// Leaves word for those who have to be told, before whoever posted is: what was acknowledged is delivered too.
    func announce(_ messages: [AnnouncedMessage], in key: QueueKey) async throws(OperationError) {
        try await operation(steps: { () async throws(StorageError) in
            guard try await catalog.route(for: key)?.settings.hasSubscriptions ?? false else { return }
            try await deliveries.posted(messages, to: key)
        })
    }

    private func accept(
        _ draft: MessageDraft, _ index: Int, under terms: PostTerms, nonce: UInt64
    ) throws(OperationError) -> NewMessage {
        let ttl = draft.ttl ?? terms.messageTTL
        guard (ServiceLimits.minimumTTL...limits.maximumMessageTTL).contains(ttl) else {
            throw .invalidRequest(
                "messages[\(index)].ttl: \(ttl) is out of range; it may be \(ServiceLimits.minimumTTL) to "
                    + "\(limits.maximumMessageTTL) seconds.")
        }
        let delay = terms.messageDelay.map { draft.delay ?? $0 } ?? 0
        guard (0...limits.maximumMessageDelay).contains(delay) else {
            throw .invalidRequest(
                "messages[\(index)].delay: \(delay) is out of range; it may be 0 to "
                    + "\(limits.maximumMessageDelay) seconds.")
        }
        return NewMessage(nonce: nonce, body: draft.body, ttl: ttl, delay: delay)
    }

    /// Stores messages in a queue, which is created if it is missing, unless that is not wanted. Their bodies are sealed
    /// if the queue says so.
    func store(
        _ messages: [NewMessage], from client: ClientID, to key: QueueKey, creatingIt isCreated: Bool = true,
        once: IdempotentPost? = nil
    ) async throws(OperationError) -> [MessageID] {
        for _ in 0..<Limits.routeAttempts {
            let now = clock.now()
            let outcome = try await operation(
                try await catalog.withPool(of: key, opening: true) { driver, route throws(StorageError) -> PostOutcome? in
                    let named = once?.named(messages, in: route.ref.life) ?? messages
                    guard let messages = try? sealed(named, of: key, under: route.settings) else { return nil }
                    guard let receipt = once?.receipt(at: now) else {
                        return .stored(try await driver.post(messages, from: client, to: route.ref, now: now))
                    }
                    return try await driver.post(messages, from: client, to: route.ref, under: receipt, now: now)
                })
            switch outcome {
            case .some(.some(.stored(let ids))):
                let ready = messages.count { $0.delay == 0 }
                if ready > 0 { signals.signal(key, messages: ready) }
                return ids
            case .some(.some(.repeated(let ids))): return ids
            case .some(.some(.differs)):
                throw .invalidRequest("Idempotency-Key: something else was posted to this queue under this key.")
            case .some(.none): throw .noEncryptionKey
            case .none: break
            }
            guard isCreated else { throw .notFound("Queue '\(key.name.value)' does not exist.") }
            // Missing, or deleted since it was looked up.
            _ = try await routeCreatingQueue(key)
        }
        throw .unavailable(.busy)
    }
}
