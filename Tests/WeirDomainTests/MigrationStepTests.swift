import Testing
import WeirDomain

@Suite("Steps of a migration") struct MigrationStepTests {
    private let begun = Timestamp(milliseconds: 1_000_000)

    private func migration() throws -> Migration {
        let key = QueueKey(project: try #require(ProjectID("team")), name: try #require(QueueName("orders")))
        return Migration(
            number: 1, key: key, life: QueueLife(1), from: "a", to: "b", firstEpoch: .first, keepSourceSeconds: 900,
            created: begun)
    }

    @Test("each cutover that is given up is followed by a longer rest, up to a minute")
    func rests() throws {
        var migration = try migration()
        let rests = (0..<8).map { _ -> Int64 in
            migration.beginCutover(at: begun)
            migration.abortCutover("too slow", by: "node", at: begun)
            return (migration.progress.nextCutover?.milliseconds ?? 0) - begun.milliseconds
        }
        #expect(rests == [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
    }

    @Test("after eight in a row it says that it is stalled, until it switches")
    func stalled() throws {
        var migration = try migration()
        for _ in 0..<7 { migration.abortCutover("too slow", by: "node", at: begun) }
        #expect(migration.stalled == nil && migration.error == nil)
        migration.abortCutover("too slow", by: "node", at: begun)
        #expect(migration.error == "stalled: 8 cutovers in a row were given up")
        migration.beginCutover(at: begun)
        migration.switch(stall: 3, at: begun)
        #expect(migration.error == nil)
        #expect((migration.progress.aborts, migration.progress.abortsInARow) == (8, 0))
        #expect(migration.progress.nextCutover == nil)
    }

    @Test("only what has failed ends with an error")
    func error() throws {
        var done = try migration()
        (done.step, done.error) = (.cleaning, "pool a: it did not answer")
        done.end(at: begun)
        #expect(done.outcome == .done && done.error == nil)
        var failed = try migration()
        failed.giveUp(.failed, "the copies differ", by: "node", at: begun)
        failed.error = "pool b: it did not answer"
        failed.end(at: begun)
        #expect(failed.outcome == .failed && failed.error != nil)
    }
}
