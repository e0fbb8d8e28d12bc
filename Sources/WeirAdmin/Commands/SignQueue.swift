internal import ArgumentParser
internal import WeirJSON

/// `weir queue sign`.
struct SignQueue: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Let others use part of a queue for a time, without a token.",
        discussion: "Prints a curl line with the headers of a signature that the server makes.")

    @OptionGroup var place: QueuePlace
    @Option(
        help: ArgumentHelp(
            "messages, claims or subscriptions (default: messages). Can be repeated.", valueName: "part"))
    var path: [String] = []
    @Option(help: ArgumentHelp("Method (default: GET). Can be repeated.", valueName: "method"))
    var method: [String] = []
    @Option(help: ArgumentHelp("When it ends, in ISO 8601 (default: in a day).", valueName: "time"))
    var expires: String?
    @OptionGroup var options: ServerOptions

    func perform(_ server: Server, _ output: Output) async throws(AdminFailure) {
        let parts = path.isEmpty ? ["messages"] : path
        let methods = method.isEmpty ? ["GET"] : method.map { $0.uppercased() }
        var request: JSONObject = [
            "paths": .array(parts.map { .string($0) }), "methods": .array(methods.map { .string($0) }),
        ]
        request["expires"] = expires.map { .string($0) }
        let signed = try await server.send("POST", "\(place.path)/share", .object(request)).object()
        guard let line = CurlLine(signed, parts[0], methods[0], server.url) else {
            throw .strangeAnswer("is no signature")
        }
        var object = signed
        object["curl"] = .string(line.text)
        output.done(line.text, object)
    }
}

/// A command for a shell that presents a signature.
struct CurlLine: Hashable {
    let text: String

    /// Nil unless `signed` is what the API answers to a share.
    ///
    /// - Parameters:
    ///   - part: What of the queue is asked for.
    ///   - base: `http://host:port`.
    init?(_ signed: JSONObject, _ part: String, _ method: String, _ base: String) {
        func list(_ name: String) -> [String]? { signed[name]?.arrayValue?.compactMap(\.stringValue) }
        guard let paths = list("paths"), let methods = list("methods"), let signature = signed["signature"]?.stringValue,
            let expires = signed["expires"]?.stringValue, let project = signed["project"]?.stringValue,
            let path = paths.first(where: { $0.hasSuffix("/\(part)") })
        else { return nil }
        var headers = [
            ("URL-Signature", signature), ("URL-Expires", expires), ("URL-Methods", methods.joined(separator: ",")),
            ("URL-Paths", paths.joined(separator: ",")), ("X-Project-ID", project),
            ("Client-ID", (0..<32).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()),
        ]
        // For what the reader adds with -d, too: curl would call it a form.
        if method != "GET" { headers.append(("Content-Type", "application/json")) }
        let arguments = headers.map { "-H \(Self.quoted("\($0.0): \($0.1)"))" }.joined(separator: " ")
        let body = method == "POST" && part == "messages" ? " -d \(Self.quoted(#"{"messages":[{"body":"hello"}]}"#))" : ""
        text = "curl -X \(method) \(arguments)\(body) \(Self.quoted(base + path))"
    }

    /// As one word of a shell, whatever is in it.
    private static func quoted(_ text: String) -> String {
        // By scalars: a mark that combines with a quote makes of the two another character, and a quote all the same.
        "'" + text.unicodeScalars.split(separator: "'", omittingEmptySubsequences: false).map { String($0) }
            .joined(separator: "'\\''") + "'"
    }
}
