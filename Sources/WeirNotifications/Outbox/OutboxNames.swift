package import WeirDomain

/// The names of the queues in which the notifier keeps what it has to do.
package enum OutboxNames {
    /// The outbox of a pool: a digest, since names of pools may have what names of queues may not.
    package static func outbox(ofPool pool: String) -> QueueName? {
        QueueName("out-" + digest(pool))
    }

    /// Whether it is the name of an outbox, and not of what else is among them.
    static func isOutbox(_ name: QueueName) -> Bool { name.value.hasPrefix("out-") }

    /// Where entries of this outbox lie that could not be read.
    static func shelf(of outbox: QueueName) -> QueueName? {
        QueueName("shelf-" + outbox.value.dropFirst("out-".count))
    }

    /// What a dispatcher of this outbox tries again later for the subscription.
    package static func backlog(_ subscription: String, of outbox: QueueName) -> QueueName? {
        QueueName(prefix(of: outbox) + subscription)
    }

    /// The subscription whose backlog this is, if it is one of this outbox.
    package static func subscription(ofBacklog name: QueueName, of outbox: QueueName) -> String? {
        let prefix = prefix(of: outbox)
        return name.value.hasPrefix(prefix) ? String(name.value.dropFirst(prefix.count)) : nil
    }

    /// Before all names of the outbox's backlogs, in the order of listings.
    package static func prefix(of outbox: QueueName) -> String {
        String(outbox.value.dropFirst("out-".count)) + "."
    }

    /// 64 bits of FNV-1a, finished by SplitMix64: the same in every process and for ever.
    private static func digest(_ text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        let digits = String(hash ^ (hash >> 31), radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
