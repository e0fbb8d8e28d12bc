import MongoEngine
import Testing

@Suite("BSON") struct BSONTests {
    @Test("what is written is read back")
    func roundTrip() throws {
        let bytes = BSONWriter.document { document in
            document.int32("a", -5)
            document.int64("b", .min)
            document.double("c", 1.5)
            document.bool("d", true)
            document.string("e", "ünïcödé\0end")
            document.binary("f", [0, 1, 255])
            document.null("g")
            document.document("h") { $0.int32("inner", 7) }
            document.array("i", [1, 2, 3]) { $0.int64($1, $2) }
            document.string("", "")
        }
        let document = try #require(BSONDocument(bytes))
        #expect(document.integer("a") == -5)
        #expect(document.integer("b") == .min)
        #expect(document.integer("c") == nil, "1.5 is no integer")
        #expect(document.bool("d") == true)
        #expect(document.string("e") == "ünïcödé\0end")
        #expect(document.binary("f").map { Array($0) } == [0, 1, 255])
        #expect(document.document("h")?.integer("inner") == 7)
        let numbers = document.array("i").map { if case .int64(let number) = $0 { number } else { Int64(0) } }
        #expect(numbers == [1, 2, 3])
        #expect(document.string("") == "")
        #expect(document["missing"] == nil)
    }

    @Test("bytes are those of the specification")
    func knownBytes() {
        // {"hello": "world"}, the first example of bsonspec.org.
        let bytes = BSONWriter.document { $0.string("hello", "world") }
        #expect(bytes == [0x16, 0, 0, 0, 2] + Array("hello".utf8) + [0, 6, 0, 0, 0] + Array("world".utf8) + [0, 0])
    }

    @Test("a broken document is refused or read up to where it breaks, and never beyond its end")
    func broken() {
        let whole = BSONWriter.document { document in
            document.string("name", "value")
            document.document("inner") { $0.binary("bytes", [1, 2, 3]) }
            document.array("list", ["x", "y"]) { $0.string($1, $2) }
        }
        #expect(BSONDocument([]) == nil && BSONDocument([5, 0, 0, 0]) == nil)
        for length in 0..<whole.count { #expect(BSONDocument(Array(whole[..<length])) == nil) }
        for place in 4..<whole.count - 1 {
            for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
                var bytes = whole
                bytes[place] = value
                guard let document = BSONDocument(bytes) else { continue }
                var count = 0
                document.forEach { _, _ in count += 1 }
                #expect(count <= whole.count)
                _ = document.document("inner")?.binary("bytes")
                _ = document.array("list")
            }
        }
    }
}
