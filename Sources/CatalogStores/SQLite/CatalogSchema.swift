internal import SQLiteEngine

/// The tables of a catalog file. To change the format, proceed as for pool files: raise `version`, add a step.
enum CatalogSchema {
    static let version = 5

    /// "WeCa" in ASCII.
    static let applicationID = 0x5765_4361

    /// Pools are named by number in the rows of queues, which there may be millions of.
    private static let tables = """
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
        INSERT INTO counters(name, value) VALUES ('version', 0);
        """

    /// Since version 2: what the flavors of one name require, whoever's they are; the audit log; which queues changed.
    private static let requirementsAndLogs = """
        CREATE INDEX flavors_required ON flavors(name, required);

        CREATE TABLE audit(
            number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
            subject TEXT NOT NULL, before BLOB NOT NULL, after BLOB NOT NULL);

        CREATE TABLE changes(
            number INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, name TEXT NOT NULL);
        """

    /// Since version 3: rows of queues name their project by number, and lives are unique by a table of their own, for
    /// an index on queues would hold project and name a second time.
    private static let smallQueues = """
        CREATE TABLE projects(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        INSERT INTO projects(name) SELECT DISTINCT project FROM queues;
        CREATE TABLE lives(life INTEGER PRIMARY KEY);
        INSERT INTO lives SELECT life FROM queues ORDER BY life;
        ALTER TABLE queues RENAME TO large_queues;
        CREATE TABLE queues(
            project INTEGER NOT NULL, name TEXT NOT NULL, life INTEGER NOT NULL, epoch INTEGER NOT NULL,
            pool INTEGER NOT NULL REFERENCES pools(number), metadata BLOB NOT NULL, version INTEGER NOT NULL,
            PRIMARY KEY(project, name)) WITHOUT ROWID;
        INSERT INTO queues
            SELECT r.number, q.name, q.life, q.epoch, q.pool, q.metadata, q.version
            FROM large_queues q JOIN projects r ON r.name = q.project ORDER BY r.number, q.name;
        DROP TABLE large_queues;
        """

    /// Since version 4: migrations. One index has those that are over and those that are not, each kind in the order of
    /// the numbers; the others have those that are not alone, and stay small.
    private static let migrations = """
        CREATE TABLE migrations(
            number INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, name TEXT NOT NULL, life INTEGER NOT NULL,
            source TEXT NOT NULL, target TEXT NOT NULL, state TEXT NOT NULL, has_ended INTEGER NOT NULL DEFAULT 0,
            document BLOB NOT NULL, version INTEGER NOT NULL DEFAULT 1);
        CREATE INDEX migrations_ended ON migrations(has_ended);
        CREATE UNIQUE INDEX migrations_life ON migrations(life) WHERE has_ended = 0;
        CREATE INDEX migrations_source ON migrations(source) WHERE has_ended = 0;
        CREATE INDEX migrations_target ON migrations(target) WHERE has_ended = 0;
        INSERT INTO counters(name, value) VALUES ('ended', 0);
        """

    /// Since version 5: documents. Those that end are found by when.
    private static let documents = """
        CREATE TABLE documents(
            number INTEGER PRIMARY KEY, kind TEXT NOT NULL, project TEXT NOT NULL, owner TEXT NOT NULL,
            name TEXT NOT NULL, content BLOB NOT NULL, expires INTEGER, version INTEGER NOT NULL,
            UNIQUE(kind, project, owner, name));
        CREATE INDEX documents_expires ON documents(expires) WHERE expires IS NOT NULL;
        """

    /// Changes nothing of a file that is not a catalog.
    static func inspect(_ connection: Connection) throws(SQLiteFailure) {
        try connection.inspectFile(applicationID: applicationID, version: version)
    }

    static func prepare(_ connection: Connection) throws(SQLiteFailure) {
        try connection.prepareFile(applicationID: applicationID, version: version) {
            (connection, found) throws(SQLiteFailure) in
            if found < 1 { try connection.execute(tables) }
            if found < 2 { try connection.execute(requirementsAndLogs) }
            if found < 3 { try connection.execute(smallQueues) }
            if found < 4 { try connection.execute(migrations) }
            if found < 5 { try connection.execute(documents) }
        }
    }
}
