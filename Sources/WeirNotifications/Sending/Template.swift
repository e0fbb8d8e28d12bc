package import WeirDomain

/// Text that a subscriber wants in place of the message, with a place where the message goes.
package enum Template {
    /// With its quotation marks, so that in a JSON text an object takes the place of a string.
    private static let place = Array("\"$zaqar_message$\"".utf8)

    /// - Throws: that the text is larger than `Limits.filledTemplateBytes`, and than the template and the message together.
    package static func fill(_ template: [UInt8], with message: [UInt8]) throws(DeliveryFault) -> [UInt8] {
        let limit = max(Limits.filledTemplateBytes, template.count + message.count)
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
            guard filled.count + rest.count <= limit else {
                throw DeliveryFault("post_data with the message in all of its places has more than \(limit) bytes")
            }
        }
        return filled + rest
    }
}
