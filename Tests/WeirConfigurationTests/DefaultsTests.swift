import Testing
import WeirConfiguration

@Suite struct DefaultsTests {
    @Test func `nothing configured gives a server on loopback with SQLite and the admin API`() throws {
        let settings = try load().get()
        #expect(settings == .defaults)
        #expect(settings.listen.description == "127.0.0.1:8888")
        #expect(settings.dataDirectory == "./weir-data")
        #expect(settings.catalog == nil)
        #expect(!settings.insecure)
        #expect(settings.adminMode)
        #expect(!settings.enableChecksum)
        #expect(settings.log.level == .info)
        #expect(settings.log.format == .json)
        #expect(!settings.pooling.catalog.enableVirtualPool)
        #expect(settings.server.maxConnections == 4096)
        #expect(settings.server.idleTimeout == .seconds(60))
        #expect(settings.server.shutdownGrace == .seconds(8))
        #expect(settings.warnings.isEmpty)
    }

    @Test func `limits have Zaqar's defaults`() {
        let limits = Settings.defaults.limits
        #expect(limits.defaultMessageTTL == 3600)
        #expect(limits.maxMessageTTL == 1_209_600)
        #expect(limits.defaultMessageDelay == 0)
        #expect(limits.maxMessageDelay == 900)
        #expect(limits.defaultClaimTTL == 300)
        #expect(limits.maxClaimTTL == 43_200)
        #expect(limits.defaultClaimGrace == 60)
        #expect(limits.maxClaimGrace == 43_200)
        #expect(limits.defaultSubscriptionTTL == 3600)
        let pages = [
            limits.maxQueuesPerPage, limits.maxMessagesPerPage, limits.maxSubscriptionsPerPage,
            limits.maxFlavorsPerPage, limits.maxPoolsPerPage, limits.maxMessagesPerClaimOrPop,
        ]
        #expect(pages == [20, 20, 20, 20, 20, 20])
        #expect(limits.maxQueueMetadata == 65_536)
        #expect(limits.maxMessagesPostSize == 262_144)
        #expect(limits.clientIDUUIDSafe == .strict)
        #expect(limits.minLengthClientID == 10)
        #expect(limits.maxLengthClientID == 36)
        #expect(!limits.messageDeleteWithClaimID)
    }

    @Test func `queues are moved, within bounds and with consideration`() {
        let migration = Settings.defaults.migration
        #expect(migration.enabled && migration.considerate)
        #expect((migration.concurrency, migration.concurrencyPerPool) == (8, 2))
        #expect((migration.messagesPerSecond, migration.bytesPerSecond) == (3_000, 33_554_432))
        #expect(migration.onFlavorChange == .move)
    }

    @Test func `CORS is off and has Zaqar's lists for when it is on`() {
        let cors = Settings.defaults.cors
        #expect(cors.allowedOrigin.isEmpty)
        #expect(cors.allowMethods == ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD"])
        #expect(cors.allowHeaders.count == 10)
        #expect(cors.exposeHeaders.first == "X-Auth-Token")
        #expect(cors.allowCredentials)
        #expect(cors.maxAge == 3600)
    }

    @Test func `paths, variables and flags are unique`() {
        let options = ConfigurationOption.all
        #expect(Set(options.map(\.path)).count == options.count)
        #expect(Set(options.map(\.environmentVariable)).count == options.count)
        let flags = options.compactMap(\.flag)
        #expect(Set(flags).count == flags.count)
    }

    @Test(arguments: ConfigurationOption.all.map { ($0.path, $0.environmentVariable, $0.summary) })
    func `an option is described by one sentence`(_ path: String, _ variable: String, _ summary: String) {
        #expect(summary.hasSuffix("."))
        #expect(summary.first?.isUppercase == true)
        #expect(variable == "WEIR_" + path.uppercased().replacing(".", with: "_"))
    }
}
