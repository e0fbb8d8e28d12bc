package import WeirJSON

/// A step from what is there to what is declared: one request.
package struct Change {
    /// A member that differs.
    package typealias Difference = (member: String, before: JSONValue?, after: JSONValue)

    /// `pool` or `flavor`.
    package let kind: String
    package let name: String
    package let isNew: Bool
    package let differences: [Difference]
    package let method: String
    package let path: String
    package let body: JSONObject

    /// For people: `~ pool 'a': weight 10 -> 20`, with a plus for a new one.
    package var line: String {
        let parts = differences.map { difference in
            let before = isNew ? "" : "\(Printable.cell(difference.before)) -> "
            return "\(difference.member) \(before)\(Printable.cell(difference.after))"
        }
        return "\(isNew ? "+" : "~") \(kind) '\(name)': \(parts.joined(separator: "; "))"
    }

    /// For programs.
    package var object: JSONObject {
        var members = JSONObject()
        for difference in differences {
            members[difference.member] = ["before": difference.before ?? .null, "after": difference.after]
        }
        return [
            "action": isNew ? "create" : "update", "kind": .string(kind), "name": .string(name),
            "changes": .object(members),
        ]
    }
}
