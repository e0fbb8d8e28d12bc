package import WeirJSON

/// A verification from beginning to end, step by step.
package struct VerifyWalk {
    private let server: Server
    private let isRepairing: Bool
    private let showsProgress: Bool
    private var queues: Int64 = 0
    private var lives: Int64 = 0
    private var findings: [JSONObject] = []

    /// - Parameter showsProgress: Whether a line on the terminal says how far it is.
    package init(_ server: Server, isRepairing: Bool, showsProgress: Bool) {
        self.server = server
        self.isRepairing = isRepairing
        self.showsProgress = showsProgress
    }

    /// Everything that is found.
    package mutating func run() async throws(AdminFailure) -> [JSONObject] {
        var cursor = JSONValue.null
        repeat {
            let request: JSONObject = ["repair": .bool(isRepairing), "cursor": cursor]
            let answer = try await server.send("POST", "/v2/verify", .object(request)).object()
            add(answer)
            cursor = answer["cursor"] ?? .null
            if showsProgress { Terminal.write("\r\u{1B}[K" + (cursor == .null ? "" : progress)) }
        } while cursor != .null
        return findings
    }

    private mutating func add(_ answer: JSONObject) {
        let checked = answer["checked"]?.objectValue
        queues += checked?["queues"]?.integerValue ?? 0
        lives += checked?["lives"]?.integerValue ?? 0
        findings += (answer["findings"]?.arrayValue ?? []).compactMap(\.objectValue)
    }

    private var progress: String {
        "\(queues) queues of the catalog and \(lives) in pools looked at, \(VerifyWalk.count(findings))"
    }

    /// `1 finding`, `3 findings`.
    package static func count(_ findings: [JSONObject]) -> String {
        "\(findings.count) finding\(findings.count == 1 ? "" : "s")"
    }
}
