import DeliveryEngine
import Glibc
import StoreThreads
import Synchronization
import Testing
import WeirDomain

@Suite("Looking names up") struct SystemNamesTests {
    @Test("the system knows this machine")
    func local() async throws {
        let names = SystemNames()
        let found = try await names.addresses(of: "localhost", for: nil)
        #expect(found.contains(.v4(0x7F00_0001)) || found.contains(.v6(0, 1)))
        names.shutdown()
    }

    @Test("several that ask for one name at a time share one look-up")
    func shared() async throws {
        let count = Mutex(0)
        let gate = Mutex(false)
        // What was found holds for a while, and no time passes.
        let start = Instant.now
        let names = SystemNames(
            look: { _ in
                count.withLock { $0 += 1 }
                while !gate.withLock({ $0 }) {}
                return .success([.v4(0x0102_0304)])
            }, now: { start })
        try await withThrowingTaskGroup(of: [IPAddress].self) { group in
            for _ in 0..<50 { group.addTask { try await names.addresses(of: "a.example", for: nil) } }
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
                try await names.addresses(of: "a.example", for: nil)
            }
        }
        #expect(count.withLock { $0 } == 1)
        now.withLock { $0 = start.adding(milliseconds: Limits.failedNameMilliseconds) }
        await #expect(throws: DeliveryFailure.self) { try await names.addresses(of: "a.example", for: nil) }
        #expect(count.withLock { $0 } == 2)
        names.shutdown()
    }

    @Test("more names than are remembered are looked up all the same")
    func room() async throws {
        let names = SystemNames { _ in .success([.v4(1)]) }
        for number in 0..<(Limits.rememberedNames * 2) {
            #expect(try await names.addresses(of: "n\(number).example", for: nil) == [.v4(1)])
        }
        names.shutdown()
    }

    /// Look-ups that end when the test says so, one name after another.
    private final class HeldLookups: Sendable {
        private let state = Mutex((begun: [String](), open: Set<String>()))

        var begun: [String] { state.withLock { $0.begun } }

        func open(_ names: [String]) { state.withLock { $0.open.formUnion(names) } }

        func look(_ name: String) -> Result<[IPAddress], DeliveryFailure> {
            state.withLock { $0.begun.append(name) }
            while state.withLock({ !$0.open.contains(name) }) { usleep(500) }
            return .success([.v4(1)])
        }
    }

    private func wait(_ condition: () -> Bool) async {
        while !condition() { await Task.yield() }
    }

    @Test("names of dead name servers hold neither all threads nor those for names that were found of late")
    func turns() async throws {
        let lookups = HeldLookups()
        let start = Instant.now
        let now = Mutex(start)
        let names = SystemNames(look: { lookups.look($0) }, now: { now.withLock { $0 } })
        let (evil, good, third) = (ProjectID("evil")!, ProjectID("good")!, ProjectID("third")!)
        lookups.open(["good.example"])
        _ = try await names.addresses(of: "good.example", for: good)
        // What is known of it is too old to be used, and it is no stranger.
        now.withLock { $0 = start.adding(milliseconds: Limits.nameMilliseconds) }
        let dead = (0..<20).map { "n\($0).dead.example" }
        let asking = dead.map { name in Task { try? await names.addresses(of: name, for: evil) } }
        await wait { lookups.begun.count == 1 + Limits.strangeNameLookupsPerProject }
        lookups.open(["new.example"])
        #expect(try await names.addresses(of: "new.example", for: third) == [.v4(1)])
        let others = (0..<3).map { number in Task { try? await names.addresses(of: "o\(number).example", for: third) } }
        await wait { lookups.begun.count == 2 + Limits.strangeNameLookups }
        #expect(try await names.addresses(of: "good.example", for: good) == [.v4(1)])
        #expect(Set(lookups.begun).intersection(dead).count == Limits.strangeNameLookupsPerProject)
        lookups.open(dead + ["o0.example", "o1.example", "o2.example"])
        for each in asking + others { _ = await each.value }
        names.shutdown()
    }

    @Test("who did not get a turn is told that nothing was tried")
    func untried() async throws {
        let lookups = HeldLookups()
        let names = SystemNames { lookups.look($0) }
        let project = ProjectID("p")!
        let asking = (0..<5).map { number in
            Task { () -> DeliveryFailure? in
                do throws(DeliveryFailure) {
                    _ = try await names.addresses(of: "n\(number).example", for: project)
                    return nil
                } catch {
                    return error
                }
            }
        }
        var failures: [DeliveryFailure?] = []
        for each in asking { failures.append(await each.value) }
        #expect(failures.filter { $0 == .busy }.count == 5 - Limits.strangeNameLookupsPerProject)
        lookups.open((0..<5).map { "n\($0).example" })
        names.shutdown()
    }
}
