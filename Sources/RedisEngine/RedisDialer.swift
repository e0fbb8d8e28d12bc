/// Makes connections that are ready for work: to the master, logged in, the database chosen, the scripts loaded.
struct RedisDialer: Sendable {
    let endpoint: RedisEndpoint
    let scripts: [RedisScript]
    let timeoutMilliseconds: Int

    /// A connection and what its server calls the scripts.
    struct Line {
        let socket: RedisSocket
        let digests: [[UInt8]]
    }

    func dial() throws(RedisFailure) -> Line {
        switch endpoint.place {
        case .tcp(let address):
            return try prepare(try connect(address), name: address.description)
        case .unix(let path):
            let socket = try RedisSocket.connect(toSocket: path, timeoutMilliseconds: timeoutMilliseconds)
            return try prepare(socket, name: path)
        case .sentinel(let sentinels, let master):
            return try dial(master, through: sentinels)
        }
    }

    private func connect(_ address: RedisEndpoint.Address) throws(RedisFailure) -> RedisSocket {
        try RedisSocket.connect(to: address, timeoutMilliseconds: timeoutMilliseconds)
    }

    // MARK: Sentinels

    /// Asks one sentinel after the other where the master is, until one leads to it: one that is behind names the former.
    private func dial(
        _ master: String, through sentinels: [RedisEndpoint.Address]
    ) throws(RedisFailure) -> Line {
        var (reasons, tried): ([String], Set<RedisEndpoint.Address>) = ([], [])
        for sentinel in sentinels {
            do throws(RedisFailure) {
                let address = try ask(sentinel, for: master)
                guard tried.insert(address).inserted else { continue }
                return try prepare(try connect(address), name: address.description)
            } catch {
                reasons.append(error.reason)
            }
        }
        throw RedisFailure("no sentinel leads to the master \(master): \(reasons.joined(separator: "; "))")
    }

    private func ask(
        _ sentinel: RedisEndpoint.Address, for master: String
    ) throws(RedisFailure) -> RedisEndpoint.Address {
        let socket = try connect(sentinel)
        var answer = try socket.ask("SENTINEL", "get-master-addr-by-name", master)
        if case .error(let message) = answer, message.hasPrefix("NOAUTH") {
            try logIn(socket, name: sentinel.description)
            answer = try socket.ask("SENTINEL", "get-master-addr-by-name", master)
        }
        if case .error(let message) = answer { throw RedisFailure("\(sentinel.description): \(message)") }
        guard let parts = answer.elements, parts.count == 2, let host = parts[0].text,
            let port = parts[1].text.flatMap(UInt16.init)
        else { throw RedisFailure("\(sentinel.description) knows no master \(master)") }
        return RedisEndpoint.Address(host: host, port: port)
    }

    // MARK: The server

    private func prepare(_ socket: RedisSocket, name: String) throws(RedisFailure) -> Line {
        if endpoint.password != nil { try logIn(socket, name: name) }
        if endpoint.database != 0 {
            try expectDone(try socket.ask("SELECT", String(endpoint.database)), name)
        }
        try checkRole(try socket.ask("ROLE"), name)
        return Line(socket: socket, digests: try load(on: socket, name: name))
    }

    private func logIn(_ socket: RedisSocket, name: String) throws(RedisFailure) {
        let password = endpoint.password ?? ""
        if let user = endpoint.user {
            try expectDone(try socket.ask("AUTH", user, password), name)
        } else {
            try expectDone(try socket.ask("AUTH", password), name)
        }
    }

    private func expectDone(_ answer: RedisReply, _ name: String) throws(RedisFailure) {
        if case .error(let message) = answer { throw RedisFailure("\(name): \(message)") }
    }

    /// A server that keeps its role to itself is taken at its word when it accepts writes; a sentinel's is not.
    private func checkRole(_ answer: RedisReply, _ name: String) throws(RedisFailure) {
        if case .error(let message) = answer {
            if case .sentinel = endpoint.place { throw RedisFailure("\(name): \(message)") }
            guard message.hasPrefix("NOPERM") || message.hasPrefix("ERR unknown") else {
                throw RedisFailure("\(name): \(message)")
            }
            return
        }
        guard let role = answer.elements?.first?.text, role != "master" else { return }
        throw RedisFailure("\(name) is a \(role), not a master")
    }

    /// Loads the scripts, and returns what the server calls them.
    func load(on socket: RedisSocket, name: String) throws(RedisFailure) -> [[UInt8]] {
        var buffer = CommandBuffer()
        for script in scripts {
            buffer.begin(3)
            buffer.add("SCRIPT")
            buffer.add("LOAD")
            buffer.add(script.source)
        }
        try socket.send(buffer.bytes)
        var digests: [[UInt8]] = []
        for _ in scripts {
            let answer = try socket.reply()
            try expectDone(answer, name)
            guard case .bytes(let digest) = answer else { throw RedisFailure("\(name) does not load scripts") }
            digests.append(digest)
        }
        return digests
    }
}
