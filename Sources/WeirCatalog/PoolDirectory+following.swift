internal import WeirDomain
package import WeirStorage

/// Doing as the catalog says.
extension PoolDirectory {
    /// Follows the catalog, and returns when every pool that is not open has been tried.
    package func refresh() async throws(StorageError) {
        for each in try await follow() { await each.value }
    }

    /// Takes over what the catalog lists: from here on this node works by it. Pools are opened and closed beside that, and
    /// those that could not be opened tried again: the tasks that do so are returned, for a pool that hangs must not
    /// keep this node from learning about the others.
    @discardableResult
    package func follow() async throws(StorageError) -> [Task<Void, Never>] {
        let tasks = try await changes.pass { () async throws(StorageError) in adopt(try await store.pools()) }
        for slot in everySlot { await compareWithFlavor(slot) }
        return tasks
    }

    /// Follows the catalog if its pools are not those that this node knows, in the same versions, and returns when each
    /// pool was tried that nobody had tried before. Unlike `refresh` it does not try pools that cannot be reached, so
    /// callers may ask for it whenever they miss something.
    package func followNews() async throws(StorageError) {
        let records = try await store.pools()
        let isKnown = records.allSatisfy { pool(named: $0.pool.name)?.record.version == $0.version }
        if !isKnown || records.count != everySlot.count { try await follow() }
        for slot in everySlot where slot.isUntried { await bringUp(slot)?.value }
    }

    /// The pool of this name, also if another node has registered it a moment ago, after it was tried; nil if there is none.
    package func find(_ name: String) async throws(StorageError) -> PoolSlot? {
        if pool(named: name) == nil { try await followNews() }
        guard let slot = pool(named: name) else { return nil }
        if slot.isUntried { await bringUp(slot)?.value }
        return slot
    }

    /// To be called in the order in which the records were read.
    func adopt(_ records: [PoolRecord]) -> [Task<Void, Never>] {
        let gone = removeSlots(except: Set(records.map { ExactName($0.pool.name) }))
        let endings = gone.map { slot in
            let drivers = slot.close()
            return beside { for driver in drivers { await driver.shutdown() } }
        }
        return endings
            + records.compactMap { record in
                let slot = slot(for: record)
                slot.take(record, at: clock.now())
                return bringUp(slot)
            }
    }
}
