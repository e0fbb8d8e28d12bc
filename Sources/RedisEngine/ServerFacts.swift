/// What a live server says of itself, and what follows from it for data that have no time to live.
package struct ServerFacts: Sendable {
    /// Of `INFO`.
    private let info: [String: String]
    /// Of `CONFIG GET`; nil for what the server keeps to itself.
    private let settings: [String: String]
    private let isBehindSentinels: Bool
    /// Whether the append-only file was off, or not begun, when the server was asked before.
    private let fileWasOff: Bool

    static let asked = [
        "appendonly", "appendfsync", "no-appendfsync-on-rewrite", "maxmemory", "maxmemory-policy",
        "min-replicas-to-write",
    ]

    /// - Parameter answers: To `INFO`, then to `CONFIG GET` of each of `asked`.
    init(_ answers: [RedisReply], isBehindSentinels: Bool, fileWasOff: Bool) {
        var info: [String: String] = [:]
        for line in (answers.first?.text ?? "").split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let name = line.prefix { $0 != ":" }
            info[String(name)] = String(line.dropFirst(name.count + 1))
        }
        var settings: [String: String] = [:]
        for answer in answers.dropFirst() {
            guard let pair = answer.elements, pair.count == 2, let name = pair[0].text else { continue }
            settings[name] = pair[1].text
        }
        self.info = info
        self.settings = settings
        self.isBehindSentinels = isBehindSentinels
        self.fileWasOff = fileWasOff
    }

    // MARK: What follows

    /// How data can be lost while the server runs; nil if they cannot.
    package var lossInService: String? {
        guard let limit = settings["maxmemory"] ?? info["maxmemory"],
            let policy = settings["maxmemory-policy"] ?? info["maxmemory_policy"]
        else { return "the server does not say whether it evicts data: allow INFO or CONFIG GET" }
        guard info["role"] ?? "master" == "master" else {
            return "the server is a \(info["role"] ?? "replica"): name its master in the uri"
        }
        // Policies named volatile evict only what has a time to live, and nothing here has one.
        guard limit != "0", policy.hasPrefix("allkeys") else { return nil }
        return "with maxmemory-policy \(policy) the server drops queues when its memory is full: "
            + "CONFIG SET maxmemory-policy noeviction"
    }

    /// How acknowledged data can be lost in a crash; nil if they cannot.
    package var lossAtCrash: String? {
        guard let appendOnly = settings["appendonly"], let sync = settings["appendfsync"] else {
            return "the server does not say when it writes to the disk: allow CONFIG GET"
        }
        if appendOnly != "yes" {
            return "there is no append-only file: CONFIG SET appendonly yes, and CONFIG SET appendfsync always"
        }
        if sync != "always" {
            return "the server answers before the disk has it (appendfsync \(sync)): CONFIG SET appendfsync always"
        }
        if settings["no-appendfsync-on-rewrite"] == "yes" {
            return "while the file is rewritten the disk is not waited for: CONFIG SET no-appendfsync-on-rewrite no"
        }
        if info["aof_last_write_status"] ?? "ok" != "ok" {
            return "the last write to the append-only file failed: see the server's log and its disk"
        }
        if isFirstFileBeingWritten {
            return "the append-only file is still being begun: probe again when the server has written it"
        }
        if isBehindSentinels {
            return "a failover may go to a replica that lacks the last writes: name one server in the uri"
        }
        return nil
    }

    /// After `CONFIG SET appendonly yes` the file counts only once it has its base. The server tells this from the
    /// usual rewriting of the file by the size of the base only if there never was one.
    private var isFirstFileBeingWritten: Bool {
        let isWriting = info["aof_rewrite_in_progress"] == "1" || info["aof_rewrite_scheduled"] == "1"
        return isWriting && (fileWasOff || info["aof_base_size"] ?? "0" == "0")
    }

    /// Whether the append-only file is off or not begun.
    var isFileOff: Bool { settings["appendonly"] == "no" || isFirstFileBeingWritten }

    // MARK: What is shown

    /// What the operator is shown, by name. Never a secret.
    package var shown: [(name: String, value: String)] {
        let shown: [(name: String, value: String)?] = [
            fact("redis_version", info["redis_version"]), fact("role", info["role"]),
            fact("appendonly", settings["appendonly"] ?? onOff(info["aof_enabled"])),
            fact("appendfsync", settings["appendfsync"]),
            fact("no-appendfsync-on-rewrite", settings["no-appendfsync-on-rewrite"]),
            fact("aof_last_write_status", info["aof_last_write_status"]),
            fact("maxmemory", settings["maxmemory"] ?? info["maxmemory"]),
            fact("maxmemory-policy", settings["maxmemory-policy"] ?? info["maxmemory_policy"]),
            fact("connected_slaves", info["connected_slaves"]),
            fact("min-replicas-to-write", settings["min-replicas-to-write"]),
            settings.isEmpty ? fact("config", "CONFIG GET is refused") : nil,
        ]
        return shown.compactMap(\.self)
    }

    private func fact(_ name: String, _ value: String?) -> (name: String, value: String)? {
        value.map { (name, $0) }
    }

    private func onOff(_ flag: String?) -> String? {
        flag.map { $0 == "1" ? "yes" : "no" }
    }
}
