/// The opaque id of a message: the same in every pool, before, during and after a migration.
///
/// It is made of a 64-bit nonce that the node mints and of the sequence that the pool assigned, mixed so that
/// it tells a client nothing. A store finds a message by its sequence and compares the nonce, so that no store
/// needs an index of ids, and a message id serves as a paging marker even after its message is gone.
/// A message that was dead-lettered keeps its id and gets a new sequence; only those need a look-up of ids.
package struct MessageID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The id of a message that a pool accepts under `sequence`. `sequence` and `nonce` give both parts back.
    package init(sequence: MessageSequence, nonce: UInt64) {
        self.init(high: UInt64(bitPattern: sequence.value) ^ Self.mix(nonce), low: nonce)
    }

    /// Nil unless `text` is a message id as `description` writes it, in any case.
    package init?(_ text: String) {
        guard text.utf8.count == 36, let bits = Identifier128.bits(text) else { return nil }
        self.init(high: bits.high, low: bits.low)
    }

    /// The sequence under which the message was first accepted.
    package var sequence: MessageSequence {
        MessageSequence(Int64(bitPattern: high ^ Self.mix(low)))
    }

    /// What the node minted: tells messages apart that different pools gave the same sequence.
    package var nonce: UInt64 { low }

    /// The 36 characters of a UUID: safe in a path, without commas.
    package var text: String { Identifier128.text(high: high, low: low) }

    /// Appends the characters of `text`.
    package func append(to bytes: inout [UInt8]) {
        Identifier128.append(high: high, low: low, to: &bytes)
    }

    /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit.
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
