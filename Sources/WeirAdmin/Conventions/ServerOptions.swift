internal import ArgumentParser
internal import Glibc
internal import WeirBench

/// The options of every command that talks to a server.
struct ServerOptions: ParsableArguments {
    @Option(help: "Server, http://host:port (default: $WEIR_ENDPOINT or http://127.0.0.1:8888).")
    var endpoint: String?

    @Option(help: "Project, the tenant of the request (default: $WEIR_PROJECT or default).")
    var project: String?

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    /// Checks both options, and the variables that stand in for them.
    func validate() throws {
        _ = try chosenEndpoint
        _ = try chosenProject
    }

    /// Where the server is. Throws `ValidationError`.
    var chosenEndpoint: Endpoint {
        get throws { try Self.endpoint(namedEndpoint ?? "http://127.0.0.1:8888") }
    }

    /// Whether somebody has said where the server is.
    var namesEndpoint: Bool { namedEndpoint != nil }

    private var namedEndpoint: String? { Self.chosen(endpoint, "WEIR_ENDPOINT") }

    /// Reads the address of a server. Throws `ValidationError`.
    static func endpoint(_ url: String) throws -> Endpoint {
        guard !url.lowercased().hasPrefix("https://") else {
            throw ValidationError(
                "endpoint '\(url)': https is not supported; name the server's own http:// address, or one that "
                    + "a local proxy makes of it")
        }
        do throws(BadEndpoint) {
            return try Endpoint(url: url)
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// Throws `ValidationError` for what cannot stand in a header.
    var chosenProject: String {
        get throws {
            let name = Self.chosen(project, "WEIR_PROJECT") ?? "default"
            guard (1...256).contains(name.count), name.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
                throw ValidationError("--project must be 1 to 256 printable ASCII characters.")
            }
            return name
        }
    }

    private static func chosen(_ option: String?, _ variable: String) -> String? {
        if let option { return option }
        guard let text = getenv(variable) else { return nil }
        return text.pointee == 0 ? nil : String(cString: text)
    }
}
