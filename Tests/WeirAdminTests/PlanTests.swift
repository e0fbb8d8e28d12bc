import Testing
import WeirAdmin
import WeirJSON

@Suite("The difference between declared and present") struct PlanTests {
    private static let pools: [JSONObject] = [
        pool("a", flavor: "f", capabilities: ["FIFO", "CLAIMS"]), pool("b", capabilities: ["FIFO"]),
    ]
    private static let flavors: [JSONObject] = [
        ["name": "f", "capabilities": ["FIFO"], "pool_list": ["a"]],
        ["name": "all", "capabilities": ["FIFO"], "pool_list": ["a", "b"]],
    ]

    private static func pool(_ name: String, flavor: String? = nil, capabilities: [JSONValue]) -> JSONObject {
        [
            "name": .string(name), "uri": .string("redis://:***@h/\(name)"), "weight": 5,
            "flavor": flavor.map { .string($0) } ?? .null, "options": ["x": 1], "capabilities": .array(capabilities),
        ]
    }

    private func changes(_ text: String) throws -> [Change] {
        var declaration = Declaration()
        try DeclarationReader.read(text, path: "f.yaml", into: &declaration)
        return Plan.changes(to: declaration, pools: Self.pools, flavors: Self.flavors)
    }

    @Test(
        "what is there already makes no difference",
        arguments: [
            "pools: [{name: a, uri: 'redis://:secret@h/a', weight: 5}]",
            "pools: [{name: a, uri: 'redis://:***@h/a', weight: 5, flavor: f, options: {x: 1}}]",
            "pools: [{name: b, uri: 'redis://:secret@h/b', weight: 5, flavor: }]",
            "flavors: [{name: f, pool_list: [a], capabilities: [FIFO]}]",
            "flavors: [{name: f, pool_list: [a]}]",
            "flavors: [{name: all, capabilities: [FIFO]}]",
            "",
        ])
    func none(text: String) throws {
        #expect(try changes(text).map(\.line) == [])
    }

    @Test("a pool that is not there is put as a whole, its password hidden from people")
    func newPool() throws {
        let change = try #require(
            try changes("pools: [{name: c, uri: 'redis://:secret@h/c', weight: 1, options: {y: 2}}]").first)
        #expect(change.line == "+ pool 'c': uri redis://:***@h/c; weight 1; options {\"y\":2}")
        #expect(change.method == "PUT" && change.path == "/v2/pools/c")
        #expect(change.body == ["uri": "redis://:secret@h/c", "weight": 1, "options": ["y": 2]])
        #expect(change.object["action"] == "create" && change.object["kind"] == "pool")
    }

    @Test("of a pool that is there only what differs is patched")
    func changedPool() throws {
        let text = "pools: [{name: a, uri: 'redis://:secret@h/a', weight: 6, flavor: , options: {x: 2}}]"
        let change = try #require(try changes(text).first)
        #expect(change.line == "~ pool 'a': weight 5 -> 6; flavor f -> -; options {\"x\":1} -> {\"x\":2}")
        #expect(change.method == "PATCH" && change.body == ["weight": 6, "flavor": "", "options": ["x": 2]])
    }

    @Test("a flavor that is not there is put")
    func newFlavor() throws {
        let change = try #require(try changes("flavors: [{name: n, pool_list: [b], capabilities: [AOD]}]").first)
        #expect(change.method == "PUT" && change.body == ["pool_list": ["b"], "capabilities": ["AOD"]])
    }

    @Test("a flavor's other pools are patched, which detaches the rest; capabilities stand with them")
    func changedFlavor() throws {
        let change = try #require(try changes("flavors: [{name: f, pool_list: [b], capabilities: [FIFO]}]").first)
        #expect(change.line == "~ flavor 'f': pool_list a -> b")
        #expect(change.method == "PATCH" && change.body == ["pool_list": ["b"], "capabilities": ["FIFO"]])
        let required = try #require(try changes("flavors: [{name: f, pool_list: [a], capabilities: [AOD]}]").first)
        #expect(required.line == "~ flavor 'f': capabilities FIFO -> AOD")
    }

    @Test("a flavor gets a list, although the pools of the list are among those that serve it")
    func listed() throws {
        #expect(try changes("flavors: [{name: all, pool_list: [a, b]}]").map(\.method) == ["PATCH"])
    }

    @Test("a flavor loses its list by a put")
    func unlisted() throws {
        let change = try #require(try changes("flavors: [{name: f, capabilities: [FIFO]}]").first)
        #expect(change.method == "PUT" && change.body == ["capabilities": ["FIFO"]])
    }

    @Test("pools come before the flavors that list them")
    func order() throws {
        let all = try changes(
            "flavors: [{name: n, pool_list: [c]}]\npools: [{name: c, uri: u, weight: 1}]")
        #expect(all.map(\.kind) == ["pool", "flavor"])
    }
}
