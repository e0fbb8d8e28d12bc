internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

extension Operations {
    /// Claims as `claimMessages` does, and if there is nothing to claim waits for it. Nil once the patience is over.
    package func claimMessages(
        in key: QueueKey, ttl: Int?, grace: Int?, limit: Int?, patience: Patience?
    ) async throws(OperationError) -> Claim? {
        let wanted = try checkClaim(ttl: ttl, grace: grace, limit: limit)
        guard let patience, patience.seconds > 0 else {
            return try await claimMessages(in: key, ttl: ttl, grace: grace, limit: limit)
        }
        guard let place = place(in: key, to: .taking(wanted), patience) else {
            if let claim = try await claimMessages(in: key, ttl: ttl, grace: grace, limit: limit) { return claim }
            try demandStopping()
            return nil
        }
        var turn = place.looksFirst ? WaitTurn.look : await place.turn()
        var claimed = 0
        defer { place.leave(leavingMore: claimed >= wanted) }
        while turn != .ended {
            if let claim = try await claimMessages(in: key, ttl: ttl, grace: grace, limit: limit) {
                claimed = claim.messages.count
                guard patience.departure.isOver else { return claim }
                // Nobody is there to take it.
                try await releaseClaim(claim.id.text, in: key)
                return nil
            }
            if turn == .over { return nil }
            turn = await place.turn()
        }
        return nil
    }

    /// Lists as `listMessages` does, and waits while the page is empty.
    package func listMessages(
        in key: QueueKey, for client: ClientID, _ listing: MessageListing, patience: Patience?
    ) async throws(OperationError) -> Page<Message> {
        guard let patience, patience.seconds > 0, listing.hasPlace else {
            return try await listMessages(in: key, for: client, listing)
        }
        guard let place = place(in: key, to: .seeing, patience) else {
            let page = try await listMessages(in: key, for: client, listing)
            if page.items.isEmpty { try demandStopping() }
            return page
        }
        defer { place.leave() }
        var turn = WaitTurn.look
        while true {
            let page = try await listMessages(in: key, for: client, listing)
            guard page.items.isEmpty, turn == .look else { return page }
            turn = await place.turn()
            if turn == .ended { return page }
        }
    }

    /// Who finds no place in line is told to come back later: an empty answer would be asked for again at once. A node
    /// that stops gives empty answers.
    private func demandStopping() throws(OperationError) {
        guard signals.isStopping else { throw .unavailable(.busy) }
    }

    private func place(in key: QueueKey, to purpose: WaitPurpose, _ patience: Patience) -> WaitingPlace? {
        let deadline = clock.now().adding(seconds: min(patience.seconds, Limits.longestWaitSeconds))
        let place = signals.join(key, to: purpose, until: deadline)
        if let place { patience.departure.onLeaving { place.end() } }
        return place
    }

    /// Looks after those that wait for messages, until told to stop.
    package func watchQueues() async {
        await signals.run { key in await self.glance(at: key) }
    }

    private func glance(at key: QueueKey) async -> QueueGlance? {
        let now = clock.now()
        do throws(StorageError) {
            let found = try await catalog.withPool(of: key) { driver, route throws(StorageError) in
                (try await driver.stats(of: route.ref, now: now), isDelayed(route.settings))
            }
            guard let (stats, isDelayed) = found else { return QueueGlance(free: 0, content: [], isVague: false) }
            let ends = [stats.oldest, stats.newest].compactMap { $0?.id.text }
            return QueueGlance(
                free: stats.free, content: ends + [String(stats.free), String(stats.claimed)], isVague: isDelayed)
        } catch {
            // Those that wait find out for themselves when their time is over.
            return nil
        }
    }
}
