internal import WeirJSON
internal import Yams

/// A YAML mapping with known keys, each once.
struct DeclaredMapping {
    /// File and line, for messages.
    let place: String
    private let members: Node.Mapping

    /// - Parameters:
    ///   - what: What it describes, for messages: "a pool".
    ///   - known: The keys that it may have.
    init(_ node: Node, path: String, what: String, known: [String]) throws(AdminFailure) {
        place = "\(path): line \(node.mark?.line ?? 1)"
        guard case .mapping(let members) = node else { throw .badInput("\(place): \(what) must be a mapping") }
        for key in members.keys where !known.contains(key.scalar?.string ?? "") {
            let line = key.mark?.line ?? 1
            throw .badInput(
                "\(path): line \(line): unknown key '\(key.scalar?.string ?? "")'; known are "
                    + known.joined(separator: ", "))
        }
        self.members = members
    }

    subscript(key: String) -> Node? { members[Node(key)] }

    func fault(_ key: String, _ problem: String) -> AdminFailure {
        .badInput("\(place): \(key) \(problem)")
    }

    /// A list; empty if there is none.
    func list(_ key: String) throws(AdminFailure) -> [Node] {
        guard let node = self[key], !node.isNothing else { return [] }
        guard case .sequence(let items) = node else { throw fault(key, "must be a list") }
        return Array(items)
    }

    /// A text of 1 to `characters` characters, which must be there.
    func text(_ key: String, characters: Int) throws(AdminFailure) -> String {
        guard let node = self[key], !node.isNothing else { throw fault(key, "is required") }
        guard let text = node.scalar?.string, (1...characters).contains(text.count) else {
            throw fault(key, "must be a text of 1 to \(characters) characters")
        }
        return text
    }

    /// Texts; nil if the key is not there.
    func texts(_ key: String) throws(AdminFailure) -> [String]? {
        guard self[key] != nil else { return nil }
        let texts = try list(key).map { $0.scalar?.string }
        guard !texts.contains(nil) else { throw fault(key, "must be a list of names") }
        return texts.compactMap(\.self)
    }

    /// An integer, which must be there.
    func integer(_ key: String) throws(AdminFailure) -> Int {
        guard let node = self[key] else { throw fault(key, "is required") }
        guard let number = node.int else { throw fault(key, "must be an integer") }
        return number
    }

    /// Names with scalars; nil if the key is not there. Drivers take nothing deeper, and not following it keeps a few
    /// aliases from growing without bound.
    func options(_ key: String) throws(AdminFailure) -> JSONObject? {
        guard let node = self[key] else { return nil }
        if node.isNothing { return JSONObject() }
        guard case .mapping(let members) = node else { throw fault(key, "must be a mapping") }
        var options = JSONObject()
        for (name, value) in members {
            guard let name = name.scalar?.string, let scalar = value.jsonScalar else {
                throw fault(key, "must hold texts, numbers and truth values only")
            }
            options[name] = scalar
        }
        return options
    }
}

extension Node {
    /// Whether it is YAML's null.
    var isNothing: Bool {
        if case .scalar = self { tag.rawValue == Tag.Name.null.rawValue } else { false }
    }

    /// A scalar as JSON; nil for lists and mappings.
    fileprivate var jsonScalar: JSONValue? {
        guard case .scalar(let scalar) = self else { return nil }
        return switch Tag.Name(rawValue: tag.rawValue) {
        case .null: .null
        case .bool: bool.map { .bool($0) }
        case .int: int.map { .integer(Int64($0)) }
        case .float: float.map { .fraction($0) }
        default: .string(scalar.string)
        }
    }
}
