import Testing
import WeirJSON

@Suite("Faults in words")
struct JSONFaultTests {
    @Test(
        "each fault is a sentence with its offset, limit or name",
        arguments: [
            (JSONFault.syntax(offset: 17), "17"), (.truncated(offset: 5), "5"), (.notUTF8(offset: 8), "8"),
            (.tooDeep(limit: 512), "512"), (.integerOutOfRange(offset: 3), "3"),
            (.duplicateMember("ttl"), "\"ttl\""),
            (.topLevel, "object or an array"),
        ])
    func sentences(_ fault: JSONFault, _ part: String) {
        #expect(fault.description.contains(part) && fault.description.hasSuffix("."))
        #expect(PostFault.json(fault).description == fault.description)
    }

    @Test("a very long name is cut")
    func cutsNames() {
        let fault = JSONFault.duplicateMember(String(repeating: "n", count: 100_000))
        #expect(fault.description.count < 200)
    }
}
