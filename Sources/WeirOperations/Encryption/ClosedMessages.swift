internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// What an encrypted queue has at its front that this node cannot open.
private struct ClosedFront {
    /// How many there are in a row.
    var closed = 0
    /// How many that can be opened stand behind them, before the next that cannot: no more than were wanted.
    var open = 0
    /// What is wrong with the first of those that cannot.
    var fault: OperationError?
    /// Whether it is known what comes next.
    var isComplete = false
}

extension Operations {
    /// Takes messages out of a queue, by a claim or a pop, past those that this node cannot open: they are neither taken nor
    /// count as claimed, and are hidden from others for that moment. Looked at are the first `Limits.closedMessages`.
    ///
    /// - Parameters:
    ///   - limit: How many are wanted.
    ///   - take: Takes so many at the most from the front.
    /// - Throws: `failure` if there are only such that cannot be opened.
    func pastClosed<Value>(
        in key: QueueKey, limit: Int, _ take: (Int) async throws(OperationError) -> Value
    ) async throws(OperationError) -> Value {
        let front = try await closedFront(of: key, limit)
        guard let fault = front.fault else { return try await take(limit) }
        guard front.open > 0 else { throw fault }
        guard front.closed > 0 else { return try await take(front.open) }
        let hold = try await holdBack(front.closed, in: key)
        let taken: Result<Value, OperationError>
        do throws(OperationError) {
            taken = .success(try await take(front.open))
        } catch {
            taken = .failure(error)
        }
        // It ends by itself otherwise, and what was taken is not to be lost for that.
        try? await releaseClaim(hold.text, in: key)
        return try taken.get()
    }

    private func closedFront(of key: QueueKey, _ limit: Int) async throws(OperationError) -> ClosedFront {
        var front = ClosedFront()
        var after = MessageSequence.start
        var seen = 0
        while !front.isComplete, seen < Limits.closedMessages {
            // The first page is enough for all but a queue with messages that cannot be opened.
            let size = seen == 0 ? limit : Limits.closedMessagesPage
            guard let page = try await free(after, size, in: key) else { return front }
            look(at: page, of: key, limit, &front)
            if page.count < size { front.isComplete = true }
            guard let last = page.last else { break }
            after = last.sequence
            seen += page.count
        }
        return front
    }

    private func look(at page: [Message], of key: QueueKey, _ limit: Int, _ front: inout ClosedFront) {
        for message in page where !front.isComplete {
            let fault = closed(message, of: key)
            front.fault = front.fault ?? fault
            if fault == nil {
                front.open += 1
            } else if front.open == 0 {
                front.closed += 1
            } else {
                front.isComplete = true
            }
            if front.open == limit { front.isComplete = true }
        }
    }

    /// Messages that could be taken, in order; nil if there is no such queue, or if it encrypts nothing.
    private func free(
        _ after: MessageSequence, _ limit: Int, in key: QueueKey
    ) async throws(OperationError) -> [Message]? {
        let now = clock.now()
        let page = try await operation(
            try await catalog.withPool(of: key) { driver, route throws(StorageError) -> [Message]? in
                guard route.settings.encryptsMessages, cipher.hasKeys else { return nil }
                return try await driver.list(MessageFilter(after: after, limit: limit), in: route.ref, now: now)
            })
        return page ?? nil
    }

    /// Holds the first so many messages without their being counted as claimed.
    private func holdBack(_ count: Int, in key: QueueKey) async throws(OperationError) -> ClaimID {
        var generator = Entropy()
        let (id, hold) = (ClaimID.mint(using: &generator), ClaimID.mint(using: &generator))
        let terms = ClaimTerms(ttl: ServiceLimits.minimumTTL, grace: ServiceLimits.minimumGrace)
        let request = ClaimRequest(
            id: id, terms: terms, limit: count, deadLetter: DeadLetterRule(maximumClaims: 0, hold: hold))
        let now = clock.now()
        _ = try await operation(
            try await catalog.withPool(of: key) { driver, route throws(StorageError) in
                try await driver.claim(request, in: route.ref, now: now)
            })
        return hold
    }
}
