import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("SQLite files of older formats") struct OldFileTests {
    /// What format 1 was, with a queue of a free, a claimed and a delayed message, a retired one that is not empty yet,
    /// and one that is.
    private static let first = """
        CREATE TABLE queues(
            life INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, role INTEGER NOT NULL,
            next_sequence INTEGER NOT NULL DEFAULT 1, messages INTEGER NOT NULL DEFAULT 0,
            claimed INTEGER NOT NULL DEFAULT 0, retired_at INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX queues_retired ON queues(retired_at) WHERE role = 1;
        CREATE INDEX queues_emptied ON queues(retired_at) WHERE role = 2;
        CREATE TABLE bodies(body_id INTEGER PRIMARY KEY, body BLOB NOT NULL);
        CREATE TABLE messages(
            life INTEGER NOT NULL, sequence INTEGER NOT NULL, id BLOB NOT NULL, kept INTEGER,
            body_id INTEGER NOT NULL, client BLOB NOT NULL, ttl INTEGER NOT NULL, created INTEGER NOT NULL,
            expires INTEGER NOT NULL, delayed_until INTEGER NOT NULL, state INTEGER NOT NULL,
            claim BLOB, claimed_until INTEGER NOT NULL DEFAULT 0, claim_count INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY(life, sequence)) WITHOUT ROWID;
        CREATE INDEX messages_free ON messages(life, sequence, expires) WHERE state = 0;
        CREATE INDEX messages_delayed ON messages(delayed_until) WHERE state = 1;
        CREATE INDEX messages_claimed ON messages(life, claim) WHERE state = 2;
        CREATE INDEX messages_expiry ON messages(expires);
        CREATE INDEX messages_client ON messages(life, client);
        CREATE INDEX messages_kept ON messages(life, id) WHERE kept = 1;
        CREATE TABLE claims(
            life INTEGER NOT NULL, claim BLOB NOT NULL, ttl INTEGER NOT NULL, renewed INTEGER NOT NULL,
            expires INTEGER NOT NULL, PRIMARY KEY(life, claim)) WITHOUT ROWID;
        CREATE INDEX claims_expiry ON claims(expires);
        INSERT INTO queues VALUES (11, 3, 0, 9, 3, 1, 0), (12, 1, 1, 2, 1, 0, 1900000000000),
            (13, 1, 2, 1, 0, 0, 1900000000000);
        INSERT INTO bodies VALUES (1, '"a"'), (2, '"b"'), (3, '"c"'), (4, '"d"');
        INSERT INTO messages VALUES
            (11, 2, x'0000000000000001000000000000000a', 1, 1, x'0061', 3600, 1900000000000, 1900003600000, 0, 0,
                NULL, 0, 0),
            (11, 5, x'0000000000000002000000000000000b', 1, 2, x'0061', 3600, 1900000000000, 1900003600000, 0, 2,
                x'00000000000000070000000000000008', 1900000300000, 1),
            (11, 8, x'0000000000000003000000000000000c', 1, 3, x'0061', 3600, 1900000000000, 1900003600000,
                1900000060000, 1, NULL, 0, 0),
            (12, 1, x'0000000000000004000000000000000d', 1, 4, x'0061', 3600, 1900000000000, 1900003600000, 0, 0,
                NULL, 0, 0);
        INSERT INTO claims VALUES (11, x'00000000000000070000000000000008', 300, 1900000000000, 1900000300000);
        PRAGMA application_id = \(0x5765_6972);
        PRAGMA user_version = 1;
        """

    /// What format 2 had besides.
    private static let second = """
        ALTER TABLE queues ADD COLUMN turn INTEGER;
        ALTER TABLE queues ADD COLUMN capture INTEGER;
        ALTER TABLE queues ADD COLUMN fence INTEGER;
        ALTER TABLE queues ADD COLUMN unfenced INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE queues ADD COLUMN first_mark INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE queues ADD COLUMN last_mark INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE queues ADD COLUMN marks INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE queues ADD COLUMN has_old_marks INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX queues_old_marks ON queues(life) WHERE has_old_marks = 1;
        DROP INDEX queues_emptied;
        CREATE INDEX queues_ended ON queues(retired_at) WHERE role IN (2, 7);
        CREATE TABLE changes(
            life INTEGER NOT NULL, key NOT NULL, mark INTEGER NOT NULL, PRIMARY KEY(life, key)) WITHOUT ROWID;
        CREATE UNIQUE INDEX changes_mark ON changes(life, mark);
        PRAGMA user_version = 2;
        """

    @Test("an older format is brought up to date with all that it holds, once", arguments: [[first], [first, second]])
    func upgraded(format: [String]) async throws {
        try await PoolFile.with { file in
            for step in format { try file.execute(step) }
            let clock = ManualClock()
            for round in 1...2 {
                try await file.withPool { pool in
                    let queue = QueueUnderTest(
                        pool: pool, ref: QueueRef(life: QueueLife(11), epoch: Epoch(3)), clock: clock)
                    #expect(try await queue.everything().texts == ["a", "b", "c"])
                    #expect(try await queue.list().texts == ["a"])
                    #expect(try await queue.show(ClaimID(high: 7, low: 8))?.messages.texts == ["b"])
                    #expect(try await queue.stats().claimed == 1)
                    #expect(try await queue.lastSequence() == 8)
                    for life: Int64 in [12, 13] {
                        let ended = QueueRef(life: QueueLife(life), epoch: .first)
                        await #expect(throws: StorageError.staleRoute) { try await pool.open(ended, now: clock.now()) }
                    }
                    let start = try await pool.beginCapture(of: queue.ref, for: 7)
                    #expect(start == (round == 1 ? .began : .continued))
                    let findings = try await pool.inspect(queue.ref.life, repairing: false, now: clock.now())
                    #expect(findings.isEmpty)
                    let lives = try await pool.lives(after: QueueLife(0), limit: 9)
                    #expect(lives.map(\.life) == [queue.ref.life])
                }
            }
            #expect(try file.number("PRAGMA user_version") == 3)
            try await file.withPool { pool in
                let queue = QueueUnderTest(
                    pool: pool, ref: QueueRef(life: QueueLife(11), epoch: Epoch(3)), clock: clock)
                try await queue.post("d", "e")
                #expect(try await queue.everything().texts == ["a", "b", "c", "d", "e"])
                #expect(try await queue.claim(2).delivered.texts == ["a", "d"])
                #expect(try file.strays() == 0)
            }
            clock.advance(seconds: Limits.tombstoneSeconds)
            try await file.withPool { pool in while try await pool.collect(1, now: clock.now()) {} }
            #expect(try file.number("SELECT group_concat(life) FROM queues") == 11)
            #expect(try file.contents() == Contents())
        }
    }
}
