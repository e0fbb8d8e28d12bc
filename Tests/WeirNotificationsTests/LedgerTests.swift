import Testing
import WeirDomain
import WeirNotifications

@Suite("Which entries are settled") struct LedgerTests {
    private func sequence(_ value: Int64) -> MessageSequence { MessageSequence(value) }

    @Test("the cursor passes what is settled without a gap")
    func cursor() {
        var ledger = DeliveryLedger(cursor: sequence(10))
        for value in Int64(11)...14 {
            ledger.begin(sequence(value), posted: Timestamp(milliseconds: value), parcels: Int(value - 10))
        }
        #expect(ledger.cursor == sequence(10) && ledger.oldest == Timestamp(milliseconds: 11))
        for _ in 0..<2 { ledger.settle(sequence(12)) }
        #expect(ledger.cursor == sequence(10))
        ledger.settle(sequence(11))
        #expect(ledger.cursor == sequence(12) && ledger.oldest == Timestamp(milliseconds: 13))
        ledger.settle(sequence(99))
        for _ in 0..<4 { ledger.settle(sequence(14)) }
        for _ in 0..<3 { ledger.settle(sequence(13)) }
        #expect(ledger.cursor == sequence(14) && ledger.oldest == nil)
    }

    @Test("an entry of which more is found is settled once all of it is")
    func expectation() {
        var ledger = DeliveryLedger(cursor: .start)
        ledger.begin(sequence(1), posted: Timestamp(milliseconds: 0), parcels: 1)
        ledger.expect(2, of: sequence(1))
        for _ in 0..<2 { ledger.settle(sequence(1)) }
        #expect(ledger.cursor == .start)
        ledger.settle(sequence(1))
        #expect(ledger.cursor == sequence(1))
    }

    @Test("an entry that concerns nobody is settled at once")
    func nobody() {
        var ledger = DeliveryLedger(cursor: .start)
        ledger.begin(sequence(1), posted: Timestamp(milliseconds: 0), parcels: 0)
        #expect(ledger.cursor == sequence(1))
    }

    @Test("settled entries can be removed once they are old, each once")
    func removal() {
        var ledger = DeliveryLedger(cursor: .start)
        for value in Int64(1)...5000 {
            ledger.begin(sequence(value), posted: Timestamp(milliseconds: value), parcels: 1)
            if value != 4000 { ledger.settle(sequence(value)) }
        }
        #expect(ledger.takeSettled(before: Timestamp(milliseconds: 3001)) == sequence(3000))
        #expect(ledger.takeSettled(before: Timestamp(milliseconds: 3001)) == nil)
        #expect(ledger.takeSettled(before: Timestamp(milliseconds: 9000)) == sequence(3999))
        ledger.settle(sequence(4000))
        #expect(ledger.takeSettled(before: Timestamp(milliseconds: 9000)) == sequence(5000))
    }
}
