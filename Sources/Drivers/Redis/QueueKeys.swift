internal import RedisEngine
internal import WeirDomain

/// The names of keys. Those of a queue are made of its life, never of a name that somebody chose, and share the
/// hash tag of the life.
struct QueueKeys: Sendable {
    private static let messages = Array("messages".utf8)
    private static let bodies = Array("bodies".utf8)

    /// The number of the stored format.
    ///
    /// To change the format: raise `formatNumber`, and bring an older pool up to date in `RedisDriver+format.swift`.
    ///
    /// 1: the first. 2: `weir:lives` has the lives that the pool holds. 3: what is posted together is stored together, in
    /// parcels, while what was stored before stays as it is; `weir:due` knows of delays.
    static let format = "weir:format"
    static let formatNumber = "3"

    /// What the pool's database is known by, whatever its uri.
    static let identity = "weir:identity"

    /// Lives by a time before which they hold no garbage.
    static let due = "weir:due"
    /// Lives of which only the role is remembered, by since when.
    static let retired = "weir:retired"
    /// All other lives.
    static let lives = "weir:lives"
    /// Before the life in the names of its keys, and after it in those of the two that outlive what it held.
    static let around = (before: "weir:{", header: "}:header", move: "}:move")

    var life: String { String(decoding: beginning.dropFirst(Self.prefix.count).dropLast(2), as: UTF8.self) }
    /// The life as `lives` has it.
    var place: String { String(repeating: "0", count: max(0, 19 - life.utf8.count)) + life }
    /// What the names of all its keys begin with: what the scripts are given (`keys.lua`).
    let beginning: [UInt8]

    private static let prefix = Array(around.before.utf8)

    init(_ life: QueueLife) {
        self.init(life: String(life.value))
    }

    init(life: String) {
        var beginning: [UInt8] = []
        beginning.reserveCapacity(Self.prefix.count + life.utf8.count + 2)
        beginning.append(contentsOf: Self.prefix)
        beginning.append(contentsOf: life.utf8)
        beginning.append(UInt8(ascii: "}"))
        beginning.append(UInt8(ascii: ":"))
        self.beginning = beginning
    }

    /// Adds the command that reads the records of messages that are in no parcel.
    func addRead(of sequences: [Int64], to buffer: inout CommandBuffer) {
        beginRead(of: sequences.count, from: Self.messages, to: &buffer)
        for sequence in sequences { buffer.add(sequence) }
    }

    /// Adds the command that reads parcels.
    func addRead(ofParcels names: [[UInt8]], to buffer: inout CommandBuffer) {
        beginRead(of: names.count, from: Self.bodies, to: &buffer)
        for name in names { buffer.add(name) }
    }

    private func beginRead(of fields: Int, from key: [UInt8], to buffer: inout CommandBuffer) {
        buffer.begin(2 + fields)
        buffer.add("HMGET")
        buffer.add(beginning, key)
    }

    /// Begins the command that stores `count` parcels: each name is to follow, and after each the parcel.
    func beginStore(ofParcels count: Int, to buffer: inout CommandBuffer) {
        buffer.begin(2 + 2 * count)
        buffer.add("HSET")
        buffer.add(beginning, Self.bodies)
    }
}

extension QueueRef {
    /// The header under which a pool serves the queue (`keys.lua`).
    var header: String { "S\(epoch.value)" }
}
