package import WeirDomain
package import WeirJSON

/// A grant with its signature: what a client needs to use it.
package struct URLSignature: Hashable, Sendable {
    package let grant: URLGrant
    /// HMAC-SHA256 of what is signed, in hexadecimal digits.
    package let text: String

    init(grant: URLGrant, code: [UInt8]) {
        self.grant = grant
        let digits = Array("0123456789abcdef".utf8)
        text = String(decoding: code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The headers that present it, with the project's.
    package var headers: [(name: String, value: String)] {
        var headers = [
            ("URL-Signature", text), ("URL-Expires", grant.expires),
            ("URL-Methods", grant.methods.joined(separator: ",")),
            ("URL-Paths", grant.paths.joined(separator: ",")),
        ]
        if let project = grant.project { headers.append(("X-Project-ID", project)) }
        return headers.map { (name: $0.0, value: $0.1) }
    }

    /// As the API answers it (section 6.3), and as notices carry it.
    package var json: JSONObject {
        [
            "paths": .array(grant.paths.map { .string($0) }), "methods": .array(grant.methods.map { .string($0) }),
            "project": grant.project.map { .string($0) } ?? .null, "expires": .string(grant.expires),
            "signature": .string(text),
        ]
    }
}
