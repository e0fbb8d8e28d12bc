import TestSupport
import Testing
import WeirHTTP

@Suite("The path and the query of a request")
struct TargetTests {
    @Test(
        "a path is cut at its slashes and decoded",
        arguments: [
            ("/v2/queues/a%20b/messages", ["v2", "queues", "a b", "messages"]),
            ("/v2/queues/a+b", ["v2", "queues", "a+b"]),
            ("/v2/queues/%C3%A4%2F%3f/", ["v2", "queues", "ä/?", ""]),
            ("/v2/queues/ä", ["v2", "queues", "ä"]),
            ("/", [""]),
            ("", [""]),
            ("//", ["", ""]),
            ("/v1.1/queues?a=/b", ["v1.1", "queues"]),
            ("http://host:8888/v2/queues/a", ["v2", "queues", "a"]),
            ("HTTPS://host/v2?a=/b", ["v2"]),
            ("http://[::1", ["ttp:", "", "[::1"]),
            ("http:/v2", ["ttp:", "v2"]),
        ])
    func segments(path: String, segments: [String]) {
        let target = Target(path)
        #expect(target.segments == segments)
        #expect(target.isDecodable)
    }

    @Test(
        "a segment with a broken escape, or one that is not UTF-8, stays as it came",
        arguments: ["%", "a%2", "%zz", "%+1", "%-1", "%C3", "%ff"])
    func undecodable(segment: String) {
        let target = Target("/v2/queues/\(segment)")
        #expect(target.segments == ["v2", "queues", segment])
        #expect(!target.isDecodable)
    }

    @Test("the path and the query are kept as they came")
    func kept() {
        let target = Target("/v2/a%20b?limit=1&marker=%20?")
        #expect(target.path == "/v2/a%20b")
        #expect(target.rawQuery == "?limit=1&marker=%20?")
        #expect(Target("/v2/a").rawQuery.isEmpty)
        #expect(Target("/v2/a?").rawQuery == "?")
    }

    @Test("the first segment names the version")
    func version() {
        #expect(Target("/v1/queues").version == .v1)
        #expect(Target("/v1.1").version == .v1_1)
        #expect(Target("/v2/queues").version == .v2)
        #expect(Target("/health").version == .v2)
    }

    @Test(
        "parameters are decoded; a blank value is none",
        arguments: [
            ("limit=10&echo=true", [["limit", "10"], ["echo", "true"]]),
            ("a=b+c%20d&e%3D=%26", [["a", "b c d"], ["e=", "&"]]),
            ("a=&b&=c&&d=e=f&", [["", "c"], ["d", "e=f"]]),
            ("a=%zz+", [["a", "%zz+"]]),
            ("", []),
        ])
    func parameters(query: String, parameters: [[String]]) {
        #expect(Target("/v2/queues?\(query)").query.parameters.map { [$0.name, $0.value] } == parameters)
    }

    @Test("what is encoded is decoded again", arguments: 0..<200)
    func roundTrip(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let text = String(
            String.UnicodeScalarView(
                (0..<Int.random(in: 0...12, using: &generator)).compactMap { _ in
                    Unicode.Scalar(UInt32.random(in: 0...(seed % 2 == 0 ? 0x7F : 0x10FFFF), using: &generator))
                }))
        let encoded = Percent.encoded(text)
        #expect(encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") })
        let target = Target("/v2/\(encoded)?name=\(encoded)")
        #expect(target.segments == ["v2", text])
        #expect(target.isDecodable)
        #expect(target.query.parameters.map(\.value) == (text.isEmpty ? [] : [text]))
    }
}
