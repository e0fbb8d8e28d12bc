internal import Logging
internal import Synchronization
internal import WeirDomain
internal import WeirStorage

/// What goes on beside the requests: each loop runs until its task is cancelled, and a pool that hangs or fails
/// keeps none from the others.
extension PoolDirectory {
    /// Follows what other nodes changed, tries pools that could not be opened again, and opens those of which all nodes
    /// have had the time to read.
    package func followCatalog() async {
        var isReachable = true
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(Limits.catalogPollMilliseconds))
            do throws(StorageError) {
                try await follow()
                await openNoticed()
                if !isReachable { logger.notice("catalog is back") }
                isReachable = true
            } catch {
                if isReachable { logger.error("catalog unreachable", metadata: ["reason": "\(error)"]) }
                isReachable = false
            }
        }
    }

    /// Asks every pool whether it is there, those that were not the most often. The breaker of one that does not
    /// answer in time opens, that of one that does closes.
    package func watchPools() async {
        var round = 0
        while !Task.isCancelled {
            round += 1
            let due = round % Limits.roundsBetweenPings == 0 ? everySlot : everySlot.filter { $0.outage != nil }
            await ping(due)
            try? await Task.sleep(for: .milliseconds(Limits.poolWatchMilliseconds))
        }
    }

    /// One round of `watchPools`.
    package func ping(_ slots: [PoolSlot]) async {
        let limit = Duration.milliseconds(Limits.poolPingMilliseconds)
        let pending = Mutex(Set(slots.map { ExactName($0.name) }))
        await perform(.ping, on: slots, within: limit) { [self] slot in
            await ping(slot)
            pending.withLock { _ = $0.remove(ExactName(slot.name)) }
        }
        let silent = pending.withLock { $0 }
        for slot in slots where silent.contains(ExactName(slot.name)) { slot.trip("does not answer") }
    }

    private func ping(_ slot: PoolSlot) async {
        // One that is not open is `follow`'s to try again.
        guard let (driver, generation) = try? slot.driverBehindBreaker() else { return }
        do throws(StorageError) {
            try await driver.ping()
            slot.untrip()
        } catch {
            if let reason = error.outage { slot.trip(reason, of: generation) }
        }
    }

    /// Looks again, every `interval`, at what each pool's store is configured to do.
    package func probePools(every interval: Duration) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            guard !Task.isCancelled else { return }
            let limit = Duration.milliseconds(Limits.poolPingMilliseconds)
            await perform(.probe, on: everySlot.filter { $0.outage == nil }, within: limit) { [self] slot in
                do throws(StorageError) {
                    try await probe(slot)
                } catch {
                    logger.warning(
                        "pool not probed", metadata: ["pool": "\(slot.name)", "reason": "\(error)"])
                }
            }
        }
    }

    /// Removes what nobody can see any more from all pools, a bounded piece at a time. Requests come first: it takes a
    /// quarter of the time, unless that is not enough for so long that the stores would grow for ever.
    package func collectGarbage() async {
        var pacing = CollectionPacing()
        while !Task.isCancelled {
            let isDirty = Atomic<Bool>(false)
            let limit = Duration.milliseconds(Limits.collectionMilliseconds)
            let taken = await ContinuousClock().measure {
                await perform(.collect, on: everySlot.filter { $0.outage == nil }, within: limit) { [self] slot in
                    if await collect(slot) { isDirty.store(true, ordering: .relaxed) }
                }
            }
            let pause = pacing.pause(after: taken, isDirty: isDirty.load(ordering: .relaxed))
            try? await Task.sleep(for: pause)
        }
    }

    /// True if there may be more. What could not be collected now has its turn again.
    private func collect(_ slot: PoolSlot) async -> Bool {
        do throws(StorageError) {
            return try await slot.driver().collect(Limits.collectedPerStep, now: clock.now())
        } catch {
            if slot.outage == nil, error != .busy {
                logger.warning("garbage not collected", metadata: ["pool": "\(slot.name)", "reason": "\(error)"])
            }
            return false
        }
    }
}
