internal import Glibc

/// How many files the process may have open, connections included.
enum OpenFiles {
    /// For the catalog, the pools, deliveries and the log, whatever the number of connections.
    private static let besideConnections = 512

    /// Raises the limit as far as is needed for so many connections, and as the system allows.
    /// - Returns: What to tell the operator if that is too little; nil if it is enough.
    static func makeRoom(forConnections connections: Int) -> String? {
        let wanted = rlim_t(connections + besideConnections)
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < wanted else { return nil }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur == wanted else {
            return "the process may have \(limit.rlim_cur) files open, which are connections too: it wants \(wanted); raise "
                + "LimitNOFILE or `ulimit -n`, or lower server.max_connections"
        }
        return nil
    }
}
