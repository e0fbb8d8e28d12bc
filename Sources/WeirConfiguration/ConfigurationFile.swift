internal import Yams

/// The values of a YAML file, by option path. Reading it checks the shape: known keys only, each once.
struct ConfigurationFile {
    struct Entry {
        let value: RawValue
        let line: Int
    }

    let path: String
    private(set) var entries: [String: Entry] = [:]

    /// Reads the file at `path`.
    init(path: String) throws(ConfigurationError) {
        let text = try readText(path)
        self.path = oneLine(path)
        guard let root = try parse(text, path: self.path) else { return }
        if root.isNull { return }
        guard case .mapping(let mapping) = root else {
            throw ConfigurationError("\(path) must hold a YAML mapping of options, not \(root.shape)")
        }
        try take(mapping, below: nil)
    }

    private mutating func take(_ mapping: Node.Mapping, below group: String?) throws(ConfigurationError) {
        for (keyNode, node) in mapping {
            let line = keyNode.mark?.line ?? 0
            guard case .scalar(let scalar) = keyNode else {
                throw ConfigurationError("\(path): line \(line) has a key that is not text")
            }
            let key = group.map { "\($0).\(scalar.string)" } ?? scalar.string
            let source = ValueSource.file(path: path, key: clipped(key), line: line)
            if scalar.string.contains(".") {
                throw ConfigurationError("\(source) must be written as nested keys")
            } else if ConfigurationOption.byPath[key] != nil {
                entries[key] = Entry(value: node.rawValue, line: line)
            } else if ConfigurationOption.groups.contains(key) {
                try takeGroup(node, key: key, source)
            } else {
                throw unknown(key, source)
            }
        }
    }

    private mutating func takeGroup(_ node: Node, key: String, _ source: ValueSource)
        throws(ConfigurationError)
    {
        if case .mapping(let mapping) = node {
            try take(mapping, below: key)
        } else if !node.isNull {
            throw ConfigurationError("\(source) must be a mapping of options, not \(node.shape)")
        }
    }

    private func unknown(_ key: String, _ source: ValueSource) -> ConfigurationError {
        let known = Array(ConfigurationOption.byPath.keys) + Array(ConfigurationOption.groups)
        guard let near = nearest(to: key, among: known.sorted()) else {
            return ConfigurationError("\(source) is no option")
        }
        return ConfigurationError("\(source) is no option; the nearest one is \(near)")
    }
}

extension Node {
    fileprivate var isNull: Bool {
        if case .scalar = self { tag.rawValue == Tag.Name.null.rawValue } else { false }
    }

    fileprivate var shape: String {
        rawValue.shown(isSecret: false)
    }

    fileprivate var rawValue: RawValue {
        switch self {
        case .mapping: .mapping
        // No option takes lists of lists, and following them would let a few aliases grow without bound.
        case .sequence(let items): .list(items.map { $0.scalar?.rawValue ?? .mapping })
        case .scalar(let scalar): scalar.rawValue
        case .alias: .null
        }
    }
}

extension Node.Scalar {
    fileprivate var rawValue: RawValue {
        switch Tag.Name(rawValue: Node.scalar(self).tag.rawValue) {
        case .null: .null
        case .bool, .int, .float: .plain(string)
        default: .text(string)
        }
    }
}

private func parse(_ text: String, path: String) throws(ConfigurationError) -> Node? {
    do {
        return try compose(yaml: text, .default, .default, .utf8)
    } catch {
        throw ConfigurationError("\(path) \(YAMLFault.sentence(for: error))")
    }
}
