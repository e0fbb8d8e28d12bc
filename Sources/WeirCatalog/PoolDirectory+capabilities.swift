internal import Logging
internal import WeirDomain
package import WeirStorage

/// What pools have of what their flavors require.
extension PoolDirectory {
    /// Probes the pool now.
    package func probe(_ slot: PoolSlot) async throws(StorageError) {
        let probe = try await slot.driver().probe(now: clock.now())
        let former = slot.probe
        slot.update { $0.probe = probe }
        if let former { report(former, probe, of: slot) }
        await compareWithFlavor(slot)
    }

    private func report(_ former: PoolProbe, _ probe: PoolProbe, of slot: PoolSlot) {
        let (had, has) = (former.capabilities, probe.capabilities)
        report(had.missing(from: has), "pool gained capabilities", .notice, of: slot)
        report(has.missing(from: had), "pool lost capabilities", .warning, of: slot)
        if let old = former.identity, let new = probe.identity, old != new {
            logger.warning("pool has another store, or an emptied one", metadata: ["pool": "\(slot.name)"])
        }
    }

    /// Queues that were placed for what the pool had are still there.
    private func report(_ changed: CapabilitySet, _ event: Logger.Message, _ level: Logger.Level, of slot: PoolSlot) {
        guard !changed.isEmpty else { return }
        logger.log(level: level, event, metadata: ["pool": "\(slot.name)", "capabilities": "\(changed.commaSeparated)"])
    }

    /// Works out what the pool lacks of what its flavor requires, and says so when that changes.
    func compareWithFlavor(_ slot: PoolSlot) async {
        var required: CapabilitySet = []
        if let flavor = slot.pool.flavorName {
            // A catalog that cannot be read changes nothing that is known of the pool.
            guard let found = try? await store.requirements(ofFlavor: flavor) else { return }
            required = found
        }
        guard let probe = slot.probe else { return }
        let lacking = probe.capabilities.missing(from: required)
        guard lacking != slot.shortfall else { return }
        slot.update { $0.shortfall = lacking }
        report(lacking, of: slot)
    }

    private func report(_ lacking: CapabilitySet, of slot: PoolSlot) {
        let metadata: Logger.Metadata = [
            "pool": "\(slot.name)", "flavor": "\(slot.pool.flavorName ?? "")", "lacks": "\(lacking.commaSeparated)",
        ]
        if lacking.isEmpty {
            logger.notice("pool satisfies its flavor", metadata: metadata)
        } else {
            logger.warning("pool no longer satisfies its flavor and takes no new queues of it", metadata: metadata)
        }
    }
}

extension CapabilitySet {
    fileprivate var commaSeparated: String { members.map(\.rawValue).joined(separator: ",") }
}
