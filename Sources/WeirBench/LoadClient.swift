import NIOCore
import NIOPosix

/// Runs scripts over connections to one server, spread over the event loops it owns.
package final class LoadClient: Sendable {
    private let endpoint: Endpoint
    private let address: SocketAddress
    private let group: MultiThreadedEventLoopGroup
    private let loops: [any EventLoop]

    private init(endpoint: Endpoint, address: SocketAddress, group: MultiThreadedEventLoopGroup) {
        self.endpoint = endpoint
        self.address = address
        self.group = group
        loops = Array(group.makeIterator())
    }

    /// Looks the server up and runs `body` with a client for it; ends all threads and connections afterwards.
    /// Throws `BenchFailure.cannotConnect`, or what `body` throws.
    package static func withClient<Value: Sendable>(
        of endpoint: Endpoint, threads: Int, _ body: (LoadClient) async throws -> Value
    ) async throws -> Value {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        do {
            let address = try await resolve(endpoint, on: group)
            let client = LoadClient(endpoint: endpoint, address: address, group: group)
            let value = try await body(client)
            try await group.shutdownGracefully()
            return value
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    /// Opens one connection a script, then starts them together and waits until all have ended.
    ///
    /// - Parameters:
    ///   - connections: how many; connection `i` follows the script `script(i)`.
    ///   - plan: when they count and stop. Its times are set from `warmup` and `seconds`, counted from the
    ///     moment all connections are open; its budget of requests is divided among the event loops.
    /// - Returns: what they counted, and when counting began.
    package func run(
        connections: Int, warmup: Double = 0, seconds: Double? = nil, plan: LoadPlan = LoadPlan(),
        script: @escaping @Sendable (Int) -> any ConnectionScript
    ) async throws -> (tally: LoadTally, countedFrom: UInt64) {
        let used = loops.prefix(connections)
        var boxes: [NIOLoopBound<LoadLoop>] = []
        for loop in used {
            boxes.append(
                try await loop.submit { NIOLoopBound(LoadLoop(eventLoop: loop), eventLoop: loop) }.get())
        }
        // One after the other: a burst of thousands would overrun the backlog of the server.
        for index in 0..<connections {
            try await open(on: used[index % used.count], boxes[index % used.count]) { script(index) }
        }
        var plan = plan
        plan.countFrom = monotonicNow() + UInt64(warmup * 1e9)
        plan.stopAt = seconds.map { plan.countFrom + UInt64($0 * 1e9) }
        let tally = try await start(plan, boxes: boxes, on: Array(used))
        return (tally, plan.countFrom)
    }

    private func start(
        _ plan: LoadPlan, boxes: [NIOLoopBound<LoadLoop>], on used: [any EventLoop]
    ) async throws -> LoadTally {
        try await withThrowingTaskGroup(of: LoadTally.self) { tasks in
            for (index, loop) in used.enumerated() {
                var share = plan
                share.requests = plan.requests.map { $0 / used.count + (index < $0 % used.count ? 1 : 0) }
                let box = boxes[index]
                tasks.addTask { [share] in
                    try await loop.flatSubmit { box.value.run(share) }.get()
                }
            }
            var total = LoadTally()
            for try await tally in tasks { total.merge(tally) }
            return total
        }
    }

    private func open(
        on loop: any EventLoop, _ box: NIOLoopBound<LoadLoop>,
        script: @escaping @Sendable () -> any ConnectionScript
    ) async throws {
        _ = try await connect(on: loop) { channel in
            let connection = LoadConnection(loop: box.value, script: script())
            try channel.pipeline.syncOperations.addHandler(connection)
            box.value.add(connection)
        }
    }

    /// Connects one channel, for callers who make their requests one by one. Throws
    /// `BenchFailure.cannotConnect`.
    func connect(_ prepare: @escaping @Sendable (any Channel) throws -> Void) async throws -> any Channel {
        try await connect(on: group.next(), prepare)
    }

    private func connect(
        on loop: any EventLoop, _ prepare: @escaping @Sendable (any Channel) throws -> Void
    ) async throws -> any Channel {
        let bootstrap = Self.bootstrap(on: loop).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try prepare(channel) }
        }
        do {
            return try await bootstrap.connect(to: address).get()
        } catch {
            throw BenchFailure.cannotConnect(endpoint.authority, reason: reasonOfFailure(error))
        }
    }

    /// Connects once by name, which tries every address the name has, and keeps the one that answered.
    private static func resolve(
        _ endpoint: Endpoint, on group: MultiThreadedEventLoopGroup
    ) async throws -> SocketAddress {
        do {
            let channel = try await bootstrap(on: group.next())
                .connect(host: endpoint.host, port: endpoint.port).get()
            let address = channel.remoteAddress
            try await channel.close().get()
            if let address { return address }
            throw ChannelError.unknownLocalAddress
        } catch {
            throw BenchFailure.cannotConnect(endpoint.authority, reason: reasonOfFailure(error))
        }
    }

    private static func bootstrap(on loop: any EventLoop) -> ClientBootstrap {
        ClientBootstrap(group: loop)
            .connectTimeout(.seconds(5))
            .channelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
            // One answer is one read: a second call would only be told that there is nothing more.
            .channelOption(ChannelOptions.maxMessagesPerRead, value: 1)
    }
}

/// Why a bench cannot begin or go on. One line for people.
package enum BenchFailure: Error, Equatable, CustomStringConvertible {
    /// No connection to the server.
    case cannotConnect(String, reason: String)

    /// A queue cannot be created, filled or deleted.
    case preparation(String, reason: String)

    /// One line for people.
    package var description: String {
        switch self {
        case .cannotConnect(let authority, let reason): "cannot connect to \(authority): \(reason)"
        case .preparation(let what, let reason): "\(what): \(reason)"
        }
    }
}
