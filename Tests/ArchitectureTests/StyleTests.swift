import Testing

@Suite("Style") struct StyleTests {
    @Test("no file has more than 400 lines, and half of the sources have at most 90")
    func length() {
        let all = SourceTree.sources + SourceTree.tests
        #expect(all.filter { $0.lines.count > 401 }.map(\.path) == [])
        let lengths = SourceTree.sources.map(\.lines.count).sorted()
        #expect(lengths[lengths.count / 2] <= 91)
    }

    @Test("no source takes a short cut that traps", arguments: ["try!", "as!", "fatalError("])
    func traps(word: String) {
        #expect(Self.places(of: word, in: SourceTree.sources) == [])
    }

    @Test("nothing is left to be done", arguments: ["TODO", "FIXME", "XXX"])
    func leftovers(word: String) {
        let lines = SourceTree.sources.flatMap { file in file.lines.map { (file.path, $0) } }
        #expect(lines.filter { $0.1.contains(word) }.map(\.0) == [])
    }

    @Test("only programs print")
    func printing() {
        let others = SourceTree.sources.filter { !Module.programs.contains(Module.of($0)?.folder ?? "") }
        for word in ["print(", "debugPrint(", "dump("] { #expect(Self.places(of: word, in: others) == []) }
    }

    @Test("nothing is public: this is one program")
    func access() {
        for word in ["public", "open"] {
            let found = SourceTree.sources.flatMap { file in
                file.code.filter { $0.text.drop { $0 == " " }.hasPrefix("\(word) ") }.map {
                    "\(file.path):\($0.number)"
                }
            }
            #expect(found == [])
        }
    }

    /// Where a word stands by itself, not as the end of another.
    private static func places(of word: String, in files: [SourceFile]) -> [String] {
        files.flatMap { file in
            file.code.filter { line in
                line.text.ranges(of: word).contains { range in
                    guard range.lowerBound > line.text.startIndex else { return true }
                    let before = line.text[line.text.index(before: range.lowerBound)]
                    return !before.isLetter && before != "."
                }
            }.map { "\(file.path):\($0.number)" }
        }
    }
}
