/// Whether a driver can have a capability at all.
package enum CapabilitySupport: Hashable, Sendable {
    case always
    /// Never, and the sentence that says why.
    case never(String)
    /// If the live pool meets the condition, which its probe checks.
    case when(String)
}

/// What one driver can offer: a row of the matrix that the API shows.
package struct CapabilityMatrix: Sendable {
    private let rows: [Capability: CapabilitySupport]

    /// A capability that is not named is never offered.
    package init(_ rows: [Capability: CapabilitySupport]) {
        self.rows = rows
    }

    /// What the driver offers of the capability: `never`, with a reason, if the matrix does not name it.
    package func support(for capability: Capability) -> CapabilitySupport {
        rows[capability] ?? .never("not offered by this driver")
    }
}

/// What a look at the live pool found.
package struct PoolProbe: Hashable, Sendable {
    package var at: Timestamp
    /// What the store said, by name, in the order it was asked.
    package var facts: [Fact]
    /// What it really has.
    package var capabilities: CapabilitySet
    /// For each capability it lacks, the sentence that says what to change.
    package var missing: [Capability: String]
    /// What the store is known by, whatever its uri: the same for all who open it, and another for every other store. Nil if it
    /// has nothing of the kind.
    package var identity: String?

    /// One thing that the store said of itself, in words made for the operator. Never a secret.
    package struct Fact: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        at: Timestamp, facts: [Fact], capabilities: CapabilitySet, missing: [Capability: String], identity: String? = nil
    ) {
        self.at = at
        self.facts = facts
        self.capabilities = capabilities
        self.missing = missing
        self.identity = identity
    }
}
