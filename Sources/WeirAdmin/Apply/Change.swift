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

extension Change {
    /// The same changes, where each new pool whose flavor is among them comes first, without it and without new queues, and
    /// gets both last. Nil if there is none.
    package static func inSteps(_ changes: [Change]) -> [Change]? {
        let flavors = changes.filter { $0.kind == "flavor" }.map { JSONValue.string($0.name) }
        let pools = changes.filter { $0.kind == "pool" && $0.isNew && $0.body["flavor"].map(flavors.contains) ?? false }
        guard !pools.isEmpty else { return nil }
        let others = changes.filter { change in !pools.contains { $0.kind == change.kind && $0.name == change.name } }
        return pools.map(\.registration) + others + pools.map(\.assignment)
    }

    private var registration: Change {
        var body = body
        body["flavor"] = nil
        body["weight"] = 0
        return step(isNew: true, "PUT", body) { $0 != "flavor" && $0 != "weight" }
    }

    private var assignment: Change {
        var body = JSONObject()
        body["flavor"] = self.body["flavor"]
        body["weight"] = self.body["weight"]
        return step(isNew: false, "PATCH", body) { $0 == "flavor" || $0 == "weight" }
    }

    private func step(isNew: Bool, _ method: String, _ body: JSONObject, _ isShown: (String) -> Bool) -> Change {
        Change(
            kind: kind, name: name, isNew: isNew, differences: differences.filter { isShown($0.member) }, method: method,
            path: path, body: body)
    }
}
