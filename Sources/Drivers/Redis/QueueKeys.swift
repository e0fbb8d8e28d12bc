internal import RedisEngine
internal import WeirDomain

/// The names of keys. Those of a queue are made of its life, never of a name that somebody chose, and share the
/// hash tag of the life.
struct QueueKeys: Sendable {
    /// What the scripts call them, in their order (`keys.lua`). `due` and the last two are the pool's.
    static let names = [
        "header", "last", "messages", "free", "expiry", "due", "move", "marks", "late", "times", "kept", "states",
        "held", "claims", "retired", "lives",
    ]
    /// How many of them a post needs that delays nothing.
    static let plainPost = 8
    /// How many of them operations on messages and claims need.
    static let contents = 14

    private static let ofPool: Set = ["due", "retired", "lives"]
    private static let messages = Array("messages".utf8)
    /// The names as bytes, those of the pool whole.
    private static let parts: [(isOfPool: Bool, bytes: [UInt8])] = names.map { name in
        ofPool.contains(name) ? (true, Array("weir:\(name)".utf8)) : (false, Array(name.utf8))
    }

    /// The number of the stored format.
    ///
    /// To change the format: raise `formatNumber`, and bring an older pool up to date in `RedisDriver+format.swift`.
    ///
    /// 1: the first. 2: `weir:lives` has the lives that the pool holds.
    static let format = "weir:format"
    static let formatNumber = "2"

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
    /// What the names of all its keys begin with.
    private let beginning: [UInt8]

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

    /// Adds the first `count` keys to a command.
    func add(_ count: Int, to buffer: inout CommandBuffer) {
        for name in Self.parts.prefix(count) {
            if name.isOfPool { buffer.add(name.bytes) } else { buffer.add(beginning, name.bytes) }
        }
    }

    /// Adds the command that reads the records of these messages.
    /// - Parameter sequences: As a script answered.
    func addRead(of sequences: [RedisReply], to buffer: inout CommandBuffer) {
        buffer.begin(2 + sequences.count)
        buffer.add("HMGET")
        buffer.add(beginning, Self.messages)
        for sequence in sequences {
            if case .bytes(let digits) = sequence { buffer.add(digits) } else { buffer.add("") }
        }
    }
}

extension QueueRef {
    /// The header under which a pool serves the queue (`keys.lua`).
    var header: String { "S\(epoch.value)" }
}
