/// A rule between two options: one must not exceed the other.
struct Ordering: Sendable {
    let lower: String
    let upper: String
    private let lowerField: any WritableKeyPath<Settings, Int> & Sendable
    private let upperField: any WritableKeyPath<Settings, Int> & Sendable

    private init(
        _ lower: String, _ lowerField: any WritableKeyPath<Settings, Int> & Sendable,
        _ upper: String, _ upperField: any WritableKeyPath<Settings, Int> & Sendable
    ) {
        self.lower = lower
        self.upper = upper
        self.lowerField = lowerField
        self.upperField = upperField
    }

    static let all: [Ordering] = [
        .init(
            "limits.default_message_ttl", \.limits.defaultMessageTTL,
            "limits.max_message_ttl", \.limits.maxMessageTTL),
        .init(
            "limits.default_message_delay", \.limits.defaultMessageDelay,
            "limits.max_message_delay", \.limits.maxMessageDelay),
        .init(
            "limits.default_claim_ttl", \.limits.defaultClaimTTL,
            "limits.max_claim_ttl", \.limits.maxClaimTTL),
        .init(
            "limits.default_claim_grace", \.limits.defaultClaimGrace,
            "limits.max_claim_grace", \.limits.maxClaimGrace),
        .init(
            "limits.min_length_client_id", \.limits.minLengthClientID,
            "limits.max_length_client_id", \.limits.maxLengthClientID),
    ]

    /// An operator who only lowers a maximum means the built-in default to follow; one who set the lower
    /// value made a mistake and is told both names. `given` says where each value came from, if not from the
    /// table.
    func enforce(on settings: inout Settings, given: [String: ValueSource]) throws(ConfigurationError) {
        let low = settings[keyPath: lowerField]
        let high = settings[keyPath: upperField]
        guard low > high else { return }
        guard let source = given[lower] else {
            settings[keyPath: lowerField] = high
            return
        }
        let limit = given[upper].map { "\($0)" } ?? "the default"
        throw ConfigurationError(
            "\(lower) is \(low) (\(source)), which must not exceed \(upper), \(high) (\(limit))")
    }
}
