import Testing
import WeirAdmin
import WeirJSON

@Suite("Tables") struct TableTests {
    private static let columns = [
        Column("NAME", "name"), Column("COUNT", "count", isNumber: true), Column.share("SHARE", "share"),
        Column("NOTE", "note", width: 8),
    ]

    @Test("columns are aligned, numbers to the right, without blanks at the end")
    func aligned() {
        var table = Table(Self.columns)
        let lines = table.lines([
            ["name": "a", "count": 5, "share": .fraction(0.125), "note": "ok"],
            ["name": "longer", "count": 12_345, "share": .fraction(1), "note": "a long note"],
            ["name": "", "note": .null],
        ])
        #expect(
            lines == """
                NAME    COUNT    SHARE  NOTE
                a           5   12.5 %  ok
                longer  12345  100.0 %  a long …
                -           -        -  -

                """)
    }

    @Test("later pages have no heading, and may be wider")
    func pages() {
        var table = Table([Column("A", "a"), Column("B", "b")])
        #expect(table.lines([["a": "x", "b": "y"]]) == "A  B\nx  y\n")
        #expect(table.lines([["a": "wide", "b": "y"]]) == "wide  y\n")
        #expect(table.lines([["a": "x", "b": "y"]]) == "x     y\n")
    }

    @Test("one object is a line a member, with dots and numbers for what lies in it; a body is one thing")
    func object() {
        let lines = Table.lines(of: [
            "name": "a", "probe": ["facts": ["x": 1], "missing": [:]], "list": ["p", "q"],
            "messages": [["id": 1], ["id": 2]], "body": ["a": ["b": 1]], "none": .null,
        ])
        #expect(
            lines == """
                name           a
                probe.facts.x  1
                probe.missing  {}
                list           p, q
                messages.1     {"id":1}
                messages.2     {"id":2}
                body           {"a":{"b":1}}
                none           -

                """)
    }

    @Test("nothing that a server says commands the terminal")
    func printable() {
        let bad = "a\u{1B}[2J\n\u{202E}\u{9B}\u{2028}b"
        let safe = "a\\u{1B}[2J\\n\\u{202E}\\u{009B}\\u{2028}b"
        #expect(Printable.line(bad) == safe)
        #expect(Printable.cell(.string(bad)) == safe)
        #expect(Printable.cell([.string(bad)]) == safe)
        let all = Printable.cell(["x": .string(bad)]) + Table.lines(of: ["x\u{1B}": .string(bad)])
        #expect(all.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && ![0x9B, 0x202E].contains($0.value) })
    }
}

@Suite("Shares of pools") struct PoolShareTests {
    private func shares(_ pools: [JSONObject]) -> [[JSONValue?]] {
        PoolShares.added(to: pools).map { [$0["share_wanted"], $0["share_held"]] }
    }

    @Test("are parts of all weights and of all queues")
    func parts() {
        let found = shares([
            ["weight": 100, "queues": 1, "state": "open"], ["weight": 200, "queues": 2, "state": "unreachable"],
            ["weight": 0, "queues": 0, "state": "open"],
        ])
        #expect(found == [[0.3333, 0.3333], [0.6667, 0.6667], [0, 0]].map { $0.map { .fraction($0) } })
    }

    @Test("a pool that drains wants none")
    func draining() {
        let found = shares([
            ["weight": 100, "queues": 3, "state": "draining"], ["weight": 5, "queues": 1, "state": "open"],
        ])
        #expect(found == [[0, 0.75], [1, 0.25]].map { $0.map { .fraction($0) } })
    }

    @Test("where there is nothing to share, all are nought")
    func nothing() {
        #expect(shares([]) == [])
        #expect(shares([["weight": 0, "queues": 0]]) == [[.fraction(0), .fraction(0)]])
    }
}
