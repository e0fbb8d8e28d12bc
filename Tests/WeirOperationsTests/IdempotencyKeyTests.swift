import Testing
import WeirDomain
import WeirOperations

@Suite("Idempotency keys") struct IdempotencyKeyTests {
    @Test(
        "a key has 1 to 255 visible characters",
        arguments: [
            ("k", true), ("8e03978e-40d5-43e8-bc93-6894a57f9324", true), (String(repeating: "x", count: 255), true),
            ("~!\"#", true), ("", false), (String(repeating: "x", count: 256), false), ("a b", false),
            ("a\u{7F}", false), ("é", false), ("a\n", false),
        ])
    func grammar(text: String, isKey: Bool) {
        #expect((IdempotencyKey(text) != nil) == isKey)
    }

    @Test("the id of a receipt is none that a client can name as a claim")
    func receiptIDs() {
        let id = ClaimID(receipt: 7, 9)
        #expect(id.isReceipt && ClaimID(id.text) == nil)
        let claim = ClaimID(high: 7, low: 9)
        #expect(!claim.isReceipt && ClaimID(claim.text) == claim)
    }
}
