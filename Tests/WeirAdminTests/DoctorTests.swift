import Testing
import WeirAdmin
import WeirJSON

@Suite("The doctor") struct DoctorTests {
    private static let sound: JSONObject = [
        "name": "a", "state": "open", "weight": 1, "queues": 2, "flavor": "f", "capabilities": ["FIFO", "AOD"],
    ]

    private func pool(_ changes: JSONObject) -> JSONObject {
        var pool = Self.sound
        for (name, value) in changes { pool[name] = value }
        return pool
    }

    @Test("a catalog that cannot be reached is a failure")
    func readiness() {
        #expect(Examination.readiness(["ready": true, "catalog": "reachable"]).map(\.status) == [.ok])
        #expect(Examination.readiness(["ready": false, "catalog": "unreachable"]).map(\.status) == [.failed])
    }

    @Test("so is a pool that cannot be reached, and that no pool takes queues")
    func pools() {
        #expect(Examination.pools([Self.sound], [:]).map(\.status) == [.ok])
        let away = Examination.pools([pool(["state": "unreachable"]), pool(["name": "b"])], [:])
        #expect(away.map(\.status) == [.failed, .ok] && away[0].name == "pool a")
        for changes in [["weight": 0], ["state": "draining"]] as [JSONObject] {
            #expect(Examination.pools([pool(changes)], [:]).map(\.name) == ["pool a", "placement"])
        }
        #expect(Examination.pools([], [:]).map(\.status) == [.failed])
    }

    @Test("a pool that answers and does not do its work is a failure")
    func work() {
        let health: JSONObject = [
            "a": [
                "operation_status": [
                    "create_queue": ["succeeded": true], "post_messages": ["succeeded": false],
                    "claim_messages": ["succeeded": false],
                ]
            ],
            "b": ["operation_status": ["post_messages": ["succeeded": true]]],
        ]
        let checks = Examination.pools([Self.sound, pool(["name": "b"])], health)
        #expect(checks.map(\.status) == [.failed, .ok])
        #expect(checks[0].finding == "answers, but fails at post_messages, claim_messages")
    }

    @Test("every pool that carries a flavor's name has what it requires")
    func flavors() {
        let flavor: JSONObject = ["name": "f", "capabilities": ["FIFO"], "pool_list": ["a"]]
        #expect(Examination.flavors([flavor], [Self.sound]).map(\.status) == [.ok])
        let lacking = Examination.flavors([flavor], [Self.sound, pool(["name": "b", "capabilities": ["AOD"]])])
        #expect(lacking.map(\.status) == [.failed] && lacking[0].finding == "pool 'b' lacks FIFO")
        let elsewhere = pool(["name": "b", "capabilities": ["AOD"], "flavor": "g"])
        #expect(Examination.flavors([flavor], [Self.sound, elsewhere]).map(\.status) == [.ok])
        let unserved: JSONObject = ["name": "g", "capabilities": ["HIGH_THROUGHPUT"], "pool_list": []]
        #expect(Examination.flavors([unserved], [Self.sound]).map(\.status) == [.warning])
    }

    @Test("clocks may differ by two seconds")
    func clock() {
        for second: Int64 in 98...107 {
            #expect(Examination.clock(server: second, here: 100...105).status == .ok)
        }
        #expect(Examination.clock(server: 97, here: 100...105).finding == "the server's clock is 3 s behind")
        #expect(Examination.clock(server: 108, here: 100...105).finding == "the server's clock is 3 s ahead")
        #expect(Examination.clock(server: 97, here: 100...105).status == .failed)
        #expect(Examination.clock(server: nil, here: 100...105).status == .warning)
    }

    @Test("the settings are sound, or the fault is shown, or what is odd")
    func configuration() {
        let sound = Examination.configuration(file: "weir.yaml", fault: nil, warnings: [])
        #expect(sound.status == .ok && sound.finding == "weir serve takes weir.yaml")
        #expect(Examination.configuration(file: nil, fault: nil, warnings: []).status == .ok)
        let odd = Examination.configuration(file: nil, fault: nil, warnings: ["one", "two"])
        #expect(odd.status == .warning && odd.finding == "one; two")
        let bad = Examination.configuration(file: "weir.yaml", fault: "limits.x must be 1...9,\u{1b}", warnings: ["one"])
        #expect(bad.status == .failed && bad.finding == #"limits.x must be 1...9,\u{1B}"#)
    }

    @Test("a node that is not ready or misses a pool is a failure")
    func nodes() {
        let ready: JSONObject = ["ready": true, "catalog": "reachable", "pools": [:]]
        #expect(Examination.node("http://a", ready).status == .ok)
        let away = Examination.node("http://a", ["ready": true, "pools": ["p": "unreachable", "q": "unreachable"]])
        #expect(away.status == .failed && away.name == "node http://a" && away.finding.hasSuffix("pool p, q"))
        let blind = Examination.node("http://a", ["ready": false, "catalog": "unreachable", "pools": [:]])
        #expect(blind.status == .failed && blind.finding == "its catalog is unreachable")
    }

    @Test("a clock that shows a second was somewhere within it, at some time while it was asked")
    func intervals() {
        #expect(NodeClock(node: "a", second: 100, asked: 7000...7000).ahead == 93_000...93_999)
        #expect(NodeClock(node: "a", second: 100, asked: 7000...7400).ahead == 92_600...93_999)
    }

    @Test("nodes' clocks may differ by two seconds, and only what is certain counts")
    func skew() {
        func check(_ seconds: Int64..., slow: Int64 = 0) -> Check {
            Examination.skew(
                between: zip("abcdef", seconds).map { node, second in
                    NodeClock(node: "\(node)", second: second, asked: 5000...5000 + slow)
                })
        }
        #expect(check(100, 100).status == .ok && check(100, 100).finding == "none that can be seen")
        #expect(check(100, 102).status == .ok && check(100, 102).finding == "b is at least 1.0 s ahead of a")
        #expect(check(100, 103).status == .failed)
        #expect(check(104, 100, slow: 1001).status == .ok, "an answer that took its time leaves two seconds")
        #expect(check(104, 100, slow: 1000).status == .failed)
        #expect(check(103, 100, 110, 105).finding == "c is at least 9.0 s ahead of b")
        #expect(check(100, 110).finding == "b is at least 9.0 s ahead of a")
        for lone in [check(), check(100)] { #expect(lone.status == .warning) }
    }

    @Test("a server's way of writing a time is read")
    func times() {
        #expect(ClockText.seconds(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(ClockText.seconds(httpDate: "Sun, 22 Nov 2026 19:00:52 GMT") == 1_795_374_052)
        for bad in [
            "", "soon", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Xyz 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun, 06 Nov -2147483648 08:49:37 GMT", "Sun, 06 Nov 2147483647 08:49:37 GMT",
        ] {
            #expect(ClockText.seconds(httpDate: bad) == nil, "\(bad)")
        }
    }
}
