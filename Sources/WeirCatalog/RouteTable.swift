internal import WeirDomain

/// Routes in a table of rows of 40 bytes, in sets of eight. A key names two sets, and its route stands in either
/// (Azar, Broder, Karlin, Upfal 1994: with two choices sets fill evenly). When both are full one of their rows moves to
/// its other set (Pagh, Rodler 2001); when none can, the table grows by an eighth, up to its bound; then a less used row
/// of the set makes room (CLOCK).
struct RouteTable: Sendable {
    /// 128 bits of a keyed hash of project and name.
    struct Key: Hashable, Sendable {
        let high: UInt64
        let low: UInt64
    }

    /// What is remembered of a route. Pools and settings stand elsewhere, once each.
    struct Row: Sendable {
        fileprivate var key = Key(high: 0, low: 0)
        var life = QueueLife(0)
        var epoch = Epoch(0)
        var settings: UInt32 = 0
        var pool: UInt16 = 0
        fileprivate var isTaken = false
        fileprivate var isUsed = false
    }

    private static let ways = 8

    private var rows: [Row] = Array(repeating: Row(), count: Self.ways)
    private var sets = 1
    private let maximumSets: Int
    private(set) var count = 0

    /// For at most about `capacity` routes.
    init(capacity: Int) {
        maximumSets = max(1, capacity / Self.ways)
    }

    /// Bytes of the table, whether or not its rows are taken.
    var bytes: Int { rows.capacity * MemoryLayout<Row>.stride }

    // MARK: Finding

    /// The route of this key, marked as used.
    mutating func find(_ key: Key) -> Row? {
        guard let place = place(of: key) else { return nil }
        rows[place].isUsed = true
        return rows[place]
    }

    private func place(of key: Key) -> Int? {
        first(in: set(key.low)) { $0.isTaken && $0.key == key }
            ?? first(in: set(key.high)) { $0.isTaken && $0.key == key }
    }

    /// A free row in the emptier of the key's sets.
    private func free(for key: Key) -> Int? {
        let (one, other) = (set(key.low), set(key.high))
        return first(in: taken(in: one) <= taken(in: other) ? one : other) { !$0.isTaken }
    }

    /// A row of the key's sets, which are full, that is free now: its route stands in its other set.
    private mutating func freed(for key: Key) -> Int? {
        for place in [set(key.low), set(key.high)].flatMap({ $0..<$0 + Self.ways }) {
            guard let other = free(for: rows[place].key) else { continue }
            rows[other] = rows[place]
            return place
        }
        return nil
    }

    private func taken(in set: Int) -> Int {
        rows[set..<set + Self.ways].count { $0.isTaken }
    }

    /// The first row of the set that these bits name (Lemire 2019).
    private func set(_ bits: UInt64) -> Int {
        Int(bits.multipliedFullWidth(by: UInt64(sets)).high) * Self.ways
    }

    private func first(in set: Int, where condition: (Row) -> Bool) -> Int? {
        for place in set..<set + Self.ways where condition(rows[place]) { return place }
        return nil
    }

    // MARK: Changing

    /// Keeps the route under this key, in the place of another one if need be.
    mutating func insert(_ row: Row, for key: Key) {
        var row = row
        row.key = key
        row.isTaken = true
        if let place = place(of: key) {
            rows[place] = row
            return
        }
        if put(row) { return }
        while sets < maximumSets {
            grow()
            if put(row) { return }
        }
        rows[leastUsed(in: set(key.low))] = row
    }

    /// False if there is no room.
    private mutating func put(_ row: Row) -> Bool {
        guard let place = free(for: row.key) ?? freed(for: row.key) else { return false }
        rows[place] = row
        count += 1
        return true
    }

    /// Forgets the route of this key.
    mutating func remove(_ key: Key) {
        guard let place = place(of: key) else { return }
        rows[place] = Row()
        count -= 1
    }

    /// Forgets all.
    mutating func removeAll() {
        self = RouteTable(capacity: maximumSets * Self.ways)
    }

    /// A row that was not used since the others of its set were.
    private mutating func leastUsed(in set: Int) -> Int {
        if let unused = first(in: set, where: { !$0.isUsed }) { return unused }
        for place in set..<set + Self.ways { rows[place].isUsed = false }
        return set
    }

    /// The few routes that find no room in the larger table are forgotten.
    private mutating func grow() {
        let old = rows
        sets = min(maximumSets, sets + sets / 8 + 1)
        rows = Array(repeating: Row(), count: sets * Self.ways)
        count = 0
        for row in old where row.isTaken { _ = put(row) }
    }
}
