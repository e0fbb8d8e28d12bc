// The C library shows the variables as one that anybody may write. Nothing here does.
@preconcurrency internal import Glibc

extension Settings {
    /// The settings that a server started like this process would run with: `load` with the variables of the process, and
    /// what may not be started is refused.
    ///
    /// - `flags` by their names without dashes; a flag that takes no value has the value `true`.
    /// - `file`: the path given on the command line, if one is.
    package static func ofProcess(
        flags: [String: String] = [:], file: String?
    ) throws(ConfigurationError) -> Settings {
        let settings = try load(flags: flags, environment: variables, file: chosenFile(file))
        try settings.checkExposure()
        try settings.checkCatalog()
        try settings.checkAuthorities()
        return settings
    }

    /// The path of the file that is read: the one given on the command line, otherwise that of `WEIR_CONFIG`; nil for none.
    package static func chosenFile(_ given: String?) -> String? {
        if let given { return given }
        guard let named = variables["WEIR_CONFIG"], !named.isEmpty else { return nil }
        return named
    }

    private func checkExposure() throws(ConfigurationError) {
        for address in [listen, drivers.transport.websocket.address].compactMap(\.self) {
            guard address.isLoopback || insecure else {
                throw ConfigurationError(
                    "without authentication it listens on loopback addresses only, not on \(address); --insecure lifts that")
            }
        }
    }

    /// Of the uri nothing more is said than its scheme: there may be a password in it.
    private func checkCatalog() throws(ConfigurationError) {
        guard let catalog else { return }
        let schemes = ["redis", "redis+unix", "redis+sentinel", "mongodb", "mongodb+srv"]
        guard let colon = catalog.firstIndex(of: ":") else { throw ConfigurationError("catalog: the uri has no scheme") }
        let scheme = catalog[..<colon].lowercased()
        guard schemes.contains(scheme) else {
            throw ConfigurationError(
                "catalog: \(quoted(scheme)) is not supported; give a mongodb:// or redis:// uri, or leave it out for SQLite "
                    + "in the data directory")
        }
    }

    /// A file that cannot be read would fail each delivery over TLS, and nothing before.
    private func checkAuthorities() throws(ConfigurationError) {
        guard let caFile = notification.caFile, access(caFile, R_OK) != 0 else { return }
        throw ConfigurationError(
            "notification.ca_file: \(quoted(caFile)) cannot be read: \(String(cString: strerror(errno)))")
    }

    /// The environment of the process. Of a name that stands there twice the first counts, as for the C library.
    private static var variables: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, variables[String(parts[0])] == nil { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }
}
