internal import WeirJSON

/// What the service notes for itself among a queue's stored metadata: members that callers neither see nor set.
package enum HiddenMetadata {
    private static let mark: Unicode.Scalar = "\u{1}"

    /// Since when the queue has subscriptions, in milliseconds.
    static let subscribed = "\(mark)subscribed"

    /// Whether a member of this name is the service's own.
    package static func owns(_ name: String) -> Bool { name.unicodeScalars.first == mark }
}

extension JSONObject {
    /// Without the hidden members.
    var visible: JSONObject {
        contains { HiddenMetadata.owns($0.name) } ? JSONObject(filter { !HiddenMetadata.owns($0.name) }) : self
    }

    /// With the hidden members of `stored`.
    func hiding(_ stored: JSONObject) -> JSONObject {
        var all = self
        for (name, value) in stored where HiddenMetadata.owns(name) { all[name] = value }
        return all
    }
}
