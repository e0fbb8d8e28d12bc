import MemoryDriver
import TestSupport
import Testing
import WeirDomain
import WeirMigration
import WeirStorage

@Suite("Moves beside each other, and beside those who use the queues") struct MovingTests {
    /// Queues that have moved and are kept, and from now on a pool that takes long to say what has changed since.
    private static func keep(_ count: Int64, at site: MovingSite) async {
        await site.mover.run()
        var numbers: [Int64] = []
        for number in 1...count { numbers.append(await site.move(await site.queue(number), keeping: 100_000)) }
        for number in numbers { #expect(await site.time(until: .switched, of: number, limit: 60_000) != nil) }
        // Until nobody has them any more.
        await site.world.executor.sleep(milliseconds: 1000)
        site.world.slowDown("changes", of: "b", milliseconds: 2000)
        // A review is under way now.
        await site.world.executor.sleep(milliseconds: 6000)
    }

    @Test("a review of those that are kept holds up no move")
    func review() {
        MovingSite.run { site in
            await Self.keep(20, at: site)
            let number = await site.move(await site.queue(100))
            let took = await site.time(until: .done, of: number, limit: 60_000)
            #expect(took ?? .max < 5000)
        }
    }

    @Test("a review ends with its node")
    func end() {
        MovingSite.run { site in
            await Self.keep(20, at: site)
            let begun = site.world.executor.now
            await site.mover.stop()
            #expect(site.world.executor.now - begun < 5000)
        }
    }

    @Test("cutovers that are given up by those who wait leave callers in peace for longer and longer")
    func rest() {
        MovingSite.run { site in
            let queue = await site.queue(1)
            site.world.slowDown("finalise", of: "b", milliseconds: 400)
            await site.mover.run()
            let number = await site.move(queue)
            let end = site.world.executor.now + 30_000
            while site.world.executor.now < end {
                #expect(await site.post(to: queue))
                await site.world.executor.sleep(milliseconds: 10)
            }
            let progress = await site.migration(number).progress
            #expect((3...6).contains(progress.attempts))
            #expect(progress.aborts >= progress.attempts - 1)
            #expect(site.mover.counters.figures.aborts == progress.aborts)
            site.world.slowDown("finalise", of: "b", milliseconds: 0)
            #expect(await site.time(until: .done, of: number, limit: 60_000) != nil)
        }
    }

    @Test("a cancelled cutover whose worker is dead keeps nobody waiting")
    func cancelledCutover() {
        MovingSite.run { site in
            let queue = await site.queue(1)
            let number = await site.move(queue)
            await site.change(number) { migration throws(MigrationRefusal) in
                migration.takeOver(by: "dead", at: site.world.now)
                migration.step = .ready
                migration.beginCutover(at: site.world.now)
            }
            let turn = await site.migration(number).moveTurn
            _ = try? await site.world.stores["a"]?.beginCapture(of: queue.ref, for: number)
            try? await site.world.stores["a"]?.fence(queue.ref, turn: turn)
            await site.change(number) { migration throws(MigrationRefusal) in
                try migration.obey(.cancel, of: "operator", at: site.world.now)
            }
            #expect(await site.migration(number).step == .undoing)
            #expect(await site.post(to: queue))
        }
    }

    @Test("comparing goes no faster than copying may")
    func throttle() {
        var settings = MigrationSettings()
        settings.messagesPerSecond = 20
        MovingSite.run(settings) { site in
            let queue = await site.queue(1, messages: 100)
            await site.mover.run()
            let number = await site.move(queue)
            _ = await site.time(until: .catchingUp, of: number, limit: 60_000)
            let took = await site.time(until: .done, of: number, limit: 60_000)
            // The first second's worth and the last page are free.
            #expect(took ?? 0 > 3500)
        }
    }

    @Test("moves that wait for an order leave their places to others")
    func postponed() {
        var settings = MigrationSettings()
        settings.concurrency = 1
        MovingSite.run(settings) { site in
            await site.mover.run()
            let waiting = await site.move(await site.queue(1), waiting: true)
            #expect(await site.time(until: .ready, of: waiting, limit: 60_000) != nil)
            let second = await site.move(await site.queue(2), waiting: true)
            #expect(await site.time(until: .ready, of: second, limit: 60_000) != nil)
            let other = await site.move(await site.queue(3))
            #expect(await site.time(until: .done, of: other, limit: 60_000) != nil)
            await site.change(waiting) { migration throws(MigrationRefusal) in
                try migration.obey(.cutover, of: "operator", at: site.world.now)
            }
            #expect(await site.time(until: .done, of: waiting, limit: 5000) != nil)
            #expect(await site.migration(second).state == .ready)
        }
    }

    @Test("a switch whose answer is lost is counted, with the time until that was known")
    func lostAnswer() {
        MovingSite.run { site in
            site.world.loseAnswerOfSwitch()
            await site.mover.run()
            let number = await site.move(await site.queue(1))
            #expect(await site.time(until: .done, of: number, limit: 60_000) != nil)
            let figures = site.mover.counters.figures
            #expect(figures.stalls.last == 1 && figures.aborts == 0)
            #expect(await site.migration(number).progress.stall.map { Double($0) / 1000 } == figures.stallSeconds)
        }
    }

    @Test("how often cutovers were given up in a row, and when the next may begin, stand in the catalog")
    func record() async {
        MovingSite.run { site in
            let number = await site.move(await site.queue(1))
            await site.change(number) { migration throws(MigrationRefusal) in
                for _ in 0..<3 { migration.abortCutover("too slow", by: "node", at: site.world.now) }
            }
            let progress = await site.migration(number).progress
            #expect((progress.aborts, progress.abortsInARow) == (3, 3))
            #expect(progress.nextCutover?.milliseconds == site.world.executor.now + 4000)
        }
    }

    @Test("a move that waits is copied anew rather than that its source keeps ever more marks")
    func waiting() {
        var settings = MigrationSettings()
        settings.keptChanges = 50
        MovingSite.run(settings) { site in
            let queue = await site.queue(1, messages: 20)
            let number = await site.move(queue, waiting: true)
            await site.mover.run()
            #expect(await site.time(until: .ready, of: number, limit: 60_000) != nil)
            await site.change(number) { migration throws(MigrationRefusal) in
                try migration.obey(.pause, of: "operator", at: site.world.now)
            }
            await site.world.executor.sleep(milliseconds: 1000)
            for round in 0..<3 {
                for _ in 0..<100 { #expect(await site.post(to: queue)) }
                await site.world.executor.sleep(milliseconds: 6000)
                #expect(await site.marks(of: queue, for: number) == 0, "round \(round)")
                #expect(await site.migration(number).state == .paused)
            }
            let progress = await site.migration(number).progress
            #expect(!progress.isCopied && !progress.isVerified && progress.copied == 0)
            // So few stay, and so does what is copied.
            for _ in 0..<50 { #expect(await site.post(to: queue)) }
            await site.world.executor.sleep(milliseconds: 6000)
            #expect(await site.marks(of: queue, for: number) == 50)
            await site.change(number) { migration throws(MigrationRefusal) in
                try migration.obey(.resume, of: "operator", at: site.world.now)
                try migration.obey(.cutover, of: "operator", at: site.world.now)
            }
            #expect(await site.time(until: .done, of: number, limit: 60_000) != nil)
            #expect(await site.migration(number).history.count { $0.reason.contains("more than 50 changes") } == 1)
            let census = try? await site.world.stores["b"]?.census(of: queue.life, now: site.world.now)
            #expect(census?.stats.total == 370)
        }
    }

    @Test("moves follow each other although it takes long to read all that wait")
    func manyWaiting() {
        MovingSite.run { site in
            site.world.slowDown("migrations", of: "catalog", milliseconds: 2000)
            var numbers: [Int64] = []
            for number in 1...40 { numbers.append(await site.move(await site.queue(Int64(number)))) }
            let begun = site.world.executor.now
            await site.mover.run()
            for number in numbers { #expect(await site.time(until: .done, of: number, limit: 60_000) != nil) }
            // Two at a time, in a tenth of the time that it would take to read before each pair.
            #expect(site.world.executor.now - begun < 10_000)
        }
    }
}
