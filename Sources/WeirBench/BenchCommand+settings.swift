import ArgumentParser

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension BenchCommand {
    /// What `WEIR_ENDPOINT` says.
    static var environmentEndpoint: String? {
        getenv("WEIR_ENDPOINT").map { String(cString: $0) }
    }

    /// The settings the options ask for. Throws `ValidationError` that names the option and its bounds.
    ///
    /// - Parameter environmentEndpoint: the endpoint if none is given as an option; empty counts as nil.
    package func settings(environmentEndpoint: String?) throws -> BenchSettings {
        var settings = BenchSettings(endpoint: try chosenEndpoint(environmentEndpoint))
        settings.project = project
        settings.scenarios = scenario.isEmpty ? Scenario.allCases : scenario.flatMap { $0 }
        settings.connections = try check("--connections", connections, 1...4096)
        settings.threads = try check("--threads", threads, 1...64)
        settings.seconds = try seconds.map { try check("--seconds", $0, 0.001...86_400) }
        settings.requests = try requests.map { try check("--requests", $0, 1...1_000_000_000_000) }
        if settings.requests == nil && settings.seconds == nil { settings.seconds = 10 }
        settings.warmup = try check("--warmup", warmup, 0...3600)
        settings.queues = try check("--queues", queues ?? 1, 1...10_000)
        settings.existingQueue = queue
        settings.bodyBytes = try check("--body-bytes", bodyBytes, 2...16_777_216)
        settings.limit = try check("--limit", limit, 1...20)
        settings.keepsQueues = keep
        let printable = { (byte: UInt8) in byte >= 0x20 && byte != 0x7F }
        guard (1...256).contains(project.count), project.utf8.allSatisfy(printable) else {
            throw ValidationError("--project must be 1...256 characters without control characters.")
        }
        if let queue, !(1...64).contains(queue.utf8.count) || !queue.utf8.allSatisfy(Ascii.isName) {
            throw ValidationError("--queue must be 1...64 of the characters A-Z a-z 0-9 _ - .")
        }
        return settings
    }

    private func chosenEndpoint(_ environmentEndpoint: String?) throws -> Endpoint {
        let given = [endpoint, environmentEndpoint].compactMap { $0 }.first { !$0.isEmpty }
        do {
            return try Endpoint(url: given ?? "http://127.0.0.1:8888")
        } catch {
            throw ValidationError(error.description)
        }
    }

    func check<Value: Comparable>(
        _ option: String, _ value: Value, _ bounds: ClosedRange<Value>
    ) throws -> Value {
        // False for what is not a number, too.
        guard bounds.contains(value) else {
            throw ValidationError("\(option) must be \(bounds.lowerBound)...\(bounds.upperBound).")
        }
        return value
    }
}

/// Reads one `--scenario`: a name or several with commas between them.
@Sendable func parseScenarios(_ text: String) throws -> [Scenario] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
        guard let scenario = Scenario(rawValue: String(name)) else {
            let known = Scenario.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("unknown scenario '\(name)'; there are \(known).")
        }
        return scenario
    }
}

/// Writes one line to standard error.
func printError(_ line: String) {
    StandardOutput.write(line + "\n", to: STDERR_FILENO)
}
