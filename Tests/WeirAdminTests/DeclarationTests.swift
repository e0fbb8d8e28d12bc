import Testing
import WeirAdmin
import WeirJSON

@Suite("Declarations") struct DeclarationTests {
    private func read(_ text: String) throws(AdminFailure) -> Declaration {
        var declaration = Declaration()
        try DeclarationReader.read(text, path: "f.yaml", into: &declaration)
        try declaration.demandConsistency()
        return declaration
    }

    @Test("a file declares pools and flavors")
    func whole() throws {
        let declaration = try read(
            """
            pools:
              - name: a
                uri: sqlite:a
                weight: 0x10
                flavor: f
                options: {synchronous: normal, readers: 2, on: true, ratio: 0.5, text: "5", nothing: ~}
              - {name: b, uri: "redis://h/0", weight: 0, flavor: }
            flavors:
              - {name: f, capabilities: [CLAIMS, FIFO], description: two words}
            """)
        let (a, b) = (declaration.pools[0], declaration.pools[1])
        #expect(a.name == "a" && a.uri == "sqlite:a" && a.weight == 16 && a.flavor == "f")
        #expect(
            a.options == [
                "synchronous": "normal", "readers": 2, "on": true, "ratio": .fraction(0.5), "text": "5",
                "nothing": .null,
            ])
        #expect(b.flavor == "" && b.options == nil)
        #expect(declaration.flavors.map(\.capabilities) == [["FIFO", "CLAIMS"]])
        #expect(declaration.flavors[0].pools == nil)
    }

    @Test("an empty file declares nothing", arguments: ["", "# nothing\n", "pools:\nflavors: []\n"])
    func empty(text: String) throws {
        #expect(try read(text) == Declaration())
    }

    @Test(
        "nothing is shown of a file that is no YAML",
        arguments: [
            "- {name: a, uri: redis://u:hush@h", "- name: a\n  uri: redis://u:hush@h: x", "- uri: \"redis://u:hush@h",
            "- uri: redis://u:hush@h\n  uri: redis://u:hush@h", "- uri: *redis://u:hush@h", "- uri: redis://u:hush@h\u{1}",
        ])
    func secrecy(pool: String) throws {
        do throws(AdminFailure) {
            _ = try read("pools:\n" + pool)
            Issue.record("it was taken")
        } catch {
            #expect(error.message.hasPrefix("f.yaml ") && error.message.contains("line") && error.status == 2)
            #expect(!error.message.contains("hush"), "\(error.message)")
        }
    }

    @Test(
        "what is wrong is said with the file and the line",
        arguments: [
            ("pools:\n- {name: a, uri: u, wieght: 1}", "f.yaml: line 2: unknown key 'wieght'; known are name, uri"),
            ("pool: []", "f.yaml: line 1: unknown key 'pool'; known are pools, flavors"),
            ("pools: [{uri: u, weight: 1}]", "name is required"),
            ("pools: [{name: a, weight: 1}]", "uri is required"),
            ("pools: [{name: a, uri: u}]", "weight is required"),
            ("pools: [{name: a, uri: u, weight: x}]", "weight must be an integer"),
            ("pools: [{name: a, uri: u, weight: '1'}]", "weight must be an integer"),
            ("pools: [{name: a, uri: u, weight: 4294967296}]", "weight must be 0 to 4294967295"),
            ("pools: [{name: a/b, uri: u, weight: 1}]", "name must be without slashes"),
            ("pools: [{name: a, uri: u, weight: 1, options: []}]", "options must be a mapping"),
            ("pools: [{name: a, uri: u, weight: 1, options: {a: {}}}]", "options must hold texts, numbers"),
            ("pools: [a]", "a pool must be a mapping"),
            ("pools: a", "pools must be a list"),
            ("flavors: [{name: f}]", "a flavor needs pool_list, capabilities, or both"),
            ("flavors: [{name: f, pool_list: []}]", "pool_list must name at least one pool"),
            ("flavors: [{name: f, pool_list: [[a]]}]", "pool_list must be a list of names"),
            ("flavors: [{name: f, capabilities: [fast]}]", "'fast' is unknown; known are FIFO, CLAIMS"),
            ("flavors: [{name: f, capabilities: [FIFO], description: []}]", "description must be a text"),
            ("flavors: [{name: f, capabilities: [AOD]}, {name: f, capabilities: [AOD]}]", "declared twice"),
            ("--- {}\n--- {}\n", "f.yaml is not YAML in line 2: "),
            ("pools: [", "f.yaml is not YAML in line 2: "),
        ])
    func faults(text: String, message: String) {
        do throws(AdminFailure) {
            let declaration = try read(text)
            Issue.record("taken: \(declaration)")
        } catch {
            #expect(error.message.contains(message), "\(error.message)")
            #expect(error.message.contains("f.yaml") && error.status == 2)
        }
    }

    @Test("aliases that would grow without bound are refused where they stand")
    func aliases() {
        let text = "pools: [{name: p, uri: u, weight: 1, options: &a {x: &b [1, 2], y: [*b, *b]}}]"
        #expect(throws: AdminFailure.self) { try read(text) }
    }

    @Test("a pool belongs to one flavor")
    func contradictions() throws {
        #expect(throws: AdminFailure.self) {
            try read("flavors: [{name: f, pool_list: [a]}, {name: g, pool_list: [a]}]")
        }
        let pool = "pools: [{name: a, uri: u, weight: 1, flavor: f}]\n"
        #expect(throws: AdminFailure.self) { try read(pool + "flavors: [{name: g, pool_list: [a]}]") }
        #expect(throws: AdminFailure.self) { try read(pool + "flavors: [{name: f, pool_list: [b]}]") }
        #expect(try read(pool + "flavors: [{name: f, pool_list: [a, b]}]").flavors.count == 1)
        #expect(try read(pool + "flavors: [{name: f, capabilities: [FIFO]}]").flavors.count == 1)
    }
}
