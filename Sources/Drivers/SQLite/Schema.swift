internal import SQLiteEngine

/// The tables of a pool file.
///
/// To change a stored format: raise `version`, add the step from the version before to `migrate`, and keep every
/// earlier step, so that a file of any age is brought up to date when it is opened.
enum Schema {
    static let version = 3

    /// "Weir" in ASCII: says whose file this is (`PRAGMA application_id`).
    static let applicationID = 0x5765_6972

    /// States of a message. A message changes from delayed or claimed to free when `PoolSession.settle` comes by;
    /// until then reads decide by the times.
    enum State {
        static let free = 0
        static let delayed = 1
        static let claimed = 2
    }

    /// Roles of a queue's header.
    enum Role {
        static let serving = 0
        /// Its life is over; records of it may be left.
        static let retired = 1
        /// Its life is over and nothing is left but the header, which keeps stale nodes out.
        static let emptied = 2
        /// A shadow, and one of which a part is removed already.
        static let importing = 3
        static let clearingShadow = 4
        /// Another pool has taken its place: the copy that was left, a part of it, and the header alone.
        static let moved = 5
        static let clearingMoved = 6
        static let cleared = 7
    }

    /// Bodies stand apart from messages, so that a claim rewrites a small row whatever the size of the body.
    /// The partial indexes keep claims from ever passing over messages that cannot be taken; the one of clients keeps
    /// a listing that hides the caller's own messages from passing over a million of those.
    private static let tables = """
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
        """

    /// Since version 2: what a queue that moves has besides its role. `turn` is the one that imports, has finalised or
    /// has moved it. `retired_at` is when a queue moved, too. A mark has the sequence of a message or the id of a claim
    /// as its key; those up to `first_mark` are of captures that are over, and `marks` counts the others.
    private static let moves = """
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
        """

    /// Since version 3: messages that were posted together are one row and one body until something happens to one of
    /// them. Then each gets its row, and `start` and `length` say where it lies in the body of all; they are null if the
    /// body is its own. `opened` counts those that still lie in such a body. `expires` is when the first one does.
    private static let parcels = """
        ALTER TABLE messages ADD COLUMN start INTEGER;
        ALTER TABLE messages ADD COLUMN length INTEGER;

        CREATE TABLE parcels(
            life INTEGER NOT NULL, last INTEGER NOT NULL, first INTEGER NOT NULL, body_id INTEGER NOT NULL,
            client BLOB NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL, records BLOB NOT NULL,
            PRIMARY KEY(life, last)) WITHOUT ROWID;
        CREATE INDEX parcels_expiry ON parcels(expires);
        CREATE INDEX parcels_client ON parcels(life, client);

        CREATE TABLE opened(body_id INTEGER PRIMARY KEY, messages INTEGER NOT NULL);
        """

    /// Changes nothing of a file that is not a pool.
    static func inspect(_ connection: Connection) throws(SQLiteFailure) {
        try connection.inspectFile(applicationID: applicationID, version: version)
    }

    /// Brings the file of `connection` to the present version.
    static func prepare(_ connection: Connection) throws(SQLiteFailure) {
        try connection.prepareFile(applicationID: applicationID, version: version) {
            (connection, found) throws(SQLiteFailure) in
            if found < 1 { try connection.execute(tables) }
            if found < 2 { try connection.execute(moves) }
            if found < 3 { try connection.execute(parcels) }
        }
    }
}
