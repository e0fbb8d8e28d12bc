import Testing
import WeirJSON

@Suite("Nesting")
struct ScannerDepthTests {
    static let shapes = [
        ("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]"), ("[1,[2],", ",3]"), ("{\"a\":[],\"b\":", "}"),
    ]

    private func document(_ shape: (String, String), _ count: Int) -> [UInt8] {
        bytes(String(repeating: shape.0, count: count) + "1" + String(repeating: shape.1, count: count))
    }

    @Test(
        "the deepest allowed document is accepted and the next one refused",
        arguments: [1, 2, 63, 64, 65, 128, 512])
    func bounds(_ limit: Int) {
        for shape in [Self.shapes[0], Self.shapes[1]] {
            #expect(fault(document(shape, limit), maximumDepth: limit) == nil)
            #expect(fault(document(shape, limit + 1), maximumDepth: limit) == .tooDeep(limit: limit))
        }
        #expect(fault(bytes("[[],[[]],{\"a\":{}}]"), maximumDepth: 3) == nil)
    }

    @Test("empty arrays and objects count as well", arguments: ["[]", "{}"])
    func countsEmpty(_ document: String) {
        #expect(fault(bytes(document), maximumDepth: 0) == .tooDeep(limit: 0))
        #expect(fault(bytes("1"), maximumDepth: 0) == nil)
    }

    @Test("a document ten thousand deep is refused, or read if that is allowed", arguments: shapes)
    func survives(_ opening: String, _ closing: String) {
        let deep = document((opening, closing), 10_000)
        #expect(fault(deep) == .tooDeep(limit: 512))
        #expect(fault(deep, maximumDepth: 30_000) == nil)
        #expect(throws: JSONFault.tooDeep(limit: 512)) { try JSONValue.parse(deep, maximumDepth: 30_000) }
        #expect(throws: JSONFault.tooDeep(limit: 512)) { try PythonJSON.text(of: deep, maximumDepth: 30_000) }
        let onlyOpen = bytes(String(repeating: opening, count: 10_000))
        #expect(fault(onlyOpen, maximumDepth: 30_000) == .truncated(offset: onlyOpen.count))
    }

    @Test(
        "each bracket must close what was opened, at any depth",
        arguments: [1, 63, 64, 65, 127, 128, 129, 300])
    func matchesBrackets(_ depth: Int) {
        var random = SeededGenerator(seed: UInt64(depth))
        let kinds = (0..<depth).map { _ in Bool.random(using: &random) }
        let opening = kinds.map { $0 ? "{\"a\":" : "[" }.joined()
        let closing = kinds.reversed().map { $0 ? "}" : "]" }
        #expect(fault(bytes(opening + "0" + closing.joined())) == nil)
        for wrong in 0..<depth {
            var swapped = closing
            swapped[wrong] = swapped[wrong] == "}" ? "]" : "}"
            let offset = opening.utf8.count + 1 + wrong
            #expect(fault(bytes(opening + "0" + swapped.joined())) == .syntax(offset: offset))
        }
    }

    @Test("the deepest document fits the machine stack when it is read, compared, written and freed")
    func readsTheDeepest() throws {
        for shape in Self.shapes.prefix(2) {
            let document = document(shape, 512)
            let tree = try JSONValue.parse(document, maximumDepth: 512, duplicates: .refuse)
            #expect(tree == (try JSONValue.parse(document)))
            #expect(Set([tree, tree]).count == 1)
            #expect(tree.bytes == document)
            #expect(try PythonJSON.text(of: document, maximumDepth: 512).count >= document.count)
        }
    }
}
