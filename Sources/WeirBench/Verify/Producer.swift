import NIOCore

/// One client that posts: sometimes ten messages a request, mostly one, to a few queues in turn by chance.
struct Producer {
    /// Seconds that a message lives, a day: none may end by itself while the run lasts.
    static let messageTTL = 86_400

    private let index: Int
    private let run: VerifyRun
    private let queues: [Int]
    private var next: [Int: Int] = [:]

    init(_ index: Int, _ run: VerifyRun) {
        self.index = index
        self.run = run
        queues = Self.queues(of: index, producers: run.settings.producers, queues: run.queues.count)
    }

    /// The queues of a producer: those of its own number and of the next one, so that each queue has two producers.
    static func queues(of index: Int, producers: Int, queues: Int) -> [Int] {
        let groups = min(producers, queues)
        return (0..<queues).filter { [index % groups, (index + 1) % groups].contains($0 % groups) }
    }

    /// Posts until no messages are left or the run ends.
    mutating func work() async {
        let (writer, exchange) = run.makeClient()
        while !run.isEnding, let count = run.takeMessages(upTo: Int.random(in: 0..<4) == 0 ? 10 : 1) {
            if await post(count, writer, exchange) {
                exchange.succeed()
                continue
            }
            run.giveBackMessages(count)
            run.noteFailure()
            if await !exchange.recover() { run.end(because: "a producer got no good answer for too long") }
        }
        await exchange.close()
    }

    /// A number is used once: after an unknown outcome the next attempt is another message.
    private mutating func post(_ count: Int, _ writer: RequestWriter, _ exchange: Exchange) async -> Bool {
        let queue = queues[Int.random(in: queues.indices)]
        let stamps = makeStamps(count, queue)
        switch await exchange.ask(request(stamps, to: run.queues[queue], writer), keepsBody: true) {
        case .unsent: return false
        case .unknown: run.record(History.Post(stamps, .unknown))
        case .answered(201, let body):
            let ids = PostAnswer.ids(body)
            run.record(History.Post(stamps, .acknowledged(ids: ids)))
            if ids.count != count { run.end(because: "a post of \(count) messages was answered with \(ids.count) ids") }
            return true
        case .answered(let status, _):
            run.record(History.Post(stamps, .refused))
            run.recordRefusal(status)
        }
        return false
    }

    private mutating func makeStamps(_ count: Int, _ queue: Int) -> [Stamp] {
        let first = next[queue, default: 0]
        next[queue] = first + count
        return (first..<first + count).map {
            Stamp(producer: index, queue: queue, number: $0, token: UInt64.random(in: 0...UInt64.max))
        }
    }

    private func request(_ stamps: [Stamp], to queue: String, _ writer: RequestWriter) -> ByteBuffer {
        let messages = stamps.map { "{\"ttl\":\(Self.messageTTL),\"body\":\(run.body.json($0))}" }
            .joined(separator: ",")
        return writer.request("POST", "/v2/queues/\(queue)/messages", body: "{\"messages\":[\(messages)]}")
    }
}

/// Reads the answer to a post.
enum PostAnswer {
    /// The ids in `{"resources": ["/v2/queues/q/messages/ID", …]}`, in order.
    static func ids(_ body: [UInt8]) -> [String] {
        var ids: [String] = []
        JSONStrings.walk(body) { event in
            guard case .value(let href, nil, 2) = event else { return }
            let start = href.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
            ids.append(String(decoding: href[start...], as: UTF8.self))
        }
        return ids
    }
}
