import Testing
import WeirDomain
import WeirNotifications
import WeirOperations
import WeirStorage

@Suite("Driving failures again") struct RedriveTests {
    @Test("failures that are driven again come back in entries that any store takes")
    func largeFailures() async throws {
        let site = try await NotifierSite()
        let id = try await site.subscribe("mailto:a@b.example")
        let list = try #require(FailureList(of: id, about: site.queue, home: "a", in: site.vault))
        let payload = [UInt8](repeating: 0x31, count: 3 << 20)
        for number in 0..<6 {
            try await list.add([BacklogEntry(Parcel(id: "\(number)", payload: payload), failures: 1)])
        }
        #expect(try await site.outbox.redrive(id, in: site.queue) == 6)
        let outbox = HiddenQueue(.outbox, OutboxNames.outbox(ofPool: "a")!, home: "a", in: site.vault)
        let entries = try await outbox.list(after: .start, limit: 10)
        #expect(entries.count == 6)
        #expect(entries.allSatisfy { $0.body.bytes.count < payload.count + 1024 })
        #expect(try await site.outbox.failures(of: id, in: site.queue, after: nil, limit: 10).isEmpty)
        await site.close()
    }
}
