internal import Crypto
package import WeirDomain

/// What a subscriber and the service alone know: signs requests in the form of Standard Webhooks.
package struct WebhookSecret: Sendable {
    private let key: SymmetricKey

    /// `whsec_` and base64, as the standard writes secrets; any other text is the secret as it is.
    package init(_ text: String) {
        let prefix = "whsec_"
        if text.hasPrefix(prefix), let bytes = Base64.decode(text.dropFirst(prefix.count)), !bytes.isEmpty {
            key = SymmetricKey(data: bytes)
        } else {
            key = SymmetricKey(data: Array(text.utf8))
        }
    }

    /// The headers that sign this body.
    package func headers(id: String, at now: Timestamp, body: [UInt8]) -> [(String, String)] {
        let seconds = now.milliseconds / 1000
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(id).\(seconds).".utf8) + body, using: key)
        return [
            ("webhook-id", id), ("webhook-timestamp", "\(seconds)"),
            ("webhook-signature", "v1,\(Base64.encode(Array(code)))"),
        ]
    }
}

/// RFC 4648, section 4, with padding.
package enum Base64 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for index in 0..<4 {
                let isPadding = index > group.count
                text.append(isPadding ? UInt8(ascii: "=") : letters[Int(bits >> UInt32(18 - 6 * index)) & 63])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var (bytes, bits, count) = ([UInt8](), UInt32(0), 0)
        for letter in text.utf8.reversed().drop(while: { $0 == UInt8(ascii: "=") }).reversed() {
            guard let value = letters.firstIndex(of: letter) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
