/// One thing an operator may set. The table in `ConfigurationOption.all` is the only place where keys, kinds,
/// defaults, bounds and the sentences about them stand; all else is made from it.
package struct ConfigurationOption: Sendable {
    /// Where it stands in the file: `limits.max_queue_metadata`.
    package let path: String
    /// The command line flag without its dashes, if it has one.
    package let flag: String?
    /// One sentence for the operator.
    package let summary: String
    /// Ends the sentence "must be …", with the bounds and the unit.
    package let expects: String
    /// The default as YAML text.
    package let defaultYAML: String
    /// True if messages must not show the value.
    package let isSecret: Bool
    let assign: @Sendable (_ raw: RawValue, _ settings: inout Settings) -> Bool
    let assignDefault: @Sendable (_ settings: inout Settings) -> Void

    init<Value: Sendable>(
        _ path: String, _ field: any WritableKeyPath<Settings, Value> & Sendable, _ kind: ValueKind<Value>,
        default value: Value, flag: String? = nil, isSecret: Bool = false, _ summary: String
    ) {
        self.path = path
        self.flag = flag
        self.summary = summary
        self.expects = kind.expects
        self.defaultYAML = kind.yaml(value)
        self.isSecret = isSecret
        assign = { raw, settings in
            guard let value = kind.accept(raw) else { return false }
            settings[keyPath: field] = value
            return true
        }
        assignDefault = { settings in settings[keyPath: field] = value }
    }

    /// The variable that sets it: `WEIR_LIMITS_MAX_QUEUE_METADATA`.
    package var environmentVariable: String {
        "WEIR_" + path.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }

    /// Puts `raw` into `settings`, or throws a sentence that names `source`.
    func store(_ raw: RawValue, from source: ValueSource, into settings: inout Settings)
        throws(ConfigurationError)
    {
        guard assign(raw, &settings) else {
            let given = raw.shown(isSecret: isSecret)
            throw ConfigurationError("\(source) must be \(expects), not \(given)")
        }
    }
}

/// Where a value came from, in the words of an error message.
enum ValueSource: CustomStringConvertible, Sendable {
    case flag(String)
    case environment(String)
    case file(path: String, key: String, line: Int)

    var description: String {
        switch self {
        case .flag(let name): "--\(name)"
        case .environment(let name): name
        case .file(let path, let key, let line): "\(path): \(key) (line \(line))"
        }
    }
}
