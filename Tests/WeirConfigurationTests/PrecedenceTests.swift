import Testing
import WeirConfiguration

@Suite struct PrecedenceTests {
    @Test func `a flag wins over a variable, that over the file, that over the default`() throws {
        let file = "log: {level: debug}\nlisten: \"127.0.0.1:1\"\ndata: from-file\n"
        let variables = ["WEIR_LISTEN": "127.0.0.1:2", "WEIR_DATA": "from-variable"]
        let settings = try load(file, flags: ["listen": "127.0.0.1:3"], environment: variables).get()
        #expect(settings.listen.port == 3)
        #expect(settings.dataDirectory == "from-variable")
        #expect(settings.log.level == .debug)
        #expect(settings.log.format == .json)
    }

    @Test func `a value that another one overrides is checked too`() throws {
        let text = try #require(
            try refusal("listen: nowhere\n", flags: ["listen": "127.0.0.1:1"]))
        #expect(text.hasPrefix("FILE: listen (line 1) must be HOST:PORT"))
    }

    @Test func `every group can be set in the file`() throws {
        let settings = try load(
            """
            admin_mode: no
            catalog: "redis://127.0.0.1/1"
            limits:
              max_queue_metadata: 16
              client_id_uuid_safe: off
              message_delete_with_claim_id: true
            pooling:
              catalog:
                enable_virtual_pool: yes
            cors:
              allowed_origin: ["https://a.example", "https://b.example"]
              allow_methods: GET, PUT
            migration:
              concurrency_per_pool: 1
              messages_per_second: 0
              on_flavor_change: refuse
            server: {idle_timeout_seconds: 5}
            log:
            """
        ).get()
        #expect(!settings.adminMode)
        #expect(settings.catalog == "redis://127.0.0.1/1")
        #expect(settings.limits.maxQueueMetadata == 16)
        #expect(settings.limits.clientIDUUIDSafe == .off)
        #expect(settings.limits.messageDeleteWithClaimID)
        #expect(settings.pooling.catalog.enableVirtualPool)
        #expect((settings.migration.concurrencyPerPool, settings.migration.messagesPerSecond) == (1, 0))
        #expect(settings.migration.onFlavorChange == .refuse)
        #expect(settings.cors.allowedOrigin == ["https://a.example", "https://b.example"])
        #expect(settings.cors.allowMethods == ["GET", "PUT"])
        #expect(settings.server.idleTimeout == .seconds(5))
    }

    @Test func `variables are named after the path`() throws {
        let settings = try load(environment: [
            "WEIR_LIMITS_MAX_QUEUE_METADATA": "17", "WEIR_POOLING_CATALOG_ENABLE_VIRTUAL_POOL": "on",
            "WEIR_CORS_ALLOWED_ORIGIN": " https://a.example , https://b.example,", "WEIR_LOG_FORMAT": "text",
            "WEIR_SERVER_SHUTDOWN_GRACE_SECONDS": "0", "WEIR_CATALOG": "",
        ]).get()
        #expect(settings.limits.maxQueueMetadata == 17)
        #expect(settings.pooling.catalog.enableVirtualPool)
        #expect(settings.cors.allowedOrigin == ["https://a.example", "https://b.example"])
        #expect(settings.log.format == .text)
        #expect(settings.server.shutdownGrace == .zero)
        #expect(settings.catalog == nil)
        #expect(settings.warnings.isEmpty)
    }

    @Test(arguments: ["true", "yes", "1", "on", "TRUE", "Yes", "false", "no", "0", "off", "OFF"])
    func `a truth value has many spellings`(_ word: String) throws {
        let expected = ["true", "yes", "1", "on"].contains(word.lowercased())
        #expect(try load("insecure: \(word)\n").get().insecure == expected)
        #expect(try load(environment: ["WEIR_INSECURE": word]).get().insecure == expected)
        #expect(try load(flags: ["insecure": word]).get().insecure == expected)
    }

    @Test(arguments: ["", "# only a comment\n", "---\n", "~\n"])
    func `an empty file sets nothing`(_ yaml: String) throws {
        #expect(try load(yaml).get() == .defaults)
    }

    @Test func `the variable for tests of the server is neither an option nor a warning`() throws {
        let settings = try load(environment: ["WEIR_TEST_STOP_AT": "fenced", "WEIR_TEST_STOP": "x"]).get()
        #expect(settings.warnings.count == 1)
        #expect(settings.warnings.allSatisfy { !$0.contains("WEIR_TEST_STOP_AT") })
        #expect(!Settings.reference().contains("WEIR_TEST_STOP_AT"))
    }

    @Test func `an unknown variable is a warning with the nearest name`() throws {
        let settings = try load(environment: [
            "WEIR_LIMITS_MAX_QUEUE_METADTA": "1", "WEIR_CONFIG": "x", "WEIR_ENDPOINT": "x",
            "WEIR_PROJECT": "x", "PATH": "/bin",
        ]).get()
        #expect(settings.limits == Settings.defaults.limits)
        let expected =
            "The variable WEIR_LIMITS_MAX_QUEUE_METADTA is no option and has no effect; "
            + "the nearest one is WEIR_LIMITS_MAX_QUEUE_METADATA"
        #expect(settings.warnings == [expected])
    }
}
