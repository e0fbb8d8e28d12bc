import Testing
import WeirDomain

@Suite("Names of queues") struct QueueNameTests {
    @Test("1 to 64 characters are a name, 0 and 65 are none")
    func length() {
        #expect(QueueName("") == nil)
        #expect(QueueName("a")?.value == "a")
        #expect(QueueName(String(repeating: "a", count: 64))?.value.count == 64)
        #expect(QueueName(String(repeating: "a", count: 65)) == nil)
    }

    @Test("of all ASCII characters exactly letters, digits, '_', '-' and '.' may stand in a name")
    func characters() {
        let allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."
        for byte in UInt8(0)...127 {
            let text = String(decoding: [byte], as: UTF8.self)
            #expect((QueueName(text) != nil) == allowed.contains(text), "byte \(byte)")
            #expect((QueueName("a\(text)") != nil) == allowed.contains(text), "byte \(byte) after another")
        }
    }

    @Test("other letters and digits are refused", arguments: ["é", "ß", "Ａ", "１", "a\u{301}", "日本", "🙂"])
    func notASCII(text: String) {
        #expect(QueueName(text) == nil)
    }

    @Test(
        "names that mean something to a path or to a store are names all the same",
        arguments: [".", "..", "-", "_"])
    func odd(text: String) {
        #expect(QueueName(text)?.value == text)
    }

    @Test("names are ordered by their bytes")
    func order() {
        let names = ["-", ".", "0", "10", "2", "A", "Z", "_", "a", "a-", "aa", "z"].compactMap(QueueName.init)
        #expect(names.reversed().sorted().map(\.value) == names.map(\.value))
    }

    @Test("names differ by case")
    func cases() {
        #expect(QueueName("Jobs") != QueueName("jobs"))
    }
}

@Suite("Projects") struct ProjectIDTests {
    @Test("1 to 256 characters are a project, 0 and 257 are none")
    func length() {
        #expect(ProjectID("") == nil)
        #expect(ProjectID("a")?.value == "a")
        #expect(ProjectID(String(repeating: "a", count: 256))?.value.count == 256)
        #expect(ProjectID(String(repeating: "a", count: 257)) == nil)
    }

    @Test("projects differ by case and by every byte")
    func differ() {
        #expect(ProjectID("Team") != ProjectID("team"))
        #expect(ProjectID("team") != ProjectID("team "))
        #expect(ProjectID("team") != ProjectID("team\u{0}"))
    }

    @Test("projects that only look alike are different ones, as they are to every store")
    func lookAlike() {
        #expect(ProjectID("caf\u{E9}") != ProjectID("cafe\u{301}"))
    }

    @Test("the same name in two projects is two queues")
    func keys() throws {
        let name = try #require(QueueName("jobs"))
        let keys = try ["a", "b"].map { QueueKey(project: try #require(ProjectID($0)), name: name) }
        #expect(Set(keys).count == 2)
    }
}

@Suite("Names of projects") struct ProjectNameTests {
    @Test("a hidden project is read back from a store, and no caller can name it", arguments: ProjectID.HiddenSpace.allCases)
    func hidden(space: ProjectID.HiddenSpace) throws {
        let longest = try #require(ProjectID(String(repeating: "ü", count: Limits.projectCharacters)))
        for project in [ProjectID.hidden(space), .hidden(space, of: longest)] {
            #expect(project.isHidden)
            #expect(ProjectID(project.value) == nil)
            #expect(ProjectID(stored: project.value) == project)
        }
        #expect(ProjectID.hidden(space) != .hidden(space, of: longest))
        #expect(!longest.isHidden)
    }
}
