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
        return settings
    }

    /// The path of the file that is read: the one given on the command line, otherwise that of `WEIR_CONFIG`; nil for none.
    package static func chosenFile(_ given: String?) -> String? {
        given ?? variables["WEIR_CONFIG"]
    }

    private func checkExposure() throws(ConfigurationError) {
        for address in [listen, drivers.transport.websocket.address].compactMap(\.self) {
            guard address.isLoopback || insecure else {
                throw ConfigurationError(
                    "without authentication it listens on loopback addresses only, not on \(address); --insecure lifts that")
            }
        }
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
