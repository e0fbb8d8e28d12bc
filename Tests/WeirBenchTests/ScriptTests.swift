import NIOCore
import Testing
import WeirBench

@Suite struct ScriptTests {
    private let writer = RequestWriter(authority: "h:1", project: "p", clientID: "c")

    private func text(_ request: ScriptedRequest?) -> String {
        request.map { String(buffer: $0.bytes) } ?? ""
    }

    @Test("a post carries its headers and the exact length of its body")
    func post() {
        var script = PostScript(writer: writer, queue: "q", messages: 2, body: "\"é\"")
        let body = "{\"messages\":[{\"ttl\":3600,\"body\":\"é\"},{\"ttl\":3600,\"body\":\"é\"}]}"
        #expect(
            text(script.next())
                == "POST /v2/queues/q/messages HTTP/1.1\r\nHost: h:1\r\nClient-ID: c\r\nX-Project-ID: p\r\n"
                + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        #expect(script.judge(status: 201, body: []) == .counted(messages: 2))
        #expect(script.judge(status: 200, body: []) == .refused)
    }

    @Test("a listing counts the messages in the answer")
    func list() {
        var script = ListScript(writer: writer, queue: "q", limit: 7)
        let request = script.next()
        #expect(text(request).hasPrefix("GET /v2/queues/q/messages?limit=7&echo=true HTTP/1.1\r\n"))
        #expect(request?.keepsBody == true)
        let page = Array(#"{"messages":[{"id":"a"},{"id":"b"}],"links":[]}"#.utf8)
        #expect(script.judge(status: 200, body: page) == .counted(messages: 2))
        #expect(script.judge(status: 204, body: []) == .refused)
    }

    @Test("claimed messages are deleted by their ids and count once")
    func claimDelete() {
        var script = ClaimDeleteScript(writer: writer, queue: "q", limit: 10, body: "1")
        for _ in 0..<2 {
            #expect(text(script.next()).hasPrefix("POST /v2/queues/q/claims?limit=10 HTTP/1.1\r\n"))
            let claim = Array(#"{"messages":[{"id":"a-1"},{"id":"b.2"}]}"#.utf8)
            #expect(script.judge(status: 201, body: claim) == .counted(messages: 0))
            #expect(script.isMidCycle)
            #expect(
                text(script.next())
                    == "DELETE /v2/queues/q/messages?ids=a-1,b.2 HTTP/1.1\r\n"
                    + "Host: h:1\r\nClient-ID: c\r\nX-Project-ID: p\r\n\r\n")
            #expect(script.judge(status: 204, body: []) == .counted(messages: 2))
            #expect(!script.isMidCycle)
        }
    }

    @Test("an empty claim is followed by a post of ten, both without a latency")
    func refill() {
        var script = ClaimDeleteScript(writer: writer, queue: "q", limit: 10, body: "1")
        _ = script.next()
        #expect(script.judge(status: 204, body: []) == .refill)
        let post = text(script.next())
        #expect(post.hasPrefix("POST /v2/queues/q/messages HTTP/1.1\r\n"))
        #expect(post.split(separator: "\"body\":1").count == 11)
        #expect(script.judge(status: 201, body: []) == .refill)
        #expect(text(script.next()).hasPrefix("POST /v2/queues/q/claims"))
    }

    @Test("a cycle posts ten, claims, and deletes each message at its address")
    func cycle() {
        var script = CycleScript(writer: writer, queue: "q", limit: 10, body: "1")
        for _ in 0..<2 {
            #expect(text(script.next()).split(separator: "\"body\":1").count == 11)
            #expect(script.judge(status: 201, body: []) == .counted(messages: 0))
            #expect(text(script.next()).hasPrefix("POST /v2/queues/q/claims?limit=10 HTTP/1.1\r\n"))
            let addresses = ["/v2/queues/q/messages/a?claim_id=c", "/v2/queues/q/messages/b?claim_id=c"]
            let claim = #"{"messages":[{"href":"\#(addresses[0])"},{"href":"\#(addresses[1])"}]}"#
            #expect(script.judge(status: 201, body: Array(claim.utf8)) == .counted(messages: 0))
            for address in addresses {
                #expect(script.isMidCycle)
                #expect(
                    text(script.next())
                        == "DELETE \(address) HTTP/1.1\r\nHost: h:1\r\nClient-ID: c\r\nX-Project-ID: p\r\n\r\n")
                #expect(script.judge(status: 204, body: []) == .counted(messages: 1))
            }
            #expect(!script.isMidCycle)
        }
    }

    @Test(
        "a cycle begins again after an answer that is of no use",
        arguments: [
            (204, ""), (503, ""), (201, "{}"), (201, #"{"messages":[{"href":"/a b"}]}"#),
            (201, #"{"messages":[{"href":"/a\r\nX: y"}]}"#),
        ])
    func uselessClaim(status: Int, body: String) {
        var script = CycleScript(writer: writer, queue: "q", limit: 10, body: "1")
        _ = script.next()
        _ = script.judge(status: 201, body: [])
        _ = script.next()
        let expected: Verdict =
            switch status {
            case 204: .counted(messages: 0)
            case 503: .refused
            default: .unreadable
            }
        #expect(script.judge(status: status, body: Array(body.utf8)) == expected)
        #expect(text(script.next()).hasPrefix("POST /v2/queues/q/messages HTTP/1.1\r\n"))
    }

    @Test(
        "a claim whose ids cannot be used is a failure and never ends up in a request",
        arguments: [
            "", "{}", #"{"messages":[{"id":""}]}"#, #"{"messages":[{"id":"a"},{"id":"b c"}]}"#,
            #"{"messages":[{"id":"a\r\nX: y"}]}"#, #"{"messages":[{"id":"a,b"}]}"#,
        ])
    func unusable(body: String) {
        var script = ClaimDeleteScript(writer: writer, queue: "q", limit: 10, body: "1")
        _ = script.next()
        #expect(script.judge(status: 201, body: Array(body.utf8)) == .unreadable)
        #expect(text(script.next()).hasPrefix("POST /v2/queues/q/claims"))
    }

    @Test("after a refusal the cycle begins again with a claim")
    func refusedDelete() {
        var script = ClaimDeleteScript(writer: writer, queue: "q", limit: 10, body: "1")
        _ = script.next()
        _ = script.judge(status: 201, body: Array(#"{"messages":[{"id":"a"}]}"#.utf8))
        _ = script.next()
        #expect(script.judge(status: 503, body: []) == .refused)
        #expect(text(script.next()).hasPrefix("POST /v2/queues/q/claims"))
    }

    @Test("a sequence ends with its last request or its first refusal")
    func sequence() {
        let requests = [
            writer.request("PUT", "/a"), writer.request("PUT", "/b"), writer.request("PUT", "/c"),
        ]
        var script = SequenceScript(requests, expecting: [201, 204])
        #expect(text(script.next()).hasPrefix("PUT /a "))
        #expect(script.judge(status: 204, body: []) == .counted(messages: 0))
        #expect(text(script.next()).hasPrefix("PUT /b "))
        #expect(script.judge(status: 400, body: []) == .refused)
        #expect(text(script.next()).isEmpty)
    }

    @Test("a queue is filled with what it lacks and no more", arguments: 0...4)
    func fill(present: Int) {
        var script = FillScript(writer: writer, queue: "q", wanted: 3, body: "1")
        #expect(text(script.next()).hasPrefix("GET /v2/queues/q/messages?limit=3&echo=true "))
        let messages = (0..<present).map { "{\"id\":\"\($0)\"}" }.joined(separator: ",")
        #expect(
            script.judge(status: 200, body: Array("{\"messages\":[\(messages)]}".utf8))
                == .counted(messages: 0))
        var posts = 0
        while let request = script.next(), posts < 10 {
            #expect(text(request).hasPrefix("POST /v2/queues/q/messages "))
            #expect(script.judge(status: 201, body: []) == .counted(messages: 0))
            posts += 1
        }
        #expect(posts == max(0, 3 - present))
    }
}
