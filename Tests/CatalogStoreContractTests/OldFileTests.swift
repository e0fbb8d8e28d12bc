import SQLiteCatalog
import SQLiteEngine
import Testing
import WeirDomain
import WeirStorage

@Suite("Files of older formats") struct OldFileTests {
    /// What format 1 was, with two pools and three queues of two projects.
    private static let first = """
        CREATE TABLE pools(
            number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, uri TEXT NOT NULL UNIQUE,
            weight INTEGER NOT NULL, flavor TEXT, options BLOB NOT NULL, state TEXT NOT NULL,
            queues INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL);
        CREATE INDEX pools_flavor ON pools(flavor) WHERE flavor IS NOT NULL;
        CREATE TABLE queues(
            project TEXT NOT NULL, name TEXT NOT NULL, life INTEGER NOT NULL UNIQUE, epoch INTEGER NOT NULL,
            pool INTEGER NOT NULL REFERENCES pools(number), metadata BLOB NOT NULL, version INTEGER NOT NULL,
            PRIMARY KEY(project, name)) WITHOUT ROWID;
        CREATE TABLE flavors(
            project TEXT NOT NULL, name TEXT NOT NULL, required TEXT NOT NULL, lists_pools INTEGER NOT NULL,
            PRIMARY KEY(project, name)) WITHOUT ROWID;
        CREATE TABLE retirements(life INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, pool TEXT NOT NULL);
        CREATE TABLE counters(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO counters(name, value) VALUES ('version', 7), ('pools', 1);
        INSERT INTO pools VALUES (1, 'a', 'memory:a', 10, NULL, x'7b7d', 'open', 2, 3);
        INSERT INTO pools VALUES (2, 'b', 'memory:b', 20, 'gold', x'7b7d', 'open', 1, 4);
        INSERT INTO queues VALUES ('team', 'jobs', 11, 1, 1, x'7b7d', 1);
        INSERT INTO queues VALUES ('team', 'mail', 12, 5, 2, x'7b2261223a317d', 9);
        INSERT INTO queues VALUES ('others', 'jobs', 13, 1, 1, x'7b7d', 1);
        INSERT INTO flavors VALUES ('team', 'gold', 'FIFO', 1);
        PRAGMA application_id = \(0x5765_4361);
        PRAGMA user_version = 1;
        """

    @Test("the first format is brought up to date with all that it holds, once")
    func upgraded() async throws {
        let store = try #require(StoreUnderTest.all.first { $0.name == "sqlite" })
        try await store.withPlace { directory in
            try Connection(path: "\(directory)/catalog.db").execute(Self.first)
            for _ in 0..<2 {
                let catalog = try await store.open(directory)
                let mail = try #require(try await catalog.queue(.named("mail")))
                #expect(mail.life == QueueLife(12) && mail.epoch == Epoch(5) && mail.pool == "b" && mail.version == 9)
                #expect(mail.metadata == Array(#"{"a":1}"#.utf8))
                #expect(try await catalog.queues(of: .named("team"), after: "", limit: 9).map(\.key.name.value) == ["jobs", "mail"])
                #expect(try await catalog.queueCount(of: .named("others")) == 1)
                #expect(try await catalog.insert(.of(.named("new"), life: 13)).isLifeTaken)
                #expect(try await catalog.requirements(ofFlavor: "gold") == [.fifo])
                #expect(try await catalog.pools().map(\.queues) == [2, 1])
                #expect(try await !catalog.isNew())
                await catalog.shutdown()
            }
            let catalog = try await store.open(directory)
            let jobs = try #require(try await catalog.queue(.named("jobs")))
            try await catalog.change(try await catalog.begin(.of(jobs)), switching: .of(jobs)) { $0.hasEnded = true }
            #expect(try await catalog.pools().map(\.queues) == [1, 2])
            #expect(try await catalog.insert(.of("x"), now: .start))
            await catalog.shutdown()
        }
    }
}
