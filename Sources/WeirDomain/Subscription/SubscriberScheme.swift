/// How subscribers are told.
package enum SubscriberScheme: String, CaseIterable, Hashable, Sendable {
    case http
    case https
    case mailto
    /// With a token of the identity service.
    case trustHTTP = "trust+http"
    case trustHTTPS = "trust+https"

    /// Whether telling them takes an identity service.
    package var needsIdentity: Bool { self == .trustHTTP || self == .trustHTTPS }

    /// The scheme of an address, whose case does not matter; nil for one that is none of these.
    package init?(of address: String) {
        guard let colon = address.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        self.init(rawValue: address[..<colon].lowercased())
    }

    /// Why this cannot be the address of a subscriber; nil if it can. Where it leads is looked at when something is
    /// delivered: names change what they stand for.
    package static func fault(in address: String) -> String? {
        guard address.unicodeScalars.count <= Limits.subscriberCharacters else {
            return "has more than \(Limits.subscriberCharacters) characters."
        }
        guard address.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            return "may not have control characters."
        }
        guard let scheme = SubscriberScheme(of: address) else { return nil }
        do throws(DeliveryFault) {
            switch scheme {
            case .http, .https: _ = try WebAddress(address)
            case .mailto: _ = try MailtoAddress(address)
            case .trustHTTP, .trustHTTPS: _ = try WebAddress(String(address.dropFirst("trust+".count)))
            }
            return nil
        } catch {
            return "\(error.reason)."
        }
    }
}
