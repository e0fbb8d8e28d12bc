/// A mail address that any mail program reads in one way: the dot-atom form of RFC 5321 at a domain name, in ASCII.
/// Quoted local parts, comments, routes and address literals are not taken.
package struct MailAddress: Hashable, Sendable {
    package let text: String

    /// - Throws: what is wrong with the text.
    package init(_ text: String) throws(DeliveryFault) {
        let bytes = Array(text.utf8)
        guard let at = bytes.firstIndex(of: UInt8(ascii: "@")) else {
            throw DeliveryFault("the mail address has no @")
        }
        guard (1...64).contains(at), Self.areAtoms(bytes[..<at]) else {
            throw DeliveryFault("the part before the @ is 1 to 64 letters, digits, single dots or !#$%&'*+-/=?^_`{|}~")
        }
        guard bytes.first != UInt8(ascii: "-") else {
            throw DeliveryFault("a mail address that begins with a hyphen reads like an option")
        }
        guard Self.isDomain(bytes[(at + 1)...]) else {
            throw DeliveryFault("the part behind the @ is not a domain name")
        }
        self.text = text
    }

    private static func areAtoms(_ text: ArraySlice<UInt8>) -> Bool {
        text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { isAlphanumeric($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
        }
    }

    private static func isDomain(_ text: ArraySlice<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return text.count <= 253
            && text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
                    && label.allSatisfy { isAlphanumeric($0) || $0 == hyphen }
            }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
