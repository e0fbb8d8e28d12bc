import Testing
import WeirBench

@Suite struct VerifyStampTests {
    private let stamp = Stamp(producer: 3, queue: 63, number: 12, token: .max)

    private func read(_ text: some StringProtocol, _ body: StampedBody) -> Stamp? {
        Array(text.utf8).withUnsafeBytes { body.stamp(in: $0) }
    }

    @Test("a body has the size asked for and gives its stamp back", arguments: [40, 100, 1024])
    func size(bytes: Int) {
        let body = StampedBody(bytes: bytes)
        let json = body.json(stamp)
        #expect(json.utf8.count == bytes)
        #expect(read(json.dropFirst().dropLast(), body) == stamp)
    }

    @Test("a body too small for its stamp is as large as need be")
    func small() {
        let body = StampedBody(bytes: 2)
        #expect(body.json(stamp) == "\"3.63.12.18446744073709551615.\"")
        #expect(read(body.json(stamp).dropFirst().dropLast(), body) == stamp)
    }

    @Test("a body with a byte more, less or other than was written has no stamp")
    func damaged() {
        let body = StampedBody(bytes: 60)
        let text = body.json(stamp).dropFirst().dropLast()
        #expect(read(text, body) == stamp)
        #expect(read(text.dropLast(), body) == nil)
        #expect(read("\(text)x", body) == nil)
        #expect(read("0\(text)", body) == nil)
        for place in 0..<text.utf8.count {
            var bytes = Array(text.utf8)
            bytes[place] = UInt8(ascii: "!")
            #expect(bytes.withUnsafeBytes { body.stamp(in: $0) } == nil)
        }
        #expect(read("", body) == nil && read("1.2.3", body) == nil && read("text", body) == nil)
    }
}
