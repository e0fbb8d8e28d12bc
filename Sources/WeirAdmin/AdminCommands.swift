package import ArgumentParser

/// The commands that administer a running server over HTTP.
package enum AdminCommands {
    /// Each top-level command, for the program to offer.
    package static var all: [any ParsableCommand.Type] {
        [
            Group<PoolCommands>.self, Group<FlavorCommands>.self, Group<QueueCommands>.self,
            Group<MessageCommands>.self, Group<ClaimCommands>.self, Group<SubscriptionCommands>.self,
            Group<MigrationCommands>.self,
            ApplyCommand.self, DoctorCommand.self, VerifyCommand.self,
        ]
    }
}
