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
        #expect(Examination.pools([Self.sound]).map(\.status) == [.ok])
        let away = Examination.pools([pool(["state": "unreachable"]), pool(["name": "b"])])
        #expect(away.map(\.status) == [.failed, .ok] && away[0].name == "pool a")
        for changes in [["weight": 0], ["state": "draining"]] as [JSONObject] {
            #expect(Examination.pools([pool(changes)]).map(\.name) == ["pool a", "placement"])
        }
        #expect(Examination.pools([]).map(\.status) == [.failed])
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

    @Test("both ways of writing a time are read")
    func times() {
        #expect(ClockText.seconds(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(ClockText.seconds(utc: "1994-11-06T08:49:37Z") == 784_111_777)
        #expect(ClockText.seconds(utc: "2026-11-22T19:00:52Z") == 1_795_374_052)
        for bad in ["", "Z", "soon", "1994-11-06", "1994-11-06T08:49Z", "1994-11-06T08:49:37"] {
            #expect(ClockText.seconds(utc: bad) == nil, "\(bad)")
        }
        for bad in ["", "Sun, 06 Xyz 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"] {
            #expect(ClockText.seconds(httpDate: bad) == nil, "\(bad)")
        }
    }
}
