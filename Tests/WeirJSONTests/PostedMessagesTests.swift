import Testing
import WeirJSON

/// The messages of a request, bodies as text.
private struct Post: Equatable {
    var body: String
    var ttl: Int?
    var delay: Int?
}

private func decode(_ request: String, maximumDepth: Int = serviceDepth) throws(PostFault) -> [Post] {
    let request = bytes(request)
    return try PostedMessages.decode(request, maximumDepth: maximumDepth).map {
        Post(body: text(request[$0.body]), ttl: $0.ttl, delay: $0.delay)
    }
}

private func decodeArray(_ request: String) throws(PostFault) -> [Post] {
    let request = bytes(request)
    return try PostedMessages.decodeArray(request, maximumDepth: serviceDepth).map {
        Post(body: text(request[$0.body]), ttl: $0.ttl, delay: $0.delay)
    }
}

@Suite("Requests to post messages")
struct PostedMessagesTests {
    @Test("messages come in order with their bodies byte for byte")
    func reads() throws {
        let request = """
             { "messages" : [ {"body" : { "a" : [1,  2.50] } , "ttl":60,"delay" : 0 },
             {"delay":-5,"body":null},{"ttl":-0,"body":"\\ud800é"}, {"body":[]} ] }\u{20}
            """
        let expected = [
            Post(body: "{ \"a\" : [1,  2.50] }", ttl: 60, delay: 0), Post(body: "null", delay: -5),
            Post(body: "\"\\ud800é\"", ttl: 0), Post(body: "[]"),
        ]
        #expect(try decode(request) == expected)
    }

    @Test("any JSON is a body and comes back as it was sent", arguments: UInt64(1)...8)
    func keepsBodies(seed: UInt64) throws {
        var generator = DocumentGenerator(seed: seed)
        for round in 0..<100 {
            let bodies = (0..<3).map { _ in generator.value(depth: 0) }
            let messages = bodies.map { body in
                "{\(generator.blank())\"body\":\(generator.blank())\(body)\(generator.blank())}"
            }
            let request = "{\"messages\":[\(messages.joined(separator: ","))]}"
            #expect(try decode(request).map(\.body) == bodies, "seed \(seed), round \(round)")
        }
    }

    @Test(
        "unknown members are ignored, bodies may repeat names",
        arguments: [
            #"{"x":1,"messages":[{"body":1}],"y":{"messages":3}}"#,
            #"{"messages":[{"z":{"body":2},"body":1,"q":[]}]}"#,
            #"{"":0,"messages":[{"":0,"body":1}]}"#,
            #"{"Messages":0,"messages":[{"Body":0,"body":1,"TTL":0}]}"#,
        ])
    func ignoresUnknown(_ request: String) throws {
        #expect(try decode(request) == [Post(body: "1")])
        #expect(try decode(#"{"messages":[{"body":{"a":1,"a":2}}]}"#) == [Post(body: #"{"a":1,"a":2}"#)])
    }

    @Test("names may be written with escapes")
    func readsEscapedNames() throws {
        let request = #"{"m\u0065ssages":[{"\u0062ody":1,"\u0074\u0074\u006C":7,"dela\u0079":8}]}"#
        #expect(try decode(request) == [Post(body: "1", ttl: 7, delay: 8)])
    }

    @Test(
        "a member given twice is refused, however it is written",
        arguments: [
            (#"{"messages":[{"body":1}],"messages":[{"body":1}]}"#, "messages"),
            (#"{"messages":[{"body":1}],"\u006dessages":[]}"#, "messages"),
            (#"{"x":1,"messages":[{"body":1}],"x":1}"#, "x"),
            (#"{"messages":[{"body":1,"body":1}]}"#, "body"),
            (#"{"messages":[{"\u0062ody":1,"body":1}]}"#, "body"),
            (#"{"messages":[{"ttl":1,"body":1,"ttl":1}]}"#, "ttl"),
            (#"{"messages":[{"delay":1,"body":1,"delay":1}]}"#, "delay"),
            (#"{"messages":[{"y":1,"body":1,"\u0079":1}]}"#, "y"),
            (#"{"messages":[{"ttl":null,"ttl":1,"body":1}]}"#, "ttl"),
            (#"{"messages":[{"é":1,"body":1,"\u00e9":1}]}"#, "é"),
            (#"{"messages":[{"\ud800":1,"body":1,"\ud800":1}]}"#, "\u{FFFD}"),
        ])
    func refusesDuplicates(_ request: String, _ name: String) {
        #expect(throws: PostFault.json(.duplicateMember(name))) { try decode(request) }
    }

    @Test(
        "names that differ, if only in their bytes, are not taken for one",
        arguments: [
            #"{"messages":[{"x":1,"body":1},{"x":1,"body":2}]}"#,
            #"{"messages":[{"\ud800":1,"\ud801":1,"body":1}]}"#,
            "{\"\u{E9}\":1,\"e\u{301}\":1,\"messages\":[{\"body\":1}]}",
            #"{"messages":[{"\ud800":1,"\ufffd":1,"body":1}]}"#,
        ])
    func separatesNames(_ request: String) throws {
        #expect(try decode(request).first == Post(body: "1"))
    }

    @Test("ttl and delay are integers and nothing else", arguments: ["ttl", "delay"])
    func refusesIllTyped(_ name: String) throws {
        for value in ["null", "1.0", "1e2", "\"60\"", "true", "false", "[60]", "{}"] {
            for member in ["\"body\":1,\"\(name)\":\(value)", "\"\(name)\":\(value),\"body\":1"] {
                let expected = PostFault.envelope("messages[1].\(name) must be an integer.")
                #expect(throws: expected) { try decode("{\"messages\":[{\"body\":0},{\(member)}]}") }
            }
        }
        for value in [Int.min, -1, 0, .max] {
            let post = try decode("{\"messages\":[{\"body\":1,\"\(name)\":\(value)}]}")[0]
            #expect((name == "ttl" ? post.ttl : post.delay) == value)
        }
    }

    @Test(
        "a wrong shape is named",
        arguments: [
            ("[]", "The request body must be a JSON object."),
            ("3", "The request body must be a JSON object."),
            (#"[{"body":1,"ttl":60}]"#, "The request body must be a JSON object."),
            (#"{"messages":{}}"#, "The member \"messages\" must be an array."),
            (#"{"messages":null}"#, "The member \"messages\" must be an array."),
            (#"{"messages":[1]}"#, "messages[0] must be an object."),
            (#"{"messages":[{"body":1},[]]}"#, "messages[1] must be an object."),
            (#"{"messages":[{"body":1},{"body":1},{"ttl":60}]}"#, "messages[2] has no member \"body\"."),
            (#"{"messages":[{},{"ttl":1.5}]}"#, "messages[0] has no member \"body\"."),
            (#"{"messages":[1,{"body":1},{"ttl":true,"body":1}]}"#, "messages[0] must be an object."),
        ])
    func namesTheShape(_ request: String, _ sentence: String) {
        #expect(throws: PostFault.envelope(sentence)) { try decode(request) }
    }

    @Test("no messages and an empty array are told apart")
    func noMessages() {
        for request in ["{}", #"{"message":[{"body":1}]}"#] {
            #expect(throws: PostFault.noMessages) { try decode(request) }
        }
        #expect(throws: PostFault.emptyMessages) { try decode(#"{"messages":[ ]}"#) }
    }

    @Test("the array alone is a request too, where it is asked for, and nothing else then")
    func array() throws {
        let expected = [Post(body: "{}", ttl: 60), Post(body: "[1]", delay: 5)]
        #expect(try decodeArray(#" [{"ttl":60,"body":{}}, {"body":[1],"delay":5} ] "#) == expected)
        #expect(throws: PostFault.emptyArray) { try decodeArray("[ ]") }
        let shapes = [
            #"{"messages":[{"body":1}]}"#: "The request body must be a JSON array of messages.",
            #"[{"body":1},{"ttl":1}]"#: "messages[1] has no member \"body\".",
        ]
        for (request, sentence) in shapes {
            #expect(throws: PostFault.envelope(sentence)) { try decodeArray(request) }
        }
        #expect(throws: PostFault.json(.truncated(offset: 12))) { try decodeArray(#"[{"body":1},"#) }
    }

    @Test(
        "a fault of JSON outranks one of shape, and counts after the envelope too",
        arguments: [
            ("", JSONFault.truncated(offset: 0)), ("hello", .syntax(offset: 0)),
            (#"{"messages":[1"#, .truncated(offset: 14)),
            (#"{"messages":[1],}"#, .syntax(offset: 16)),
            (#"{"messages":[{"ttl":"x"}]} x"#, .syntax(offset: 27)),
            (#"{"messages":[{"body":1}]}}"#, .syntax(offset: 25)),
            (#"{"messages":[{"body":01}]}"#, .syntax(offset: 22)),
            (#"{"messages":[{"body":[9223372036854775808]}]}"#, .integerOutOfRange(offset: 22)),
            (#"{"messages":[{"body":1,"ttl":9223372036854775808}]}"#, .integerOutOfRange(offset: 29)),
            (#"{"messages":[{"body":}]}"#, .syntax(offset: 21)),
            ("{\"messages\":[{\"body\":1}]}\u{0}", .syntax(offset: 25)),
        ])
    func refusesBrokenJSON(_ request: String, _ expected: JSONFault) {
        #expect(throws: PostFault.json(expected)) { try decode(request) }
    }

    @Test("every truncation of a request is refused as broken JSON")
    func refusesTruncations() {
        let request = bytes(
            #"{"messages":[{"body":{"a":[true,"é\u00e9"]},"ttl":60},{"x":1,"delay":3,"body":-1.5e3}]} "#)
        for length in 0..<request.count - 1 {
            do throws(PostFault) {
                _ = try PostedMessages.decode(request.prefix(length), maximumDepth: serviceDepth)
                Issue.record("\(length) bytes were accepted")
            } catch {
                guard case .json = error else { Issue.record("\(length) bytes: \(error)"); continue }
            }
        }
    }

    @Test("depth counts from the envelope")
    func boundsDepth() throws {
        func request(_ depth: Int) -> String {
            let body = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            return "{\"messages\":[{\"body\":\(body)}]}"
        }
        #expect(try decode(request(509)).count == 1)
        #expect(throws: PostFault.json(.tooDeep(limit: 512))) { try decode(request(510)) }
        #expect(throws: PostFault.json(.tooDeep(limit: 512))) { try decode(request(10_000)) }
        #expect(throws: PostFault.json(.tooDeep(limit: 2))) { try decode(request(0), maximumDepth: 2) }
    }

    @Test("ranges count from the first byte, whatever collection the bytes are in")
    func countsFromTheStart() throws {
        let request = bytes(#"??{"messages":[{"body":"x"}]}"#)
        let messages = try PostedMessages.decode(request.dropFirst(2), maximumDepth: serviceDepth)
        #expect(messages == [PostedMessage(body: 21..<24)])
    }
}
