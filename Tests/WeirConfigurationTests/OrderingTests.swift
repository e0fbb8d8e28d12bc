import Testing
import WeirConfiguration

@Suite struct OrderingTests {
    @Test(arguments: [
        ("limits.default_message_ttl", "limits.max_message_ttl"),
        ("limits.default_message_delay", "limits.max_message_delay"),
        ("limits.default_claim_ttl", "limits.max_claim_ttl"),
        ("limits.default_claim_grace", "limits.max_claim_grace"),
        ("limits.min_length_client_id", "limits.max_length_client_id"),
    ])
    func `a value above its maximum is refused with both names`(_ low: String, _ high: String) throws {
        let variables = [variable(low): "101", variable(high): "100"]
        let text = try #require(try refusal(environment: variables))
        #expect(
            text == "\(low) is 101 (\(variable(low))), which must not exceed \(high), 100 (\(variable(high)))"
        )
        #expect(try refusal(environment: [variable(low): "100", variable(high): "100"]) == nil)
    }

    @Test func `a value above the built-in maximum is refused too`() throws {
        let text = try #require(try refusal("limits: {default_message_delay: 901}"))
        #expect(
            text == "limits.default_message_delay is 901 (FILE: limits.default_message_delay (line 1)), "
                + "which must not exceed limits.max_message_delay, 900 (the default)")
    }

    @Test func `a built-in default follows a maximum that is lowered below it`() throws {
        let settings = try load("limits: {max_message_ttl: 600}").get()
        #expect(settings.limits.maxMessageTTL == 600)
        #expect(settings.limits.defaultMessageTTL == 600)
    }

    private func variable(_ path: String) -> String {
        "WEIR_" + path.uppercased().replacing(".", with: "_")
    }
}
