extension ConfigurationOption {
    private static let largestRate = 1_000_000_000

    static let migration: [ConfigurationOption] = [
        .init(
            "migration.enabled", \.migration.enabled, .boolean, default: true,
            "Whether this process moves queues between pools; one process of the service has to."),
        .init(
            "migration.concurrency", \.migration.concurrency, .integer(1...1000, "queues"), default: 8,
            "The most queues that all processes together move at a time."),
        .init(
            "migration.concurrency_per_pool", \.migration.concurrencyPerPool, .integer(1...1000, "queues"), default: 2,
            "The most queues that move out of one pool, and into one pool, at a time."),
        .init(
            "migration.messages_per_second", \.migration.messagesPerSecond, .integer(0...largestRate, "messages"),
            default: 3_000,
            "The most messages that this process copies out of one pool, and into one pool, in a second; 0 for no bound."),
        .init(
            "migration.bytes_per_second", \.migration.bytesPerSecond, .integer(0...largestRate, "bytes"),
            default: 33_554_432,
            "The most bytes that this process copies out of one pool, and into one pool, in a second; 0 for no bound."),
        .init(
            "migration.considerate", \.migration.considerate, .boolean, default: true,
            "Whether copying slows down while callers of a pool wait longer than they are used to."),
        .init(
            "migration.on_flavor_change", \.migration.onFlavorChange, .choice, default: .move,
            "Whether a queue that gets a flavor which its pool does not serve is moved, or the change is refused."),
    ]
}
