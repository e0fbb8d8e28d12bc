internal import Foundation
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import SQLiteEngine
internal import ServiceLifecycle
internal import UnixSignals
internal import WeirCatalog
internal import WeirConfiguration
internal import WeirDomain
internal import WeirDrivers
internal import WeirHTTP
internal import WeirLogging
internal import WeirMigration
internal import WeirNotifications
internal import WeirOperations
internal import WeirStorage
internal import WeirWebSocket

/// One process of the service: built from the settings, run until told to stop.
struct Node {
    private let settings: Settings
    private let events: EventLog
    private let logger: Logger

    init(_ settings: Settings) throws {
        self.settings = settings
        let level = Logger.Level(rawValue: settings.log.level.rawValue) ?? .info
        let events = try EventLog(format: settings.log.format == .json ? .json : .text, minimumLevel: level)
        self.events = events
        logger = Logger(label: "weir") { EventLogHandler(label: $0, log: events) }
    }

    func run() async throws {
        // Whoever started this process may have ignored it, and then no mail command tells how it ended.
        signal(SIGCHLD, SIG_DFL)
        // Nothing is read anew, and a terminal that closes is no reason to stop.
        signal(SIGHUP, SIG_IGN)
        let directory = try DataDirectory(settings.dataDirectory)
        for warning in settings.warnings { logger.warning("configuration", metadata: ["warning": "\(warning)"]) }
        let store = try await openCatalog(in: directory)
        let clock = SystemClock()
        let pools = PoolDirectory(
            store: store, registry: BuiltInDrivers.registry, dataDirectory: directory.path, clock: clock,
            logger: logger)
        let catalog = Catalog(store: store, pools: pools, clock: clock)
        do {
            try await registerFirstPools(store)
            try await pools.refresh()
        } catch {
            throw StartFailure("the catalog cannot be read: \(error)")
        }
        if !Allocator.isInUse { logger.warning("memory does not come from mimalloc") }
        let ports = settings.drivers.transport.websocket.address == nil ? 1 : 2
        if let shortage = OpenFiles.makeRoom(forConnections: settings.server.maxConnections * ports) {
            logger.warning("too few open files", metadata: ["reason": "\(shortage)"])
        }
        let moves = MigrationCounters()
        let notifications = try Notifications(settings, catalog, clock: clock, logger: logger)
        let operations = Operations(
            catalog: catalog, limits: settings.serviceLimits, clock: clock, moves: moves,
            movesOnFlavorChange: settings.migration.onFlavorChange == .move, signer: settings.urlSigner,
            cipher: settings.bodyCipher, deliveries: notifications.outbox,
            subscriptionEvents: notifications.confirmations, logger: logger)
        let sockets = SocketService(
            operations: operations, options: settings.socketOptions, tail: notifications.tail, events: events,
            logger: logger)
        let service = HTTPService(
            operations: operations, options: settings.httpOptions,
            upgrades: SocketGate(service: sockets, origins: settings.cors.allowedOrigin), events: events, logger: logger)
        try await serve(service, catalog, mover(catalog, moves), notifications)
        await notifications.close()
        await close(pools, store)
        logger.notice("stopped")
        events.flush()
        withExtendedLifetime(directory) {}
    }

    /// Moves queues, unless that is left to other nodes.
    private func mover(_ catalog: Catalog, _ counters: MigrationCounters) -> MigrationWorker? {
        guard settings.migration.enabled else { return nil }
        var generator = Entropy()
        let node = MigrationNode(
            id: Identifier128.text(high: generator.next(), low: generator.next()), catalog: catalog,
            clock: SystemClock(),
            logger: logger, settings: settings.migrationSettings, counters: counters,
            onPoint: StopPoint.hook(ProcessInfo.processInfo.environment))
        return MigrationWorker(node)
    }

    // MARK: Stores

    private func openCatalog(in directory: DataDirectory) async throws -> any CatalogStore {
        do {
            let store = try await CatalogStores.open(uri: settings.catalog, in: directory.path)
            if let weakness = await CatalogStores.weakness(of: store, at: SystemClock().now()) {
                logger.warning("the catalog may lose what it acknowledged", metadata: ["reason": "\(weakness)"])
            }
            return store
        } catch let refusal as PoolRefusal {
            throw StartFailure(refusal.reason, status: refusal.isUsage ? 2 : 1)
        }
    }

    /// Lets the stores finish what they accepted. One that takes too long is left behind: what it has not committed
    /// was not acknowledged.
    private func close(_ pools: PoolDirectory, _ store: any CatalogStore) async {
        // Unstructured, since a group would wait for the very store that does not end.
        let watchdog = Task.detached { [logger, events] in
            try await Task.sleep(for: Self.closingTime)
            logger.error("stopped before a store had finished")
            events.flush()
            exit(0)
        }
        await pools.shutdown()
        await store.shutdown()
        watchdog.cancel()
    }

    /// Together with the time that requests in flight are given, less than ten seconds.
    private static let closingTime = Duration.milliseconds(1500)

    /// A new catalog of one node gets one embedded pool, so that the service works at once.
    private func registerFirstPools(_ store: any CatalogStore) async throws {
        guard !store.isShared else { return }
        if try await store.isNew() {
            _ = try await store.add(Pool(name: "embedded", uri: "sqlite:embedded", weight: 100))
        }
        try await switchVirtualPool(store)
    }

    /// The pool that takes queues which no other takes, if the operator wants that. Switched off it keeps those it holds.
    private func switchVirtualPool(_ store: any CatalogStore) async throws {
        let isWanted = settings.pooling.catalog.enableVirtualPool
        let present = try await store.pools().first { $0.pool.name == Pool.virtualName }
        guard isWanted || present != nil else { return }
        var pool = present?.pool ?? Pool(name: Pool.virtualName, uri: "sqlite:virtual", weight: 1)
        pool.state = isWanted ? .open : .draining
        guard pool != present?.pool else { return }
        _ = try await store.put(pool, over: present?.version, replacing: nil, noting: nil)
    }

    // MARK: Serving

    private func serve(
        _ service: HTTPService, _ catalog: Catalog, _ mover: MigrationWorker?, _ notifications: Notifications
    ) async throws {
        let server = server(for: service, on: settings.listen, "listening", notifications)
        let socketServer = settings.drivers.transport.websocket.address.map { address in
            self.server(for: service.forUpgradesOnly(), on: address, "listening for WebSocket", notifications)
        }
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(
                    service: BackgroundWork(
                        catalog: catalog, operations: service.operations, probeInterval: settings.pools.probeInterval,
                        mover: mover, notifications: notifications)),
                .init(service: server),
            ] + [socketServer].compactMap { $0.map { .init(service: $0) } },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quietLogger)
        configuration.maximumGracefulShutdownDuration = settings.server.shutdownGrace
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as IOError {
            throw cannotListen(because: String(cString: strerror(error.errnoCode)))
        } catch where error is SocketAddressError || error is SocketAddressError.UnknownHost {
            throw cannotListen(because: "the host name cannot be resolved")
        }
    }

    private func cannotListen(because reason: String) -> StartFailure {
        let addresses = [settings.listen, settings.drivers.transport.websocket.address].compactMap { $0?.description }
        return StartFailure("cannot listen on \(addresses.joined(separator: " and ")): \(reason)")
    }

    private func server(
        for service: HTTPService, on address: ListenAddress, _ event: Logger.Message, _ notifications: Notifications
    ) -> Server<HTTPChannel> {
        let idle = TimeAmount.nanoseconds(Int64(settings.server.idleTimeout / .nanoseconds(1)))
        let group = MultiThreadedEventLoopGroup.singleton
        return Server(
            childChannelSetup: HTTPChannel(service, idleTimeout: idle, group: group),
            configuration: ServerConfiguration(
                address: .hostname(address.host, port: address.port), backlog: settings.server.backlog,
                availableConnectionsDelegate: ConnectionLimit(
                    settings.server.maxConnections, clock: SystemClock(), logger: logger)),
            onServerRunning: { [logger] channel in
                notifications.places.insert(
                    host: channel.localAddress?.ipAddress ?? address.host,
                    port: channel.localAddress?.port ?? address.port)
                logger.notice(event, metadata: ["address": "\(channel.localAddress?.description ?? "\(address)")"])
            },
            eventLoopGroup: group, logger: quietLogger)
    }

    /// The libraries' own lines, of which only what went wrong is worth reading.
    private var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        return quiet
    }
}

/// What goes on beside the requests.
private struct BackgroundWork: Service {
    let catalog: Catalog
    let operations: Operations
    let probeInterval: Duration
    let mover: MigrationWorker?
    let notifications: Notifications

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await catalog.pools.collectGarbage() }
                group.addTask { await catalog.pools.followCatalog() }
                group.addTask { await catalog.followChanges() }
                group.addTask { await catalog.pools.watchPools() }
                group.addTask { await catalog.pools.probePools(every: probeInterval) }
                group.addTask { await catalog.retireRemoved() }
                group.addTask { await operations.watchQueues() }
                group.addTask { await catalog.collectDocuments() }
                group.addTask { await mover?.run() }
                group.addTask { await notifications.notifier.run() }
                group.addTask { await notifications.tail.run() }
            }
        }
    }
}
