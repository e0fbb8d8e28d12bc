import DeliveryEngine
import StoreThreads
import Synchronization
import Testing
import WeirDomain

@Suite("Looking names up") struct SystemNamesTests {
    @Test("the system knows this machine")
    func local() async throws {
        let names = SystemNames()
        let found = try await names.addresses(of: "localhost")
        #expect(found.contains(.v4(0x7F00_0001)) || found.contains(.v6(0, 1)))
        names.shutdown()
    }

    @Test("several that ask for one name at a time share one look-up")
    func shared() async throws {
        let count = Mutex(0)
        let gate = Mutex(false)
        let names = SystemNames { _ in
            count.withLock { $0 += 1 }
            while !gate.withLock({ $0 }) {}
            return .success([.v4(0x0102_0304)])
        }
        try await withThrowingTaskGroup(of: [IPAddress].self) { group in
            for _ in 0..<50 { group.addTask { try await names.addresses(of: "a.example") } }
            while count.withLock({ $0 }) == 0 { await Task.yield() }
            gate.withLock { $0 = true }
            for try await found in group { #expect(found == [.v4(0x0102_0304)]) }
        }
        #expect(count.withLock { $0 } == 1)
        names.shutdown()
    }

    @Test("a name that is not found is not asked for again at once")
    func failures() async throws {
        let count = Mutex(0)
        let start = Instant.now
        let now = Mutex(start)
        let names = SystemNames(
            look: { name in
                count.withLock { $0 += 1 }
                return .failure(.unreachable("no address for \(name)"))
            }, now: { now.withLock { $0 } })
        for _ in 0..<20 {
            await #expect(throws: DeliveryFailure.unreachable("no address for a.example")) {
                try await names.addresses(of: "a.example")
            }
        }
        #expect(count.withLock { $0 } == 1)
        now.withLock { $0 = start.adding(milliseconds: Limits.failedNameMilliseconds) }
        await #expect(throws: DeliveryFailure.self) { try await names.addresses(of: "a.example") }
        #expect(count.withLock { $0 } == 2)
        names.shutdown()
    }

    @Test("more names than are remembered are looked up all the same")
    func room() async throws {
        let names = SystemNames { _ in .success([.v4(1)]) }
        for number in 0..<(Limits.rememberedNames * 2) {
            #expect(try await names.addresses(of: "n\(number).example") == [.v4(1)])
        }
        names.shutdown()
    }
}
