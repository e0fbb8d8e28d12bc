internal import WeirDomain

/// What the scripts keep of a claim (`keys.lua`).
struct StoredClaim {
    /// Seconds. 0 for a claim that is known from its messages only (`import.lua`).
    let ttl: Int
    let renewed: Timestamp
    let until: Timestamp
    let messages: [MessageSequence]

    /// Reads a value, with or without its sequences; nil if it is none.
    init?(_ value: [UInt8]) {
        guard value.count >= 24 else { return nil }
        ttl = Int(value.integer(0))
        renewed = Timestamp(milliseconds: value.integer(8))
        until = Timestamp(milliseconds: value.integer(16))
        messages = value[24...].split(separator: UInt8(ascii: " ")).compactMap { digits in
            Int64(String(decoding: digits, as: UTF8.self)).map(MessageSequence.init)
        }
    }

    /// A claim without its sequences.
    static func value(ttl: Int, _ renewed: Timestamp, _ until: Timestamp) -> [UInt8] {
        numbers(Int64(ttl), renewed.milliseconds, until.milliseconds)
    }

    static func value(of claim: MovedClaim) -> [UInt8] {
        value(ttl: claim.ttl, claim.renewed, claim.until) + list(claim.messages)
    }

    /// A claim that is known from these messages.
    static func value(until: Timestamp, _ messages: [MessageSequence]) -> [UInt8] {
        value(ttl: 0, Timestamp(milliseconds: 0), until) + list(messages)
    }

    /// The ttl and expiry of a message that would end before the claim does.
    static func `extension`(_ terms: ClaimTerms, _ end: Timestamp) -> [UInt8] {
        let longer = terms.extended(ttl: 0, expires: Timestamp(milliseconds: .min), claimEnd: end)
        return numbers(Int64(longer.ttl), longer.expires.milliseconds)
    }

    private static func list(_ messages: [MessageSequence]) -> [UInt8] {
        Array(messages.map { String($0.value) }.joined(separator: " ").utf8)
    }

    private static func numbers(_ numbers: Int64...) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in numbers { bytes.append(number) }
        return bytes
    }
}
