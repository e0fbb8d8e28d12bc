internal import StoreThreads
internal import WeirStorage

/// The work of one connection's thread: sends what has gathered, reads the answers, and replaces a lost connection.
final class RedisWorker {
    /// Commands that go out together at the most.
    static let commandsPerTurn = 512
    /// Bytes after which the rest waits until those are answered.
    private static let bytesPerTurn = 4 << 20
    /// How long commands wait after a loss for the next connection: a blip is not seen.
    private static let blipMilliseconds = 250
    /// How often a command is sent again to a server that lost its scripts.
    private static let reloads = 3

    private let dialer: RedisDialer
    private let link: RedisLink
    private var socket: RedisSocket?
    private var buffer = CommandBuffer()
    private var lostAt = Instant.now
    /// How many answers each exchange of this turn is to have.
    private var expected: [Int] = []
    /// What the answers of the last turn ask for: at most one command for each.
    private var followers: [any RedisExchange] = []

    init(_ dialer: RedisDialer, _ line: RedisDialer.Line) {
        self.dialer = dialer
        link = RedisLink(dialer)
        socket = line.socket
        buffer.digests = line.digests
    }

    func close() {
        link.close()
        socket = nil
    }

    /// Answers or fails each of these.
    func run(_ exchanges: [any RedisExchange]) {
        var rest = exchanges[...]
        while !rest.isEmpty {
            guard let socket = connected() else {
                let error = StorageError.unavailable("no connection: \(link.reason)")
                for exchange in rest { exchange.fail(error) }
                return
            }
            let turn = fill(from: &rest)
            send(turn, on: socket)
            guard !followers.isEmpty else { continue }
            rest = (followers + rest)[...]
            followers.removeAll(keepingCapacity: true)
        }
    }

    /// Encodes commands as long as there is room.
    private func fill(from rest: inout ArraySlice<any RedisExchange>) -> ArraySlice<any RedisExchange> {
        begin()
        let start = rest.startIndex
        var end = start
        while end < rest.endIndex, buffer.bytes.count < Self.bytesPerTurn {
            write(rest[end])
            end += 1
        }
        defer { rest = rest[end...] }
        return rest[start..<end]
    }

    private func begin() {
        buffer.removeAll()
        expected.removeAll(keepingCapacity: true)
    }

    private func write(_ exchange: any RedisExchange) {
        let before = buffer.commands
        exchange.write(to: &buffer)
        expected.append(buffer.commands - before)
    }

    private func send(_ turn: ArraySlice<any RedisExchange>, on socket: RedisSocket) {
        var unknown = exchange(turn, on: socket)
        for _ in 0..<Self.reloads where !unknown.isEmpty && self.socket != nil {
            do throws(RedisFailure) {
                buffer.digests = try dialer.load(on: socket, name: dialer.endpoint.description)
            } catch {
                lose(error)
                break
            }
            begin()
            for exchange in unknown { write(exchange) }
            unknown = exchange(unknown[...], on: socket)
        }
        for exchange in unknown { exchange.fail(.unavailable("Redis does not keep the scripts")) }
    }

    /// Sends the buffer and hands out the answers. Returns those whose script the server does not know.
    private func exchange(
        _ turn: ArraySlice<any RedisExchange>, on socket: RedisSocket
    ) -> [any RedisExchange] {
        var unknown: [any RedisExchange] = []
        var answered = turn.startIndex
        do throws(RedisFailure) {
            try socket.send(buffer.bytes)
            while answered < turn.endIndex {
                let reply = try answer(of: expected[answered - turn.startIndex], on: socket)
                settle(turn[answered], reply, &unknown)
                answered += 1
            }
        } catch {
            lose(error)
            for exchange in turn[answered...] {
                let reason = error.reason
                exchange.fail(exchange.changesStore ? .unknownOutcome(reason) : .unavailable(reason))
            }
        }
        return unknown
    }

    /// The answer to that many commands.
    private func answer(of commands: Int, on socket: RedisSocket) throws(RedisFailure) -> RedisReply {
        guard commands > 1 else { return try socket.reply() }
        var answers: [RedisReply] = []
        for _ in 0..<commands { answers.append(try socket.reply()) }
        // Without what begins a transaction the rest is done one by one: some of it was.
        if case .error(let message) = answers[0], answers.contains(where: { $0.errorWithin == nil }) {
            return .error("ERR no transaction: \(message)")
        }
        return answers.lazy.compactMap(\.errorWithin).first ?? .array(answers)
    }

    private func settle(
        _ exchange: any RedisExchange, _ reply: RedisReply, _ unknown: inout [any RedisExchange]
    ) {
        guard case .error(let message) = reply else {
            guard let next = exchange.next(after: reply) else { return exchange.finish(reply) }
            return followers.append(next)
        }
        let kind = RedisErrorKind(message)
        guard kind != .unknownScript else { return unknown.append(exchange) }
        // The answers to what went out with it are still read.
        if kind == .notMaster { isDemoted = true }
        exchange.fail(kind.storageError(message, changesStore: exchange.changesStore))
    }

    // MARK: The connection

    /// Whether the server turned out not to be the master.
    private var isDemoted = false

    /// The connection, if there is one now or soon.
    private func connected() -> RedisSocket? {
        if isDemoted {
            isDemoted = false
            lose(RedisFailure("the server is not the master any more"))
        }
        if let socket, !socket.isQuiet { lose(RedisFailure("the server hung up")) }
        if let socket { return socket }
        // One that was made long before it is needed may be lost as well.
        for _ in 0..<2 {
            guard let line = link.take(until: lostAt.adding(milliseconds: Self.blipMilliseconds)) else { break }
            guard line.socket.isQuiet else {
                lose(RedisFailure("the server hung up"))
                continue
            }
            socket = line.socket
            buffer.digests = line.digests
            return socket
        }
        return nil
    }

    private func lose(_ failure: RedisFailure) {
        socket = nil
        lostAt = .now
        link.dial(after: failure)
    }
}
