import Testing
import WeirDomain
import WeirJSON
import WeirNotifications

@Suite("What subscribers are sent") struct SendingTests {
    private func recipient(_ subscriber: String, _ options: String = "{}", policy: RetryPlan? = nil) -> Recipient {
        Recipient(
            Subscription(
                id: "i", source: QueueKey(project: ProjectID("p")!, name: QueueName("q")!), subscriber: subscriber,
                ttl: 60,
                created: Timestamp(milliseconds: 0), expires: Timestamp(milliseconds: 60_000),
                options: Array(options.utf8),
                isConfirmed: false), policy: policy)
    }

    @Test("a request is signed as the standard says")
    func signature() {
        // The example of the specification's libraries.
        let secret = WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let headers = secret.headers(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: Timestamp(milliseconds: 1_614_265_330_999),
            body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(headers.map(\.0) == ["webhook-timestamp", "webhook-signature"])
        #expect(
            headers.map(\.1) == [
                "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ])
        let plain = WebhookSecret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        #expect(plain.headers(id: "a", at: Timestamp(milliseconds: 0), body: [])[1].1 != headers[1].1)
    }

    @Test(
        "base64 is that of the RFC",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
        #expect(Base64.decode("Z!") == nil)
    }

    @Test("the payload holds the body as it was posted")
    func payload() throws {
        let message = AnnouncedMessage(
            id: MessageID(high: 1, low: 2), body: MessageBody(Array(#"{"a":1.50,"b":"ä"}"#.utf8)), ttl: 3600, delay: nil
        )
        let text = String(decoding: Payload.of(message, in: QueueName("jobs")!), as: UTF8.self)
        #expect(
            text == #"{"ttl": 3600, "body": {"a":1.50,"b":"ä"}, "Message_Type": "Notification", "queue_name": "jobs"}"#)
        let delayed = AnnouncedMessage(id: message.id, body: message.body, ttl: 60, delay: 0)
        #expect(String(decoding: Payload.of(delayed, in: QueueName("jobs")!), as: UTF8.self).contains(#""delay": 0, "#))
    }

    @Test(
        "a template gets the message wherever it has a place for it",
        arguments: [
            ("", ""), ("x", "x"), (#"{"m": "$zaqar_message$"}"#, #"{"m": {}}"#),
            (#""$zaqar_message$""$zaqar_message$""#, "{}{}"),
            (#"$zaqar_message$"#, "$zaqar_message$"), (#""""$zaqar_message$"#, #""""$zaqar_message$"#),
            (#"a""$zaqar_message$"b"#, #"a"{}b"#),
        ])
    func templates(template: String, filled: String) throws {
        #expect(String(decoding: try Template.fill(Array(template.utf8), with: Array("{}".utf8)), as: UTF8.self) == filled)
    }

    @Test("a text that the message makes too large is not sent, and one that only holds a large message is")
    func largeTemplates() throws {
        let place = "\"$zaqar_message$\""
        let message = [UInt8](repeating: 0x31, count: 200_000)
        #expect(throws: DeliveryFault.self) {
            try Template.fill(Array(String(repeating: place, count: 6).utf8), with: message)
        }
        #expect(try Template.fill(Array(String(repeating: place, count: 5).utf8), with: message).count == 1_000_000)
        let large = [UInt8](repeating: 0x31, count: 2 * Limits.filledTemplateBytes)
        #expect(try Template.fill(Array("[\(place)]".utf8), with: large).count == large.count + 2)
    }

    @Test(
        "who can never be told is told so",
        arguments: [
            ("http://user@a/", "{}"), ("http://a/", #"{"post_headers": {"Host": "x"}}"#),
            ("http://a/", #"{"post_headers": {"a": 1}}"#),
            ("mailto:a", "{}"), ("trust+http://a/", "{}"), ("http://a:0/", "{}"),
        ])
    func nobody(subscriber: String, options: String) {
        guard case .nobody = recipient(subscriber, options).way else {
            Issue.record("\(subscriber) \(options)")
            return
        }
    }

    @Test("subscriptions that ended, are not confirmed, or are told elsewhere are not open")
    func open() {
        let web = recipient("http://a/")
        #expect(web.isOpen(at: Timestamp(milliseconds: 59_999), demandingConfirmation: false))
        #expect(!web.isOpen(at: Timestamp(milliseconds: 60_000), demandingConfirmation: false))
        #expect(!web.isOpen(at: Timestamp(milliseconds: 0), demandingConfirmation: true))
        #expect(!recipient("websocket:1").isOpen(at: Timestamp(milliseconds: 0), demandingConfirmation: false))
    }

    @Test("a policy's values that say nothing stand for the defaults")
    func policies() throws {
        let text =
            #"{"_retry_policy": {"retries_with_no_delay": 0, "minimum_delay": null, "maximum_delay": 99, "retry_backoff_function": "geometric"}}"#
        let plan = recipient("http://a/", text).plan
        #expect(
            plan.retriesWithoutDelay == 0 && plan.minimumDelay == 5 && plan.maximumDelay == 99
                && plan.backoff == .geometric)
        var queue = RetryPlan()
        queue.maximumDelay = 77
        #expect(recipient("http://a/", #"{"_retry_policy": {}}"#, policy: queue).plan == queue)
        #expect(recipient("http://a/", #"{"_retry_policy": null}"#).plan == RetryPlan())
    }
}
