/// A guarantee of a pool. The order is that of the API's answers.
package enum Capability: String, CaseIterable, Hashable, Sendable {
    /// Messages are listed and claimed in the order in which the pool accepted them.
    case fifo = "FIFO"
    /// A message is in at most one live claim.
    case claims = "CLAIMS"
    /// What was acknowledged survives a crash of the store's process and of its machine.
    case durability = "DURABILITY"
    /// At-least-once delivery.
    case atLeastOnce = "AOD"
    /// Many writers at once, not bound by one disk.
    case highThroughput = "HIGH_THROUGHPUT"
}

/// A set of capabilities.
package struct CapabilitySet: Hashable, Sendable, ExpressibleByArrayLiteral {
    private var bits: UInt8 = 0

    package init(_ members: some Sequence<Capability>) {
        for member in members { insert(member) }
    }

    package init(arrayLiteral members: Capability...) {
        self.init(members)
    }

    /// Adds the capability; one that is in the set already changes nothing.
    package mutating func insert(_ capability: Capability) {
        bits |= Self.bit(capability)
    }

    /// Whether the capability is in the set.
    package func contains(_ capability: Capability) -> Bool {
        bits & Self.bit(capability) != 0
    }

    /// Whether the set has no member at all.
    package var isEmpty: Bool { bits == 0 }

    /// In the order of `Capability.allCases`.
    package var members: [Capability] {
        Capability.allCases.filter(contains)
    }

    /// What `required` asks for and this set lacks. A pool serves a flavor when this is empty.
    package func missing(from required: CapabilitySet) -> CapabilitySet {
        CapabilitySet(required.members.filter { !contains($0) })
    }

    private static func bit(_ capability: Capability) -> UInt8 {
        switch capability {
        case .fifo: 1
        case .claims: 2
        case .durability: 4
        case .atLeastOnce: 8
        case .highThroughput: 16
        }
    }
}
