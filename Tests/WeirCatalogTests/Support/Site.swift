import Foundation
import Logging
import MemoryDriver
import SQLiteCatalog
import Synchronization
import TestSupport
import WeirCatalog
import WeirDomain
import WeirDrivers
import WeirStorage

/// A catalog store in a directory of its own, and the nodes that share it.
final class Site: Sendable {
    let directory: String
    let store: StoreProxy
    let shared = SharedPools()
    let clock = ManualClock()
    private let directories = Mutex<[PoolDirectory]>([])

    private init(_ directory: String) async throws {
        self.directory = directory
        store = StoreProxy(try await SQLiteCatalogStore.open(path: "\(directory)/catalog.db"))
    }

    /// Works at a new site, and leaves nothing behind.
    static func with<Answer>(_ work: nonisolated(nonsending) (Site) async throws -> Answer) async throws
        -> Answer
    {
        let directory = room.appendingPathComponent("weir-site-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(
            at: directory.appendingPathComponent("pools"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let site = try await Site(directory.path)
        do {
            let answer = try await work(site)
            await site.shutdown()
            return answer
        } catch {
            await site.shutdown()
            throw error
        }
    }

    /// In memory if there is such a place: nothing here is about a disk.
    private static var room: URL {
        let memory = URL(fileURLWithPath: "/dev/shm", isDirectory: true)
        return FileManager.default.isWritableFile(atPath: memory.path)
            ? memory : FileManager.default.temporaryDirectory
    }

    private func shutdown() async {
        for pools in directories.withLock({ $0 }) { await pools.shutdown() }
        await store.shutdown()
    }

    // MARK: Nodes

    /// A node of its own: pools opened by it alone, and its own memory of routes.
    func node() async throws -> Catalog {
        node(sharing: try await openPools())
    }

    /// A node with its own memory of routes, that works through these open pools: embedded stores admit one writer.
    func node(sharing pools: PoolDirectory) -> Catalog {
        Catalog(store: store, pools: pools, clock: clock)
    }

    /// The pools of the catalog, opened once more.
    func openPools() async throws -> PoolDirectory {
        let pools = PoolDirectory(
            store: store,
            registry: DriverRegistry(
                BuiltInDrivers.registry.drivers + [MemoryDriver.registration, shared.registration]),
            dataDirectory: directory, clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        directories.withLock { $0.append(pools) }
        try await pools.refresh()
        return pools
    }

    /// Registers pools without any node's knowledge.
    func register(_ pools: Pool...) async throws {
        for pool in pools { _ = try await store.put(pool) }
    }
}

/// A kind of store, as the pools of a test.
enum PoolKind: String, CaseIterable, Sendable {
    case memory, sqlite

    func pool(_ name: String, weight: Int = 100, flavor: String? = nil, options: String = "{}") -> Pool {
        Pool(
            name: name, uri: "\(rawValue):\(name)", weight: weight, flavor: flavor,
            options: Array(options.utf8))
    }
}

extension Pool {
    /// A pool in a store that all nodes reach.
    static func shared(_ name: String, weight: Int = 100, flavor: String? = nil) -> Pool {
        Pool(name: name, uri: "shared:\(name)", weight: weight, flavor: flavor)
    }
}

extension PoolDirectory {
    /// Registers the pool or replaces the one that there is, whatever it is.
    func put(
        _ pool: Pool, requiring required: CapabilitySet, noting entry: AuditEntry? = nil
    ) async throws(PoolRegistrationError) {
        while true {
            do throws(StorageError) { try await followNews() } catch { throw .storage(error) }
            do throws(PoolRegistrationError) {
                let seen = self.pool(named: pool.name)?.record
                return try await put(pool, over: seen, requiring: required, noting: entry)
            } catch {
                guard error == .changed else { throw error }
            }
        }
    }
}

extension Site {
    /// Stores a flavor without any node's knowledge; without a list of pools every pool may serve it.
    func put(
        flavor name: String, of project: String = "team", required: CapabilitySet, pools: [String]?
    ) async throws {
        guard let project = ProjectID(project) else { return }
        let flavor = Flavor(project: project, name: name, required: required, listsPools: pools != nil)
        _ = try await store.put(flavor, pools: pools ?? [], detachingOthers: false)
    }
}
