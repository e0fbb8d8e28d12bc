internal import Crypto
package import WeirDomain

/// Why a body could not be sealed or opened.
package enum CipherFault: Error, Hashable, Sendable {
    /// The node has no key to seal with.
    case noKey
    /// The body was sealed with a key that the node does not have.
    case unknownKey
    /// The body, or where it was found, is not what was sealed.
    case damaged
}

/// Seals message bodies before they reach a store, and opens them when they come back (AES-256-GCM). A sealed body is
/// told from others by its first byte, which begins no JSON text, so no client can post one.
///
/// The project and the message's nonce are bound to the body: both stay what they are when a message is moved to
/// another pool or to a dead letter queue, so a sealed body opens as this message of this project and as no other.
package struct BodyCipher: Sendable {
    /// The first seals, any opens: so a key can be replaced while bodies that it sealed are still around.
    private let keys: [CipherKey]
    /// Whether bodies can be sealed.
    package let canSeal: Bool

    /// - Parameters:
    ///   - key: Seals; nil if nothing can be sealed here.
    ///   - previousKeys: Open what they have sealed.
    package init(key: String?, previousKeys: [String] = []) {
        canSeal = key != nil
        keys = ([key].compactMap(\.self) + previousKeys).map(CipherKey.init)
    }

    /// Seals and opens nothing.
    package static let none = BodyCipher(key: nil)

    /// Whether there is any key.
    package var hasKeys: Bool { !keys.isEmpty }

    /// The body as a store is to hold it. One that is sealed already stays as it is.
    ///
    /// - Parameter nonce: That of the message's id.
    package func seal(
        _ body: MessageBody, of project: ProjectID, nonce: UInt64
    ) throws(CipherFault) -> MessageBody {
        if body.isSealed { return body }
        guard canSeal, let key = keys.first else { throw .noKey }
        var generator = Entropy()
        let salt = [generator.next(), generator.next()].flatMap(\.bytes)
        guard
            let box = try? AES.GCM.seal(
                body.bytes, using: key.derived(salt), authenticating: SealedBody.bound(to: project, nonce))
        else { throw .damaged }
        let sealed = SealedBody(
            key: key.id, salt: salt, nonce: Array(box.nonce), text: Array(box.ciphertext), tag: Array(box.tag))
        return sealed.body
    }

    /// The body as it was posted.
    package func open(
        _ body: MessageBody, of project: ProjectID, nonce: UInt64
    ) throws(CipherFault) -> MessageBody {
        guard body.isSealed else { return body }
        guard let sealed = SealedBody(body) else { throw .damaged }
        // Ids are short, so two keys may share one.
        let candidates = keys.filter { $0.id == sealed.key }
        guard !candidates.isEmpty else { throw .unknownKey }
        for key in candidates {
            guard let nonceOfBox = try? AES.GCM.Nonce(data: sealed.nonce),
                let box = try? AES.GCM.SealedBox(nonce: nonceOfBox, ciphertext: sealed.text, tag: sealed.tag),
                let opened = try? AES.GCM.open(
                    box, using: key.derived(sealed.salt), authenticating: SealedBody.bound(to: project, nonce))
            else { continue }
            return MessageBody(Array(opened))
        }
        throw .damaged
    }
}

/// One key of the ring.
private struct CipherKey: Sendable {
    private let secret: SymmetricKey
    /// Says which key sealed a body, and nothing about the key.
    let id: [UInt8]

    init(_ text: String) {
        secret = SymmetricKey(data: Array(text.utf8))
        let id = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret, info: Array("weir key id".utf8), outputByteCount: SealedBody.keyIDBytes)
        self.id = id.withUnsafeBytes { Array($0) }
    }

    /// The key of one body: with a key each there is no bound on how many bodies can be sealed.
    func derived(_ salt: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret, salt: salt, info: Array("weir message body".utf8), outputByteCount: 32)
    }
}
