internal import RedisEngine
internal import WeirDomain

/// The names of keys. Those of a queue are made of its life, never of a name that somebody chose, and share the
/// hash tag of the life.
struct QueueKeys: Sendable {
    /// What the scripts call them, in their order (`keys.lua`); `due` is the pool's.
    static let names = [
        "header", "last", "messages", "free", "expiry", "due", "late", "times", "kept", "states", "held", "claims",
    ]
    /// How many of them a post needs that delays nothing.
    static let plainPost = 6

    /// The number of the stored format.
    ///
    /// To change the format: raise `formatNumber`, and bring an older pool up to date before `claimFormat` is asked, as the
    /// driver opens.
    static let format = "weir:format"
    static let formatNumber = "1"

    /// Lives by a time before which they hold no garbage.
    static let due = "weir:due"
    /// Retired lives by when they were retired.
    static let retired = "weir:retired"
    /// Before and after the life in the name of a header.
    static let headerAround = ("weir:{", "}:header")

    let life: String
    /// What the names of all its keys begin with.
    private let beginning: [UInt8]

    init(_ life: QueueLife) {
        self.init(life: String(life.value))
    }

    init(life: String) {
        self.life = life
        beginning = Array("weir:{\(life)}:".utf8)
    }

    /// Adds the first `count` keys to a command.
    func add(_ count: Int, to buffer: inout CommandBuffer) {
        for name in Self.names.prefix(count) {
            guard name != "due" else {
                buffer.add(Self.due)
                continue
            }
            buffer.add(count: beginning.count + name.utf8.count) { bytes in
                bytes.append(contentsOf: beginning)
                bytes.append(contentsOf: name.utf8)
            }
        }
    }
}

extension QueueRef {
    /// The header under which a pool serves the queue (`keys.lua`).
    var header: String { "S\(epoch.value)" }
}
