internal import HTTPTypes

extension Resource {
    /// What the path names in its version of the API; nil if that is nothing, or the version is not switched on.
    init?(_ target: Target, olderVersions: Set<APIVersion>) {
        guard target.version != .v2 else {
            self.init(target.segments)
            return
        }
        guard olderVersions.contains(target.version) else { return nil }
        if target.version == .v1, let resource = Self.onlyInV1(target.segments) {
            self = resource
            return
        }
        self.init(["v2"] + target.segments.dropFirst())
        guard isOffered(in: target.version) else { return nil }
    }

    private static func onlyInV1(_ path: [String]) -> Resource? {
        switch (path.count, path.dropFirst().first) {
        case (2, "health"): .publicHealth
        case (4, "queues") where path[3] == "metadata": .metadata(QueuePath(space: .queues, name: path[2]))
        default: nil
        }
    }

    /// Whether an older version has it too.
    private func isOffered(in version: APIVersion) -> Bool {
        switch self {
        case .queues(.topics): false
        case _ where queue?.space == .topics: false
        case .home, .queues, .queue, .stats, .messages, .message, .claims, .claim, .pools, .pool: true
        case .ping, .health, .flavors, .flavor: version == .v1_1
        default: false
        }
    }

    /// The methods it takes in a version, as the header `Allow` lists them.
    func methods(in version: APIVersion) -> [HTTPRequest.Method] {
        switch (version, self) {
        case (.v1_1, .queue): [.get, .put, .delete]
        case (.v1, .queue): [.get, .head, .put, .delete]
        default: methods
        }
    }
}
