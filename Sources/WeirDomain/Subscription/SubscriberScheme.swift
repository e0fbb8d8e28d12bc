/// How subscribers are told.
package enum SubscriberScheme: String, CaseIterable, Hashable, Sendable {
    case http
    case https
    case mailto
    /// With a token of the identity service.
    case trustHTTP = "trust+http"
    case trustHTTPS = "trust+https"

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
        let rest = address.utf8.dropFirst(scheme.rawValue.utf8.count + 1)
        if scheme == .mailto {
            return rest.first == nil || rest.first == UInt8(ascii: "?") ? "names no mail address." : nil
        }
        guard rest.starts(with: "//".utf8) else { return "must go on with // and a host after \(scheme.rawValue):" }
        let host = rest.dropFirst(2).prefix { !"/?#".utf8.contains($0) }
        guard !host.isEmpty else { return "names no host." }
        return rest.contains(UInt8(ascii: " ")) ? "may not have blanks." : nil
    }
}
