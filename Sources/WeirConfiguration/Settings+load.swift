extension Settings {
    /// Gathers the settings: a flag wins over a variable, that over the file, that over the default. Every
    /// value of every source is checked, also those that another one overrides.
    ///
    /// - `flags` by their names without dashes; a flag that takes no value has the value `true`.
    /// - `environment`: the process's. Unknown `WEIR_…` names become `warnings`.
    /// - `file`: the path of a YAML file, or nil for none.
    ///
    /// Throws the first fault found, as one sentence.
    package static func load(
        flags: [String: String], environment: [String: String], file path: String?
    ) throws(ConfigurationError) -> Settings {
        try checkNames(ofFlags: flags)
        var file: ConfigurationFile?
        if let path { file = try ConfigurationFile(path: path) }
        var settings = Settings.defaults
        var given: [String: ValueSource] = [:]
        for option in ConfigurationOption.all {
            for (raw, source) in values(of: option, flags, environment, file) {
                try option.store(raw, from: source, into: &settings)
                given[option.path] = source
            }
        }
        for rule in Ordering.all {
            try rule.enforce(on: &settings, given: given)
        }
        settings.warnings = warnings(about: environment)
        return settings
    }

    /// The values given for `option`, the one that wins last.
    private static func values(
        of option: ConfigurationOption, _ flags: [String: String], _ environment: [String: String],
        _ file: ConfigurationFile?
    ) -> [(RawValue, ValueSource)] {
        var values: [(RawValue, ValueSource)] = []
        if let file, let entry = file.entries[option.path] {
            values.append((entry.value, .file(path: file.path, key: option.path, line: entry.line)))
        }
        if let text = environment[option.environmentVariable] {
            values.append((.words(text), .environment(option.environmentVariable)))
        }
        if let flag = option.flag, let text = flags[flag] {
            values.append((.words(text), .flag(flag)))
        }
        return values
    }

    private static func checkNames(ofFlags flags: [String: String]) throws(ConfigurationError) {
        let known = ConfigurationOption.all.compactMap(\.flag)
        guard let unknown = flags.keys.sorted().first(where: { !known.contains($0) }) else { return }
        let near = nearest(to: unknown, among: known).map { "; the nearest one is --\($0)" } ?? ""
        throw ConfigurationError("--\(clipped(unknown)) is no flag\(near)")
    }

    /// Variables of the command line tools, not options of the server.
    private static let otherVariables = ["WEIR_CONFIG", "WEIR_ENDPOINT", "WEIR_PROJECT"]

    /// For tests of the server alone, so no warning suggests it.
    private static let testVariable = "WEIR_TEST_STOP_AT"

    private static func warnings(about environment: [String: String]) -> [String] {
        let known = ConfigurationOption.all.map(\.environmentVariable) + otherVariables
        let names = Set(known + [testVariable])
        return environment.keys.filter { $0.hasPrefix("WEIR_") && !names.contains($0) }.sorted().map { name in
            let near = nearest(to: name, among: known).map { "; the nearest one is \($0)" } ?? ""
            return "The variable \(clipped(name)) is no option and has no effect\(near)"
        }
    }
}
