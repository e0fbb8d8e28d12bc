import Testing
import WeirBench

@Suite struct MessageIDScannerTests {
    private func ids(_ json: String) -> [String] {
        var found: [String] = []
        MessageIDScanner.scan(Array(json.utf8)) { found.append(String(decoding: $0, as: UTF8.self)) }
        return found
    }

    @Test("the ids of a page are found in order")
    func page() {
        let json = """
            {"messages": [{"id": "a-1", "href": "/v2/queues/q/messages/a-1", "age": 1, "body": null},
             {"href": "x", "body": 5, "id" :\t"b-2"}], "links": [{"rel": "next", "href": "?marker=b-2"}]}
            """
        #expect(ids(json) == ["a-1", "b-2"])
    }

    @Test("ids inside bodies, and bodies that look like ids, are not taken")
    func bodies() {
        let json = #"""
            {"messages":[{"body":{"id":"inner","list":[{"id":"deeper"}]},"id":"one"},
             {"body":"id","id":"two"},{"body":"\"id\":\"fake\" \\","id":"three"},{"id":7,"body":"x"}]}
            """#
        #expect(ids(json) == ["one", "two", "three"])
    }

    @Test(
        "no messages and broken JSON give no ids",
        arguments: [
            "", #"{"messages":[],"links":[]}"#, #"{"messages":[{"id":"unfinished"#, "[[[", "\"",
            #"{"id":"top"}"#,
        ])
    func nothing(json: String) {
        #expect(ids(json).isEmpty)
    }

    @Test("an answer cut off anywhere gives a prefix of the ids", arguments: 0...80)
    func prefixes(length: Int) {
        let json = #"{"messages":[{"id":"a","body":"\\"},{"id":"b","body":"\""},{"id":"c","body":1}]}"#
        #expect(["a", "b", "c"].starts(with: ids(String(json.prefix(length)))))
    }
}
