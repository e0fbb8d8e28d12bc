/// A project's name for a set of required capabilities and the pools that serve it.
package struct Flavor: Hashable, Sendable {
    package var project: ProjectID
    package var name: String
    /// What every pool that serves it must have.
    package var required: CapabilitySet
    /// Whether the flavor lists its pools. If not, every pool that has what is required serves it.
    package var listsPools: Bool

    package init(project: ProjectID, name: String, required: CapabilitySet, listsPools: Bool) {
        self.project = project
        self.name = name
        self.required = required
        self.listsPools = listsPools
    }

    /// Whether `pool` belongs to the flavor, whatever it can do. Of a flavor that lists its pools these are the
    /// pools that carry its name.
    package func admits(_ pool: Pool) -> Bool {
        !listsPools || pool.flavorName == name
    }
}
