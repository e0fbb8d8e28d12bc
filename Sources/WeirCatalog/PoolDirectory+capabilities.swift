internal import Logging
internal import WeirDomain
package import WeirStorage

/// What pools have of what their flavors require.
extension PoolDirectory {
    /// Probes the pool now.
    package func probe(_ slot: PoolSlot) async throws(StorageError) {
        let probe = try await slot.driver().probe(now: clock.now())
        slot.update { $0.probe = probe }
        await compareWithFlavor(slot)
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
        let names = lacking.members.map(\.rawValue).joined(separator: ",")
        let metadata: Logger.Metadata = [
            "pool": "\(slot.name)", "flavor": "\(slot.pool.flavorName ?? "")", "lacks": "\(names)",
        ]
        if lacking.isEmpty {
            logger.notice("pool satisfies its flavor", metadata: metadata)
        } else {
            logger.warning("pool no longer satisfies its flavor and takes no new queues of it", metadata: metadata)
        }
    }
}
