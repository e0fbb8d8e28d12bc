internal import WeirDomain
internal import WeirStorage

/// What a driver is opened with.
struct PoolAddress: Hashable, Sendable {
    let uri: String
    let options: [UInt8]

    init(_ pool: Pool) {
        uri = pool.uri
        options = pool.options
    }

    /// Whether it is certain that both are of one store.
    func leads(to pool: Pool) -> Bool { PoolURI.leadToOneStore(uri, pool.uri) }
}

/// A driver and what its first probe found.
struct OpenedPool: Sendable {
    let registration: DriverRegistration
    let driver: any PoolDriver
    let probe: PoolProbe
}

extension PoolDirectory {
    /// Has the pool opened as its record says: nil if it is. One attempt at a time goes on for each pool, so this may be
    /// asked for again and again, also while the store hangs.
    @discardableResult
    func bringUp(_ slot: PoolSlot) -> Task<Void, Never>? {
        slot.beginOpening { beside { await self.open(slot) } }
    }

    /// Callers wait until there is another one.
    func takeDriver(of slot: PoolSlot) -> (any PoolDriver)? {
        slot.takeDriver { beside { await self.open(slot) } }
    }

    /// Until it is open as the record says, or was found not to open that way.
    private func open(_ slot: PoolSlot) async {
        var isOver = false
        while !isOver {
            // Embedded stores admit one writer: it may be another's turn.
            isOver = await slot.exchange.pass { await open(slot, at: slot.address) }
        }
        await compareWithFlavor(slot)
    }

    /// True if nothing else is to be opened.
    private func open(_ slot: PoolSlot, at address: PoolAddress) async -> Bool {
        for driver in slot.takeFormer() { await driver.shutdown() }
        do throws(PoolRefusal) {
            let registration = try driver(for: address.uri)
            if registration.isEmbedded { await takeDriver(of: slot)?.shutdown() }
            let opened = try await open(address, by: registration)
            if slot.record.queues > 0, await holdsNothing(opened.driver) { slot.reportNothingHeld() }
            await slot.opened(opened, at: address)?.shutdown()
        } catch {
            slot.notOpened(error.reason)
        }
        return slot.endOpening(at: address)
    }

    /// Whether its store knows no queue at all: it is new, or was emptied.
    private func holdsNothing(_ driver: any PoolDriver) async -> Bool {
        do throws(StorageError) {
            return try await driver.lives(after: QueueLife(0), limit: 1).isEmpty
        } catch {
            return false
        }
    }

    func driver(for uri: String) throws(PoolRefusal) -> DriverRegistration {
        let registration = try registry.driver(for: uri)
        if store.isShared, registration.isEmbedded {
            throw PoolRefusal("uri: the catalog is shared by several nodes, and only one could reach an embedded pool")
        }
        return registration
    }

    func open(_ address: PoolAddress, by registration: DriverRegistration) async throws(PoolRefusal) -> OpenedPool {
        let driver = try await registration.open(configuration(address))
        do throws(StorageError) {
            let probe = try await driver.probe(now: clock.now())
            return OpenedPool(registration: registration, driver: driver, probe: probe)
        } catch {
            await driver.shutdown()
            throw PoolRefusal("cannot connect: \(error)")
        }
    }

    func configuration(_ address: PoolAddress) -> PoolConfiguration {
        PoolConfiguration(uri: address.uri, options: address.options, dataDirectory: dataDirectory)
    }
}
