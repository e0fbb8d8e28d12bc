internal import ArgumentParser
internal import Foundation
internal import Logging
internal import SQLiteCatalog
internal import WeirBench
internal import WeirCatalog
internal import WeirDomain
internal import WeirDrivers
internal import WeirStorage

/// `weir bench-catalog`.
struct CatalogBenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-catalog",
        abstract: "Fill an embedded catalog with queues; print its size and how long look-ups take.",
        discussion: "Works in a new directory below --data, which it removes. Ten million queues take some minutes.")

    @Option(help: "Queues to create.")
    var queues = 1_000_000

    @Option(help: "Look-ups of each kind to time.")
    var lookups = 100_000

    @Option(help: "Where to make the directory.")
    var data = NSTemporaryDirectory()

    func validate() throws {
        guard (1...100_000_000).contains(queues) else { throw ValidationError("--queues must be 1 to 100,000,000") }
        guard (100...10_000_000).contains(lookups) else { throw ValidationError("--lookups must be 100 to 10,000,000") }
    }

    func run() async throws {
        let directory = URL(fileURLWithPath: data).appendingPathComponent("weir-bench-catalog-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(
                at: directory.appendingPathComponent("pools"), withIntermediateDirectories: true)
        } catch {
            throw StartFailure("--data: \(error.localizedDescription)")
        }
        defer { try? FileManager.default.removeItem(at: directory) }
        try await CatalogBench(directory: directory.path, queues: queues, lookups: lookups).run()
    }
}

/// Times an embedded catalog of many queues.
private struct CatalogBench {
    let directory: String
    let queues: Int
    let lookups: Int

    private var path: String { "\(directory)/catalog.db" }

    func run() async throws {
        let store = try await SQLiteCatalogStore.open(path: path)
        _ = try await store.add(Pool(name: "bench", uri: "sqlite:bench", weight: 1))
        report("create", "queues/s", Double(queues) / (try await seconds { try await fill(store) }))
        await store.shutdown()
        report("on disk", "bytes/queue", Double(size) / Double(queues))
        var reopened = store
        report("open again", "ms", 1000 * (try await seconds { reopened = try await .open(path: path) }))
        try await time(reopened)
        await reopened.shutdown()
    }

    private func time(_ store: SQLiteCatalogStore) async throws {
        let pools = PoolDirectory(
            store: store, registry: BuiltInDrivers.registry, dataDirectory: directory, clock: SystemClock(),
            logger: Logger(label: "weir") { _ in SwiftLogNoOpLogHandler() })
        try await pools.refresh()
        let catalog = Catalog(store: store, pools: pools, clock: SystemClock())
        try await each("look-up, not in memory", lookups) { _ = try await store.queue(key(.random(in: 0..<queues))) }
        try await each("page of 20 in the middle", min(lookups, 10_000)) {
            let start = key(.random(in: 0..<queues))
            _ = try await store.queues(of: start.project, after: start.name.value, limit: 20)
        }
        try await known(catalog)
        await pools.shutdown()
    }

    /// Routes that the node has in memory, and how much of it they take.
    private func known(_ catalog: Catalog) async throws {
        let hot = min(queues, 500_000)
        for number in 0..<hot { _ = try await catalog.route(for: key(number)) }
        let keys = (0..<min(hot, 10_000)).map { _ in key(.random(in: 0..<hot)) }
        let rounds = max(1, lookups / keys.count)
        let taken = seconds {
            for _ in 0..<rounds { for key in keys { _ = catalog.knownRoute(for: key) } }
        }
        report("look-up, in memory", "us", 1_000_000 * taken / Double(rounds * keys.count))
        let memory = catalog.routeMemory
        report("in memory", "bytes/route", Double(memory.bytes) / Double(memory.routes))
    }

    // MARK: Filling

    /// Many at a time, so that they share transactions.
    private func fill(_ store: SQLiteCatalogStore) async throws {
        let callers = 512
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    for number in stride(from: caller, to: queues, by: callers) {
                        let record = QueueRecord(
                            key: key(number), life: QueueLife(Int64(number) + 1), epoch: .first, pool: "bench",
                            metadata: Array("{}".utf8))
                        _ = try await store.insert(record)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// A hundred projects; names in no order.
    private func key(_ number: Int) -> QueueKey {
        let mixed = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        guard let project = ProjectID("project-\(number % 100)"), let name = QueueName("q-\(String(mixed, radix: 36))")
        else { preconditionFailure("these are names") }
        return QueueKey(project: project, name: name)
    }

    private var size: Int {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return files.filter { $0.hasPrefix("catalog.db") }.reduce(0) { sum, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(directory)/\(file)")
            return sum + ((attributes?[.size] as? Int) ?? 0)
        }
    }

    // MARK: Timing

    private func each(_ name: String, _ count: Int, _ work: () async throws -> Void) async throws {
        var times: [Double] = []
        times.reserveCapacity(count)
        for _ in 0..<count { times.append(try await seconds(work)) }
        times.sort()
        report(name, "us p50", 1_000_000 * times[count / 2])
        report(name, "us p99", 1_000_000 * times[count * 99 / 100])
    }

    private func seconds(_ work: () async throws -> Void) async rethrows -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try await work()
        return (clock.now - start) / .seconds(1)
    }

    private func seconds(_ work: () -> Void) -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        work()
        return (clock.now - start) / .seconds(1)
    }

    private func report(_ name: String, _ unit: String, _ value: Double) {
        let shown = value < 100 ? String(format: "%.2f", value) : String(format: "%.0f", value)
        StandardOutput.write("\(name.padding(toLength: 28, withPad: " ", startingAt: 0))\(shown) \(unit)\n")
    }
}
