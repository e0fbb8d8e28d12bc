import DeliveryEngine
import Foundation
import Logging
import SQLiteCatalog
import WeirCatalog
import WeirDomain
import WeirDrivers
import WeirNotifications
import WeirJSON
import WeirOperations
import WeirStorage

/// The machine's clock: deliveries go through real sockets.
struct RealClock: WeirClock {
    func now() -> Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    func sleep(milliseconds: Int) async { try? await Task.sleep(for: .milliseconds(milliseconds)) }
}

/// A catalog and a pool in a folder of their own, and what tells subscribers there.
final class NotifierSite: Sendable {
    let catalog: Catalog
    let vault: Vault
    let bells = Doorbells()
    let outbox: Outbox
    let queue: QueueKey
    private let folder: String
    private let clock = RealClock()
    /// What the nodes log, and what they have done.
    let lines = LogLines()
    let counters = DeliveryCounters()
    var logger: Logger { lines.logger }
    private let names = SystemNames()

    init(cipher: BodyCipher = .none) async throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("weir-notifier-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url.appendingPathComponent("pools"), withIntermediateDirectories: true)
        folder = url.path
        let store = try await SQLiteCatalogStore.open(path: "\(url.path)/catalog.db")
        let pools = PoolDirectory(
            store: store, registry: BuiltInDrivers.registry, dataDirectory: url.path, clock: clock, logger: lines.logger)
        _ = try await store.add(Pool(name: "a", uri: "sqlite:a", weight: 100))
        try await pools.refresh()
        catalog = Catalog(store: store, pools: pools, clock: clock)
        vault = Vault(catalog: catalog, cipher: cipher)
        outbox = Outbox(vault, bells: bells, counters: counters)
        queue = QueueKey(project: ProjectID("p")!, name: QueueName("q")!)
        _ = try await catalog.create(queue, metadata: [:])
    }

    func close() async {
        await catalog.pools.shutdown()
        await catalog.store.shutdown()
        names.shutdown()
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: Subscriptions and messages

    /// Subscribes this address, and returns the subscription's id.
    @discardableResult
    func subscribe(_ subscriber: String, _ options: String = "{}", isConfirmed: Bool = false) async throws -> String {
        let now = clock.now()
        let subscription = Subscription(
            id: UUID().uuidString.lowercased(), source: queue, subscriber: subscriber, ttl: 3600, created: now,
            expires: now.adding(seconds: 3600), options: Array(options.utf8), isConfirmed: isConfirmed)
        _ = try await catalog.store.insert(subscription.document(), now: now)
        return subscription.id
    }

    /// Ends the subscription, as the API does.
    func unsubscribe(_ id: String) async throws {
        _ = try await catalog.store.removeDocument(Subscription.key(id, of: queue), version: nil, now: clock.now())
        try await outbox.forget(id, in: queue)
    }

    /// Announces messages that are these numbers.
    /// - Parameter cipher: seals them in the place of the site's.
    func post(_ numbers: Range<Int>, cipher: BodyCipher? = nil) async throws {
        let messages = numbers.map { number in
            AnnouncedMessage(
                id: MessageID(high: UInt64(number), low: 1), body: MessageBody(Array("\(number)".utf8)), ttl: 60,
                delay: nil)
        }
        let vault = Vault(catalog: catalog, cipher: cipher ?? vault.cipher)
        try await Outbox(vault, bells: bells, counters: counters).posted(messages, to: queue)
    }

    // MARK: Nodes

    /// Runs a node of the notifier while the body runs.
    /// - Parameter cipher: the keys of the node, in the place of the site's.
    func running(
        _ id: String = "node", demandingConfirmation: Bool = false, cipher: BodyCipher? = nil,
        _ body: nonisolated(nonsending) () async throws -> Void
    ) async throws {
        let rule = AddressRule(allowing: [AddressRange("127.0.0.0/8")!])
        let web = WebClient(concurrency: 32, names: names, rule: rule) { OwnPlaces(machine: []) }
        let node = NotifierNode(
            id: id, vault: Vault(catalog: catalog, cipher: cipher ?? vault.cipher), bells: bells, courier: Courier(web: web, mail: nil, secret: nil, clock: clock),
            allowance: Allowance(regular: 8, slow: 8), counters: counters, clock: clock,
            demandsConfirmation: demandingConfirmation, logger: logger)
        let running = Task { await Notifier(node).run() }
        defer { running.cancel() }
        try await body()
        running.cancel()
        await running.value
        await web.shutdown()
    }

    struct TooLate: Error {}

    /// Returns once the condition holds.
    static func wait(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<30_000 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw TooLate()
    }
}
