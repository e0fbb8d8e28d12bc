internal import StoreThreads

/// Callers that were served come back soon, most of them. A transaction costs the server as much as the writes of
/// several of them, so it is worth a short wait to have them all in the next one.
struct Gathering {
    /// How many were served last.
    private var served = 0
    /// How often nobody is waited for any more, because those who were did not come.
    private var hurries = 0

    private static let microseconds = 1000
    private static let hurriesAfterWaiting = 16

    /// What waits in the inbox, and who comes back soon, at most `limit`. Empty once it is closed and drained.
    mutating func take<Item>(_ limit: Int, from inbox: Inbox<Item>) -> [Item] {
        let items: [Item]
        if hurries == 0 && served > 1 {
            let taken = inbox.take(limit, awaiting: served, microseconds: Self.microseconds)
            items = taken.items
            if !taken.cameAll { hurries = Self.hurriesAfterWaiting }
        } else {
            items = inbox.take(limit)
            hurries = max(0, hurries - 1)
        }
        served = items.count
        return items
    }
}
