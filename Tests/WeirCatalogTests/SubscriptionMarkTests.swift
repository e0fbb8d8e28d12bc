import Synchronization
import TestSupport
import Testing
import WeirCatalog
import WeirDomain
import WeirJSON
import WeirStorage

@Suite("The mark of queues that have subscriptions") struct SubscriptionMarkTests {
    private let key: QueueKey

    init() throws {
        key = QueueKey(project: try #require(ProjectID("team")), name: try #require(QueueName("jobs")))
    }

    private func subscription(_ name: String = "x") -> Document {
        Document(
            key: Document.Key(kind: .subscription, project: key.project, owner: key.name.value, name: name), content: [])
    }

    private func withNode(_ work: nonisolated(nonsending) (Site, Catalog) async throws -> Void) async throws {
        try await Site.with { site async throws in
            try await site.register(.shared("a"))
            try await work(site, try await site.node())
        }
    }

    @Test("is seen by posts, and by no caller") func seen() async throws {
        try await withNode { site, node async throws in
            #expect(try await node.create(key, metadata: ["a": 1]))
            #expect(try await node.route(for: key)?.settings.hasSubscriptions == false)
            site.clock.advance(seconds: 5)
            let since = site.clock.now()
            #expect(try await node.markSubscribed(key) == since)
            #expect(try await node.route(for: key)?.settings.hasSubscriptions == true)
            #expect(try await site.store.queue(key)?.metadataObject == ["a": 1])
            site.clock.advance(seconds: 5)
            #expect(try await node.markSubscribed(key) == since, "since the first time")
        }
    }

    @Test("a queue that does not exist has none") func missing() async throws {
        try await withNode { _, node async throws in
            #expect(try await node.markSubscribed(key) == nil)
            try await node.unmarkUnsubscribed(key)
        }
    }

    @Test("survives changes of the metadata") func survives() async throws {
        try await withNode { site, node async throws in
            #expect(try await node.create(key, metadata: [:]))
            _ = try await node.markSubscribed(key)
            let changed = try await node.changeMetadata(of: key, failed: { $0 }) { metadata throws(CatalogError) in
                #expect(metadata.isEmpty)
                return ["b": 2]
            }
            #expect(changed == ["b": 2])
            #expect(try await node.route(for: key)?.settings.hasSubscriptions == true)
            #expect(try await site.store.queue(key)?.metadataObject == ["b": 2])
        }
    }

    @Test("is taken off when no subscription is left") func taken() async throws {
        try await withNode { site, node async throws in
            #expect(try await node.create(key, metadata: ["a": 1]))
            #expect(try await site.store.insert(subscription(), now: site.clock.now()))
            _ = try await node.markSubscribed(key)
            try await node.unmarkUnsubscribed(key)
            #expect(try await node.route(for: key)?.settings.hasSubscriptions == true)
            #expect(try await site.store.removeDocument(subscription().key, version: nil, now: site.clock.now()))
            try await node.unmarkUnsubscribed(key)
            #expect(try await node.route(for: key)?.settings.hasSubscriptions == false)
            #expect(try await site.store.queue(key)?.metadataObject == ["a": 1])
        }
    }

    @Test("a queue that is created again has it at once, if it has subscriptions") func createdAgain() async throws {
        try await withNode { site, node async throws in
            #expect(try await site.store.insert(subscription(), now: site.clock.now()))
            #expect(try await node.create(key, metadata: ["a": 1]))
            #expect(try await node.route(for: key)?.settings.hasSubscriptions == true)
            #expect(try await site.store.queue(key)?.metadataObject == ["a": 1])
        }
    }

    @Test("stays if somebody subscribes while it is taken off", arguments: [1, 2, 3])
    func race(step: Int) async throws {
        try await withNode { site, node async throws in
            #expect(try await node.create(key, metadata: [:]))
            _ = try await node.markSubscribed(key)
            let other = try await site.node()
            let count = Mutex(0)
            // The operations of one who takes it off, before and after each; the other's own do not count.
            site.store.around { [key] in
                let isTurn = count.withLock { count in
                    count += 1
                    return count == step
                }
                guard isTurn else { return }
                site.store.around {}
                let document = Document(
                    key: Document.Key(kind: .subscription, project: key.project, owner: key.name.value, name: "x"),
                    content: [])
                _ = try? await site.store.insert(document, now: site.clock.now())
                _ = try? await other.markSubscribed(key)
            }
            try await node.unmarkUnsubscribed(key)
            #expect(try await node.route(for: key)?.settings.hasSubscriptions == true)
            #expect(try await other.route(for: key)?.settings.hasSubscriptions == true)
        }
    }
}
