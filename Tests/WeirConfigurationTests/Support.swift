import Foundation
import WeirConfiguration

/// The settings that a file with `yaml` gives, or the sentence that refuses it; the file's path reads `FILE`.
func load(
    _ yaml: String? = nil, flags: [String: String] = [:], environment: [String: String] = [:]
) throws -> Result<Settings, ConfigurationError> {
    try withFile(Data((yaml ?? "").utf8)) { path in
        do throws(ConfigurationError) {
            return .success(
                try Settings.load(flags: flags, environment: environment, file: yaml == nil ? nil : path))
        } catch {
            return .failure(error)
        }
    }
}

/// Why the configuration is refused, with `FILE` for the file's path; nil if it is not.
func refusal(
    _ yaml: String? = nil, flags: [String: String] = [:], environment: [String: String] = [:]
) throws -> String? {
    guard case .failure(let error) = try load(yaml, flags: flags, environment: environment) else {
        return nil
    }
    return error.description.replacing(#/[^\s(]*/weir-test-[-0-9A-F]+\.yaml/#, with: "FILE")
}

func withFile<Answer>(_ data: Data, _ use: (String) throws -> Answer) throws -> Answer {
    let name = "weir-test-\(UUID().uuidString).yaml"
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(name)
    try data.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try use(url.path)
}
