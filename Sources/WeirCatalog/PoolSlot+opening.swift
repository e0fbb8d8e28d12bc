internal import Synchronization
internal import WeirDomain
internal import WeirStorage

/// How a pool comes to its driver.
extension PoolSlot {
    /// What it is to be opened with.
    var address: PoolAddress { state.withLock { PoolAddress($0.record.pool) } }

    /// Takes over what the catalog says. If its store is another one now, nobody gets to the former from here on. If only
    /// the way to it is, the present driver serves on until there is one that goes the new way.
    func take(_ record: PoolRecord, at now: Timestamp) {
        state.withLock { state in
            if state.record.version != record.version { state.since = now }
            let isElsewhere = !PoolAddress(state.record.pool).leads(to: record.pool)
            state.record = record
            guard isElsewhere else { return }
            if let driver = state.driver { state.former.append(driver) }
            state.driver = nil
            (state.address, state.probe, state.failure, state.trip) = (nil, nil, nil, nil)
        }
    }

    /// The attempt to open it that goes on, else the one that `begin` begins; nil if it is open as its record says.
    func beginOpening(_ begin: () -> Task<Void, Never>) -> Task<Void, Never>? {
        state.withLock { state in
            if let opening = state.opening { return opening }
            guard !state.isClosed, state.address != PoolAddress(state.record.pool) else { return nil }
            state.opening = begin()
            return state.opening
        }
    }

    /// The attempt is over, unless the record says by now that it is to be opened otherwise: then this is false.
    func endOpening(at address: PoolAddress) -> Bool {
        state.withLock { state in
            guard state.isClosed || PoolAddress(state.record.pool) == address else { return false }
            state.opening = nil
            return true
        }
    }

    /// Gives the pool a driver. Returns the one that is to be closed: what it had before, or this one, if it came too late.
    func opened(_ opened: OpenedPool, at address: PoolAddress) -> (any PoolDriver)? {
        let (surplus, wasReported) = state.withLock { state -> ((any PoolDriver)?, Bool) in
            guard !state.isClosed, address.leads(to: state.record.pool) else { return (opened.driver, false) }
            let former = state.driver
            (state.registration, state.driver, state.probe) = (opened.registration, opened.driver, opened.probe)
            (state.address, state.failure, state.trip) = (address, nil, nil)
            state.generation += 1
            defer { state.isReported = false }
            return (former, state.isReported)
        }
        if wasReported { reportBack() }
        return surplus
    }

    /// One that serves by an older record serves on.
    func notOpened(_ reason: String) {
        let (serves, wasReported) = state.withLock { state in
            guard !state.isClosed else { return (false, true) }
            if state.driver == nil { state.failure = reason }
            defer { state.isReported = true }
            return (state.driver != nil, state.isReported)
        }
        if !wasReported { serves ? report(notReopened: reason) : report(reason) }
    }

    /// Takes the driver away, so that another one may be opened, by the attempt that goes on, else by the one that `begin`
    /// begins.
    func takeDriver(_ begin: () -> Task<Void, Never>) -> (any PoolDriver)? {
        state.withLock { state in
            defer { (state.driver, state.address) = (nil, nil) }
            if state.opening == nil, !state.isClosed { state.opening = begin() }
            // Whoever has it still, and comes too late, gets the next one.
            if state.driver != nil { state.generation += 1 }
            return state.driver
        }
    }

    /// Drivers of stores that the pool had before.
    func takeFormer() -> [any PoolDriver] {
        state.withLock { state in
            defer { state.former = [] }
            return state.former
        }
    }

    /// It will not be opened any more. Returns the drivers that are to be closed.
    func close() -> [any PoolDriver] {
        state.withLock { state in
            defer { (state.driver, state.former, state.address) = (nil, [], nil) }
            state.isClosed = true
            state.opening?.cancel()
            return state.former + [state.driver].compactMap { $0 }
        }
    }
}
