import Synchronization
import Testing
import WeirDomain
import WeirNotifications

@Suite("Places for attempts") struct AllowanceTests {
    private let project = ProjectID("p")!

    @Test("a subscriber that turns out slow gives its place back, and slow ones have their own")
    func slow() async {
        let allowance = Allowance(regular: 1, slow: 1)
        let hanging = await allowance.enter(.quick, of: project)
        hanging.slowDown()
        // The one regular place is free again.
        let quick = await allowance.enter(.quick, of: project)
        quick.leave()
        // The slow one is taken until it is left.
        let waiting = Task { await allowance.enter(.slow, of: project) }
        hanging.leave()
        await waiting.value.leave()
        let again = await allowance.enter(.slow, of: project)
        again.slowDown()
        again.leave()
    }

    @Test("subscribers of which nothing is known leave half of the places to those that answer")
    func unknown() async {
        let allowance = Allowance(regular: 4, slow: 1)
        var hanging: [Allowance.Place] = []
        for _ in 0..<2 { hanging.append(await allowance.enter(.unknown, of: project)) }
        let third = Task { await allowance.enter(.unknown, of: project) }
        var quick: [Allowance.Place] = []
        for _ in 0..<2 { quick.append(await allowance.enter(.quick, of: project)) }
        hanging[0].slowDown()
        await third.value.leave()
        for place in hanging + quick { place.leave() }
    }

    @Test("who was quick the last time is known, until that changes")
    func memory() {
        let allowance = Allowance(regular: 1, slow: 1)
        #expect(allowance.pace(of: "a") == .unknown)
        allowance.note(.quick, of: "a")
        #expect(allowance.pace(of: "a") == .quick && allowance.pace(of: "b") == .unknown)
        allowance.note(.slow, of: "a")
        #expect(allowance.pace(of: "a") == .unknown)
    }

    @Test("projects are served in turn, however many of one wait", arguments: Allowance.Pace.allCases)
    func turns(pace: Allowance.Pace) async {
        let allowance = Allowance(regular: 1, slow: 1)
        let order = Order()
        let first = await allowance.enter(pace, of: project)
        await withTaskGroup(of: Void.self) { group in
            let many = ProjectID("many")!
            for number in 0..<20 {
                group.addTask {
                    let place = await allowance.enter(pace, of: many)
                    order.note("many")
                    place.leave()
                }
                while allowance.waiting != number + 1 { await Task.yield() }
            }
            group.addTask { [project] in
                let place = await allowance.enter(pace, of: project)
                order.note("one")
                place.leave()
            }
            while allowance.waiting != 21 { await Task.yield() }
            first.leave()
        }
        #expect(order.all.firstIndex(of: "one") == 1)
    }

    @Test("never more attempts than places, and everybody gets one in the end")
    func bound() async {
        let allowance = Allowance(regular: 3, slow: 1)
        let count = Counter()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask { [project] in
                    let place = await allowance.enter(number % 2 == 0 ? .quick : .unknown, of: project)
                    await count.enter()
                    await Task.yield()
                    await count.leave()
                    place.leave()
                }
            }
        }
        #expect(await count.total == 200)
        #expect(await count.most <= 3)
    }

    private final class Order: Sendable {
        private let names = Mutex<[String]>([])
        var all: [String] { names.withLock { $0 } }
        func note(_ name: String) { names.withLock { $0.append(name) } }
    }

    private actor Counter {
        var (inside, most, total) = (0, 0, 0)
        func enter() { (inside, most, total) = (inside + 1, max(most, inside + 1), total + 1) }
        func leave() { inside -= 1 }
    }
}
