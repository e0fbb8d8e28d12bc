internal import WeirDomain

/// The bytes of a sealed body: a mark, the format, the key's id, a salt, the nonce, the ciphertext, the tag.
///
/// To change the format: give it the next number, go on reading the earlier ones as long as messages of theirs may live.
struct SealedBody {
    static let mark: UInt8 = 0x01
    private static let format: UInt8 = 1
    static let keyIDBytes = 4
    private static let saltBytes = 16
    private static let nonceBytes = 12
    private static let tagBytes = 16

    let key: [UInt8]
    let salt: [UInt8]
    let nonce: [UInt8]
    let text: [UInt8]
    let tag: [UInt8]

    init(key: [UInt8], salt: [UInt8], nonce: [UInt8], text: [UInt8], tag: [UInt8]) {
        self.key = key
        self.salt = salt
        self.nonce = nonce
        self.text = text
        self.tag = tag
    }

    /// Nil if these are not the bytes of a sealed body.
    init?(_ body: MessageBody) {
        var rest = body.bytes[...]
        let fixed = 2 + Self.keyIDBytes + Self.saltBytes + Self.nonceBytes + Self.tagBytes
        guard rest.count >= fixed, rest.popFirst() == Self.mark, rest.popFirst() == Self.format else { return nil }
        func take(_ count: Int) -> [UInt8] {
            defer { rest.removeFirst(count) }
            return Array(rest.prefix(count))
        }
        key = take(Self.keyIDBytes)
        salt = take(Self.saltBytes)
        nonce = take(Self.nonceBytes)
        text = take(rest.count - Self.tagBytes)
        tag = take(Self.tagBytes)
    }

    var body: MessageBody {
        MessageBody([Self.mark, Self.format] + key + salt + nonce + text + tag)
    }

    /// What a body is bound to: it opens nowhere else.
    static func bound(to project: ProjectID, _ nonce: UInt64) -> [UInt8] {
        [format] + nonce.bytes + Array(project.value.utf8)
    }
}

extension MessageBody {
    /// Whether it is the work of a `BodyCipher`.
    var isSealed: Bool { bytes.first == SealedBody.mark }
}

extension UInt64 {
    /// From the least significant on.
    var bytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) }
    }
}
