internal import Crypto
internal import WeirDomain

/// What a client calls one post, so that it can send it again without storing it twice.
package struct IdempotencyKey: Hashable, Sendable {
    let bytes: [UInt8]

    /// Nil unless `text` has 1 to `Limits.idempotencyKeyBytes` visible ASCII characters.
    package init?(_ text: String) {
        guard (1...Limits.idempotencyKeyBytes).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        bytes = Array(text.utf8)
    }
}

/// A post under a key: the same key and the same drafts give the same receipt, and in one life of a queue the same
/// nonces, on every node.
struct IdempotentPost {
    private let id: ClaimID
    private let fingerprint: Int
    private let seed: [UInt8]

    init(_ key: IdempotencyKey, _ drafts: [MessageDraft], of project: ProjectID) {
        var named = SHA256()
        named.update(data: Self.framed(Array(project.value.utf8)) + Self.framed(key.bytes))
        let name = Array(named.finalize())
        id = ClaimID(receipt: UInt32(truncatingIfNeeded: name.number(0)), name.number(8))
        // The key is part of it: bodies may be encrypted, and a bare hash of one would say whether a guess is right.
        var posted = SHA256()
        posted.update(data: Self.framed(key.bytes))
        for draft in drafts {
            posted.update(data: Self.framed(draft.ttl) + Self.framed(draft.delay))
            posted.update(data: Self.framed(draft.body.bytes))
        }
        seed = Array(posted.finalize())
        fingerprint = Int(seed.number(0) >> 2 | 1)
    }

    func receipt(at now: Timestamp) -> PostReceipt {
        PostReceipt(id: id, fingerprint: fingerprint, until: now.adding(seconds: Limits.receiptSeconds))
    }

    /// The messages with the nonces that they have in this life of a queue, whenever they come. In another they have
    /// others: no two messages may have one id.
    func named(_ messages: [NewMessage], in life: QueueLife) -> [NewMessage] {
        var named = messages
        for index in named.indices {
            let place = UInt64(bitPattern: life.value).bytes + UInt64(index).bytes
            named[index].nonce = Array(SHA256.hash(data: seed + place)).number(0)
        }
        return named
    }

    private static func framed(_ bytes: [UInt8]) -> [UInt8] { UInt64(bytes.count).bytes + bytes }

    private static func framed(_ number: Int?) -> [UInt8] {
        number.map { [1] + UInt64(bitPattern: Int64($0)).bytes } ?? [0]
    }
}

extension [UInt8] {
    /// The eight bytes from here on, the lowest first.
    fileprivate func number(_ start: Int) -> UInt64 {
        self[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
