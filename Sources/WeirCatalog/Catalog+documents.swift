internal import WeirDomain
internal import WeirStorage

extension Catalog {
    /// Removes documents whose time is over, a bounded piece at a time, until told to stop.
    package func collectDocuments() async {
        while !Task.isCancelled {
            // A catalog that is away is reported by `PoolDirectory.followCatalog`.
            let isDirty = (try? await store.collectDocuments(Limits.collectedPerStep, now: clock.now())) ?? false
            let pause = isDirty ? 1 : Limits.collectionIntervalMilliseconds
            try? await Task.sleep(for: .milliseconds(pause))
        }
    }
}
