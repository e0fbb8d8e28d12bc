import Glibc
import Synchronization
import TestSupport
import Testing
import WeirCatalog
import WeirDomain
import WeirNotifications
import WeirOperations
import WeirStorage

@Suite("The way to one subscriber") struct LaneTests {
    private func numbers(_ server: LocalServer) -> [Int] {
        server.requests.compactMap { request in
            request.firstRange(of: "\"body\": ").flatMap { Int(request[$0.upperBound...].prefix { $0.isNumber }) }
        }
    }

    private func uri(_ server: LocalServer) -> String { "http://127.0.0.1:\(server.port)/" }

    private final class Posting: Sendable {
        let isOver = Atomic(false)
    }

    @Test("a delivery that is tried again and again ends with its subscription")
    func deletionBetweenAttempts() async throws {
        let site = try await NotifierSite()
        let server = try LocalServer { _ in
            usleep(10_000)
            return LocalServer.answering(500)
        }
        let policy = #"{"_retry_policy": {"retries_with_no_delay": 5000}}"#
        let id = try await site.subscribe(uri(server), policy)
        try await site.running {
            try await site.post(0..<1)
            try await NotifierSite.wait { server.accepted >= 3 && site.counters.figures.ageSeconds > 0 }
            try await site.unsubscribe(id)
            try await NotifierSite.wait { site.counters.figures.ageSeconds == 0 }
        }
        #expect(server.requests.count < Limits.deliveryAttempts / 2)
        server.stop()
        await site.close()
    }

    @Test("what a node had taken from a backlog when it stopped is the next one's at once, in the same order")
    func restart() async throws {
        let site = try await NotifierSite()
        let count = Mutex(0)
        // The first one takes long, so that the others go to the backlog; the second one hangs.
        let server = try LocalServer { _ in
            let number = count.withLock { count in
                defer { count += 1 }
                return count
            }
            if number == 0 { usleep(1_300_000) }
            return number == 1 ? nil : LocalServer.answering(204)
        }
        try await site.subscribe(uri(server))
        try await site.post(0..<60)
        try await site.running("first") {
            // Whichever comes first: the answer to the first, or that it takes long.
            try await NotifierSite.wait { server.requests.count >= 2 && site.counters.figures.backlog >= 59 }
        }
        try await site.running("second") { try await NotifierSite.wait { Set(numbers(server)).count == 60 } }
        #expect(numbers(server) == [0, 1] + Array(1..<60))
        server.stop()
        await site.close()
    }

    @Test("first attempts follow the order of posts, although the subscriber is slow for a moment while more is posted")
    func orderBehindSlowness() async throws {
        let site = try await NotifierSite()
        let posting = Posting()
        let server = try LocalServer { request in
            if request.contains("\"body\": 0,") { usleep(1_500_000) }
            return LocalServer.answering(204)
        }
        try await site.subscribe(uri(server))
        try await site.running {
            try await site.post(0..<1000)
            let task = Task {
                var next = 1000
                while !posting.isOver.load(ordering: .acquiring) {
                    try await site.post(next..<(next + 40))
                    next += 40
                }
                return next
            }
            try await NotifierSite.wait { numbers(server).count > 1 }
            posting.isOver.store(true, ordering: .releasing)
            let total = try await task.value
            try await NotifierSite.wait { Set(numbers(server)).count == total }
        }
        let seen = numbers(server)
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 < $1 })
        server.stop()
        await site.close()
    }

    @Test("many messages for many subscribers come whole and in order, a few at a time")
    func fanOut() async throws {
        let site = try await NotifierSite()
        let server = try LocalServer { _ in LocalServer.answering(204) }
        let paths = (0..<(Limits.offersAtATime * 2 + 1)).map { "s\($0)" }
        for path in paths { try await site.subscribe(uri(server) + path) }
        let total = Limits.parcelsPerOffer * 2 + 1
        try await site.running {
            try await site.post(0..<total)
            try await NotifierSite.wait { server.requests.count >= total * paths.count }
            // Counted once their answers are read.
            try await NotifierSite.wait {
                site.counters.figures.delivered == total * paths.count && site.counters.figures.waiting == 0
            }
        }
        let path = "POST /s7 "
        let own = server.requests.filter { $0.hasPrefix(path) }
        #expect(own.count == total)
        server.stop()
        await site.close()
    }

    @Test("posts to a queue whose last subscription is over leave no more word once that was noticed")
    func desertedQueue() async throws {
        let site = try await NotifierSite()
        _ = try await site.catalog.markSubscribed(site.queue)
        #expect(try await site.catalog.route(for: site.queue)?.settings.hasSubscriptions ?? false)
        try await site.running {
            try await site.post(0..<1)
            try await NotifierSite.wait {
                try await site.catalog.route(for: site.queue).map { !$0.settings.hasSubscriptions } ?? false
            }
        }
        await site.close()
    }
}
