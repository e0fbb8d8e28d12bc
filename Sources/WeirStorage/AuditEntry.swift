package import WeirDomain

/// A line of the audit log: who changed what of the pools and flavors, or told a migration what. Never a secret.
package struct AuditEntry: Hashable, Sendable {
    /// Given by the store: grows with every entry.
    package var number: Int64 = 0
    package var at: Timestamp
    /// The project of the caller.
    package var actor: String
    /// What was done, as `pool.put` or `migration.pause`.
    package var action: String
    /// The name of what it was done to.
    package var subject: String
    /// The text of a JSON value: what it was like; `null` if it did not exist.
    package var before: [UInt8]
    /// What it is like now; `null` if it is gone.
    package var after: [UInt8]

    package init(
        number: Int64 = 0, at: Timestamp, actor: String, action: String, subject: String, before: [UInt8],
        after: [UInt8]
    ) {
        self.number = number
        self.at = at
        self.actor = actor
        self.action = action
        self.subject = subject
        self.before = before
        self.after = after
    }
}

/// Queues whose records were changed or removed.
package struct RecordChanges: Hashable, Sendable {
    package var keys: [QueueKey]
    /// Up to where the log of changes was read: the next reading goes on here.
    package var last: Int64
    /// Whether changes were forgotten before they were read: then any queue may have changed.
    package var hasGap: Bool

    package init(keys: [QueueKey], last: Int64, hasGap: Bool) {
        self.keys = keys
        self.last = last
        self.hasGap = hasGap
    }
}
