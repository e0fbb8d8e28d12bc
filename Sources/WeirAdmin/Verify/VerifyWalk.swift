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
            let answer = try await server.send("POST", "/v2/verify", .object(request)).object(with: "cursor")
            try add(answer)
            cursor = answer["cursor"] ?? .null
            if showsProgress { Terminal.write("\r\u{1B}[K" + (cursor == .null ? "" : progress)) }
        } while cursor != .null
        return findings
    }

    private mutating func add(_ answer: JSONObject) throws(AdminFailure) {
        findings += try answer.items("findings")
        let checked = answer["checked"]?.objectValue
        queues = queues.sum(checked?["queues"]?.integerValue)
        lives = lives.sum(checked?["lives"]?.integerValue)
    }

    private var progress: String {
        "\(queues) queues of the catalog and \(lives) in pools looked at, \(VerifyWalk.count(findings))"
    }

    /// `1 finding`, `3 findings`.
    package static func count(_ findings: [JSONObject]) -> String {
        "\(findings.count) finding\(findings.count == 1 ? "" : "s")"
    }
}
