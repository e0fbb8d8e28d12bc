/// Pages of blocks that a reading thread remembers, with the version of their queue.
struct PageCache {
    struct Place: Hashable {
        let life: Int64
        let after: Int64
        let limit: Int
    }

    private struct Entry {
        let page: PoolQueries.Page
        let version: Int64
    }

    /// Bytes; beyond them everything is forgotten.
    private static let capacity = 8 << 20

    private var entries: [Place: Entry] = [:]
    /// Read in this batch, and not yet known to be of one version.
    private var fresh: [Place: Entry] = [:]
    private var weight = 0

    /// The page, if it is of this version.
    func page(_ place: Place, version: Int64) -> PoolQueries.Page? {
        guard let entry = entries[place] ?? fresh[place], entry.version == version else { return nil }
        return entry.page
    }

    mutating func add(_ page: PoolQueries.Page, at place: Place, version: Int64) {
        fresh[place] = Entry(page: page, version: version)
    }

    /// Remembers what was read of these queues, and forgets what was read of others.
    mutating func keep(_ lives: some Collection<Int64>) {
        for (place, entry) in fresh where lives.contains(place.life) {
            weight += entry.page.weight - (entries[place]?.page.weight ?? 0)
            entries[place] = entry
        }
        fresh = [:]
        guard weight > Self.capacity else { return }
        entries = [:]
        weight = 0
    }
}
