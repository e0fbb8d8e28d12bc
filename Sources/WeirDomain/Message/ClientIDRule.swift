/// Why a text is no client id, in a sentence.
package struct ClientIDRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// How client ids are checked.
package struct ClientIDRule: Sendable {
    /// Only UUIDs; otherwise anything of a length in `lengths`.
    package var demandsUUID = true
    package var lengths = 10...36

    package init(demandsUUID: Bool = true, lengths: ClosedRange<Int> = 10...36) {
        self.demandsUUID = demandsUUID
        self.lengths = lengths
    }

    /// Spellings of one UUID are one client.
    ///
    /// - Throws: a sentence, if the rule refuses the text.
    package func client(_ text: String) throws(ClientIDRefusal) -> ClientID {
        if let uuid = Self.uuid(text) { return ClientID(uuid) }
        guard !demandsUUID else {
            throw ClientIDRefusal("Client-ID: must be a UUID, 32 hexadecimal digits with or without dashes.")
        }
        guard lengths.contains(text.count) else {
            throw ClientIDRefusal("Client-ID: must have \(lengths.lowerBound) to \(lengths.upperBound) characters.")
        }
        return ClientID(text)
    }

    /// 32 hexadecimal digits, with dashes, braces or a URN prefix as Python's parser takes them.
    private static func uuid(_ text: String) -> String? {
        guard text.utf8.count <= 64 else { return nil }
        if let bits = Identifier128.bits(text) { return Identifier128.text(high: bits.high, low: bits.low) }
        var rest = text[...]
        if rest.hasPrefix("urn:") { rest = rest.dropFirst(4) }
        if rest.hasPrefix("uuid:") { rest = rest.dropFirst(5) }
        while rest.first == "{" || rest.first == "}" { rest = rest.dropFirst() }
        while rest.last == "{" || rest.last == "}" { rest = rest.dropLast() }
        guard let bits = Identifier128.bits(String(rest)) else { return nil }
        return Identifier128.text(high: bits.high, low: bits.low)
    }
}
