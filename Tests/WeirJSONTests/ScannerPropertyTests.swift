import Foundation
import Testing
import WeirJSON

@Suite("Random documents")
struct ScannerPropertyTests {
    @Test(
        "a generated document is accepted, and its value is found between the blanks",
        arguments: UInt64(1)...8)
    func acceptsGenerated(seed: UInt64) throws {
        var generator = DocumentGenerator(seed: seed)
        for round in 0..<150 {
            let document = generator.document()
            let range = try JSONScanner.validate(document, maximumDepth: serviceDepth)
            let isBlank = { (byte: UInt8) in [0x20, 0x0A, 0x0D, 0x09].contains(byte) }
            #expect(document[..<range.lowerBound].allSatisfy(isBlank), "seed \(seed), round \(round)")
            #expect(document[range.upperBound...].allSatisfy(isBlank), "seed \(seed), round \(round)")
            #expect(!isBlank(document[range.lowerBound]) && !isBlank(document[range.upperBound - 1]))
        }
    }

    @Test("every truncation of an array or object is refused", arguments: UInt64(1)...8)
    func refusesTruncations(seed: UInt64) {
        var generator = DocumentGenerator(seed: seed)
        for round in 0..<20 {
            let inner = generator.document()
            for document in [bytes("[") + inner + bytes("]"), bytes("{\"a\":") + inner + bytes("}")] {
                for length in 0..<document.count {
                    #expect(
                        fault(Array(document.prefix(length))) != nil,
                        "seed \(seed), round \(round), \(length)")
                }
            }
        }
    }

    @Test("what lies behind the end of the buffer never matters", arguments: UInt64(1)...6)
    func staysInside(seed: UInt64) {
        var generator = DocumentGenerator(seed: seed)
        for round in 0..<30 {
            let document = generator.document()
            for length in 0...document.count {
                let alone = fault(Array(document.prefix(length)))
                let within = document.withUnsafeBufferPointer { whole in
                    let prefix = UnsafeBufferPointer(rebasing: whole[..<length])
                    do throws(JSONFault) {
                        try JSONScanner.validate(prefix, maximumDepth: serviceDepth)
                        return JSONFault?.none
                    } catch {
                        return error
                    }
                }
                #expect(within == alone, "seed \(seed), round \(round), length \(length)")
            }
        }
    }

    @Test("bytes that do not lie in one piece read the same", arguments: UInt64(1)...3)
    func readsPieces(seed: UInt64) throws {
        var generator = DocumentGenerator(seed: seed)
        for _ in 0..<50 {
            let document = generator.document()
            let pieces = document.map { $0 &- 1 }.lazy.map { $0 &+ 1 }
            let range = try JSONScanner.validate(document, maximumDepth: serviceDepth)
            #expect(try JSONScanner.validate(pieces, maximumDepth: serviceDepth) == range)
        }
    }

    /// Where Foundation is known to differ: it refuses lone surrogates, takes integers of any size, refuses
    /// numbers beyond `Double`, accepts a byte order mark and guesses UTF-16 and UTF-32 from zero bytes.
    @Test("a mutated document is accepted exactly if Foundation accepts it", arguments: UInt64(1)...12)
    func agreesWithFoundation(seed: UInt64) {
        var generator = DocumentGenerator(seed: seed)
        var compared = 0
        for round in 0..<400 {
            let document = generator.mutation(of: generator.document())
            let ours = fault(document)
            if case .integerOutOfRange = ours { continue }
            if document.prefix(4).contains(where: { $0 == 0 || $0 >= 0xEF }) { continue }
            let oracle = Result {
                try JSONSerialization.jsonObject(with: Data(document), options: .fragmentsAllowed)
            }
            let theirs = (try? oracle.get()) != nil
            guard ours == nil, !theirs, Self.isBeyondFoundation(document) else {
                #expect((ours == nil) == theirs, "seed \(seed), round \(round): \(text(document))")
                compared += 1
                continue
            }
        }
        #expect(compared > 200, "seed \(seed): too few documents could be compared")
    }

    /// Whether an accepted document has a lone surrogate or a number that no `Double` holds.
    private static func isBeyondFoundation(_ document: [UInt8]) -> Bool {
        guard let python = try? PythonJSON.text(of: document, maximumDepth: serviceDepth) else {
            return false
        }
        let tree = try? JSONValue.parse(document, topLevel: .anything)
        return text(python).contains("Infinity")
            || text(tree?.bytes ?? []).unicodeScalars.contains("\u{FFFD}")
    }
}
