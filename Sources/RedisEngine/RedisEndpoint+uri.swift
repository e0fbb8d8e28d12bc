extension RedisEndpoint {
    /// Reads `redis://[[user]:password@]host[:6379][/db]`, `redis+unix://[[user]:password@]/path[?db=N]`,
    /// `redis+sentinel://[[user]:password@]host[:26379],…/master[/db]`, and the spellings of Zaqar: `?dbid=N`,
    /// `?master=NAME` on a list of sentinels, and `redis:/path`.
    package init(uri: String) throws(RedisURIError) {
        let parts = try URIParts(uri)
        switch parts.scheme {
        case "redis" where parts.authority == nil, "redis+unix":
            try self.init(socket: parts)
        case "redis" where parts.query["master"] == nil:
            try self.init(server: parts)
        case "redis":
            try self.init(sentinels: parts, master: parts.query["master"] ?? "", database: parts.pathDatabase())
        case "redis+sentinel":
            try self.init(masterInPath: parts)
        default:
            throw RedisURIError("unknown scheme '\(parts.scheme)'")
        }
        (user, password) = (parts.user, parts.password)
    }

    private init(server parts: URIParts) throws(RedisURIError) {
        try parts.allow(["db", "dbid"])
        let hosts = try parts.addresses(defaultPort: 6379)
        guard let host = hosts.first, hosts.count == 1 else {
            throw RedisURIError("several hosts are sentinels, whose master ?master=NAME has to name")
        }
        self.init(place: .tcp(host), database: try parts.database(inPath: try parts.pathDatabase()))
    }

    private init(socket parts: URIParts) throws(RedisURIError) {
        try parts.allow(["db", "dbid"])
        let path = try parts.decoded(parts.path)
        guard parts.hosts.isEmpty, path.hasPrefix("/"), path.utf8.count > 1 else {
            throw RedisURIError("expected the absolute path of a socket, as in redis+unix:///run/redis.sock")
        }
        // The kernel's bound: sun_path has 108 bytes.
        guard path.utf8.count < 108 else { throw RedisURIError("the path of a socket has at most 107 bytes") }
        self.init(place: .unix(path), database: try parts.database(inPath: nil))
    }

    private init(masterInPath parts: URIParts) throws(RedisURIError) {
        let names = parts.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard (1...2).contains(names.count), let name = names.first, !name.isEmpty else {
            throw RedisURIError("expected the master's name as the path, as in redis+sentinel://host/master")
        }
        let database = names.count == 2 ? try URIParts.number(String(names[names.startIndex + 1]), "the database") : nil
        try self.init(sentinels: parts, master: try parts.decoded(String(name)), database: database)
    }

    private init(sentinels parts: URIParts, master: String, database: Int?) throws(RedisURIError) {
        try parts.allow(["db", "dbid", "master"])
        guard !master.isEmpty else { throw RedisURIError("the master's name is empty") }
        let sentinels = try parts.addresses(defaultPort: 26379)
        self.init(
            place: .sentinel(sentinels, master: master), database: try parts.database(inPath: database))
    }
}
