/// A subscriber that gets mail: `mailto:address[?subject=…]`.
package struct MailtoAddress: Hashable, Sendable {
    package let address: MailAddress
    package let subject: String?

    /// - Throws: what is wrong with the text. Of the fields that a `mailto` URI may have only the subject counts: the
    ///   others would let a subscriber write to anybody.
    package init(_ text: String) throws(DeliveryFault) {
        guard text.utf8.count <= Limits.subscriberURIBytes else {
            throw DeliveryFault("the URI is longer than \(Limits.subscriberURIBytes) bytes")
        }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), text.prefix(7).lowercased() == "mailto:" else {
            throw DeliveryFault("the URI must begin with mailto: and have no characters beyond ASCII")
        }
        let parts = text.dropFirst(7).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        address = try MailAddress(try Self.decoded(parts[0]))
        var subject: String?
        for field in parts.dropFirst().first?.split(separator: "&") ?? [] where subject == nil {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, pair[0].lowercased() == "subject" else { continue }
            subject = try Self.decoded(pair[1])
        }
        if let subject { try MailMessage.checkHeader(subject, named: "subject") }
        self.subject = subject
    }

    private static func decoded(_ text: Substring) throws(DeliveryFault) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
                let value = UInt8(Substring(digits), radix: 16)
            else { throw DeliveryFault("the URI has a percent sign that two hexadecimal digits do not follow") }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DeliveryFault("the URI encodes bytes that are not UTF-8")
        }
        return text
    }
}
