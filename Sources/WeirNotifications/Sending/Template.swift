/// Text that a subscriber wants in place of the message, with a place where the message goes.
package enum Template {
    /// With its quotation marks, so that in a JSON text an object takes the place of a string.
    private static let place = Array("\"$zaqar_message$\"".utf8)

    package static func fill(_ template: [UInt8], with message: [UInt8]) -> [UInt8] {
        var filled: [UInt8] = []
        var rest = template[...]
        while let start = rest.firstIndex(of: place[0]) {
            filled += rest[..<start]
            rest = rest[start...]
            if rest.starts(with: place) {
                filled += message
                rest = rest.dropFirst(place.count)
            } else {
                filled.append(rest.removeFirst())
            }
            // A template of many places must not become more than a request may be.
            if filled.count > 16 * 1_048_576 { break }
        }
        return filled + rest
    }
}
