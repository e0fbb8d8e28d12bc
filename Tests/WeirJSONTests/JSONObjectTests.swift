import Testing
import WeirJSON

@Suite("JSON objects")
struct JSONObjectTests {
    @Test("members keep their order when they are set, and go last when they are new")
    func ordered() {
        var object: JSONObject = ["b": 1, "a": 2]
        object["b"] = 3
        object["c"] = .null
        #expect(object.names == ["b", "a", "c"])
        #expect(object["b"] == 3 && object["c"] == .null && object["d"] == nil)
        object["a"] = nil
        #expect(object.names == ["b", "c"] && object.count == 2)
        object["a"] = 4
        #expect(object.names == ["b", "c", "a"])
        #expect(object.remove("b") == 3 && object.remove("b") == nil)
        #expect(object.set("c", to: 1) == .null && object.set("e", to: 1) == nil)
    }

    @Test("any course of changes gives what a plain list of pairs gives", arguments: UInt64(1)...8)
    func behavesLikeAList(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var object = JSONObject()
        var list: [(String, JSONValue)] = []
        let variety = Int(seed) * 6
        for step in 0..<600 {
            let name = "k\(Int.random(in: 0..<variety, using: &random))"
            let place = list.firstIndex { $0.0 == name }
            if Int.random(in: 0..<5, using: &random) < 2 {
                object[name] = nil
                if let place { list.remove(at: place) }
            } else {
                let value = JSONValue.integer(Int64(step))
                object[name] = value
                if let place { list[place].1 = value } else { list.append((name, value)) }
            }
            #expect(object.names == list.map(\.0), "seed \(seed), step \(step)")
            #expect(object.count == list.count && object.isEmpty == list.isEmpty)
            #expect(object[name] == list.first { $0.0 == name }?.1, "seed \(seed), step \(step)")
        }
        #expect(object == JSONObject(list.reversed()))
        #expect(object.hashValue == JSONObject(list.reversed()).hashValue)
    }

    @Test("a copy does not change with the original")
    func isAValue() {
        let original = JSONObject((0..<20).map { ("k\($0)", .integer(Int64($0))) })
        var copy = original
        copy["k3"] = nil
        #expect(original["k3"] == 3 && copy["k3"] == nil && original != copy)
    }
}
