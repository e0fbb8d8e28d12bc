import NIOCore

/// A client that asks one question at a time and outlives its connections: the next question opens a new one.
/// Belongs to one task.
final class Exchange {
    /// What became of a question.
    enum Reply {
        /// An answer below 500.
        case answered(status: Int, body: [UInt8])
        /// The server may or may not have done what was asked: 5xx, a broken connection, or no answer in time.
        case unknown(reason: String)
        /// The server was not reached.
        case unsent(reason: String)
    }

    /// An answer that takes longer is given up.
    static let answerTimeout = TimeAmount.seconds(30)

    private let client: LoadClient
    private let patience: UInt64
    private var line: (channel: any Channel, handler: NIOLoopBound<ExchangeHandler>)?
    private var failingSince: UInt64?
    private var attempts = 0

    /// - Parameter patience: how long nothing may succeed before `recover` says to give up, in seconds.
    init(_ client: LoadClient, patience: Double) {
        self.client = client
        self.patience = UInt64(patience * 1e9)
    }

    /// Asks and waits for what comes of it; connects first if need be.
    func ask(_ request: ByteBuffer, keepsBody: Bool = false) async -> Reply {
        do {
            let line = try await connected()
            let future = line.channel.eventLoop.flatSubmit {
                line.handler.value.ask(request, keepsBody: keepsBody, timeout: Self.answerTimeout)
                    ?? line.channel.eventLoop.makeFailedFuture(ExchangeHandler.Failure.unsent)
            }
            let answer = try await future.get()
            if answer.status < 500 { return .answered(status: answer.status, body: answer.body) }
            return .unknown(reason: "the server answered \(answer.status)")
        } catch ExchangeHandler.Failure.unanswered(let reason) {
            line = nil
            return .unknown(reason: reason)
        } catch {
            line = nil
            return .unsent(reason: reasonOfFailure(error))
        }
    }

    /// To be called after a reply that is no success: waits for a moment, longer each time and at most about as long
    /// as the service asks for in `Retry-After`, a second. False if nothing has succeeded for too long.
    func recover() async -> Bool {
        let now = monotonicNow()
        let since = failingSince ?? now
        failingSince = since
        guard now - since < patience else { return false }
        let milliseconds = min(1000, 25 << min(attempts, 10))
        attempts += 1
        // Spread out, so that the clients do not all come back at once.
        try? await Task.sleep(for: .milliseconds(Int.random(in: milliseconds / 2...milliseconds)))
        return true
    }

    /// To be called after a success.
    func succeed() {
        failingSince = nil
        attempts = 0
    }

    /// Closes the connection, if there is one.
    func close() async {
        try? await line?.channel.close().get()
        line = nil
    }

    private func connected() async throws -> (channel: any Channel, handler: NIOLoopBound<ExchangeHandler>) {
        if let line { return line }
        let channel = try await client.connect { channel in
            try channel.pipeline.syncOperations.addHandler(ExchangeHandler())
        }
        let handler = try await channel.eventLoop.submit {
            NIOLoopBound(
                try channel.pipeline.syncOperations.handler(type: ExchangeHandler.self),
                eventLoop: channel.eventLoop)
        }.get()
        line = (channel, handler)
        return (channel, handler)
    }
}
