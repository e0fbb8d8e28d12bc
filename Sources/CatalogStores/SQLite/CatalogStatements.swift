internal import SQLiteEngine

/// The prepared statements of one connection to a catalog file.
final class CatalogStatements {
    let queue: Statement
    let life: Statement
    let addLife: Statement
    let deleteLife: Statement
    let project: Statement
    let projects: Statement
    let addProject: Statement
    let deleteEmptyProject: Statement
    let insertQueue: Statement
    let replaceQueue: Statement
    let deleteQueue: Statement
    let queues: Statement
    let queueCount: Statement
    let addRetirement: Statement
    let retirements: Statement
    let deleteRetirement: Statement

    let pool: Statement
    let pools: Statement
    let poolNumber: Statement
    let openPool: Statement
    let poolWithURI: Statement
    let putPool: Statement
    let deletePool: Statement
    let countQueue: Statement
    let flavorCarriers: Statement

    let flavor: Statement
    let flavors: Statement
    let requirements: Statement
    let putFlavor: Statement
    let deleteFlavor: Statement
    let attach: Statement
    let detach: Statement

    let addMigration: Statement
    let migration: Statement
    let migrationOfLife: Statement
    let migrations: Statement
    let migrationsByEnd: Statement
    let replaceMigration: Statement
    let countMoves: Statement
    let countEnded: Statement
    let forgetMigrations: Statement

    let addAudit: Statement
    let audit: Statement
    let addChange: Statement
    let forgetChanges: Statement
    let changeEnds: Statement
    let changes: Statement

    let nextVersion: Statement
    let hadPools: Statement
    let markPools: Statement

    init(_ connection: Connection) throws(SQLiteFailure) {
        func prepare(_ sql: String) throws(SQLiteFailure) -> Statement { try connection.prepare(sql) }
        let queueSource = """
            SELECT q.life, q.epoch, p.name, q.metadata, q.version, q.name
            FROM projects r CROSS JOIN queues q ON q.project = r.number JOIN pools p ON p.number = q.pool
            """
        queue = try prepare("\(queueSource) WHERE r.name = ?1 AND q.name = ?2")
        life = try prepare("SELECT 1 FROM lives WHERE life = ?1")
        addLife = try prepare("INSERT OR IGNORE INTO lives(life) VALUES (?1)")
        deleteLife = try prepare("DELETE FROM lives WHERE life = ?1")
        project = try prepare("SELECT number FROM projects WHERE name = ?1")
        projects = try prepare("SELECT name FROM projects WHERE name > ?1 ORDER BY name LIMIT ?2")
        addProject = try prepare("INSERT INTO projects(name) VALUES (?1)")
        deleteEmptyProject = try prepare(
            "DELETE FROM projects WHERE number = ?1 AND NOT EXISTS (SELECT 1 FROM queues WHERE project = ?1)")
        insertQueue = try prepare(
            """
            INSERT INTO queues(project, name, life, epoch, pool, metadata, version)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """)
        replaceQueue = try prepare(
            """
            UPDATE queues SET epoch = ?3, pool = ?4, metadata = ?5, version = ?6 WHERE project = ?1 AND name = ?2
            """)
        deleteQueue = try prepare("DELETE FROM queues WHERE project = ?1 AND name = ?2")
        queues = try prepare("\(queueSource) WHERE r.name = ?1 AND q.name > ?2 ORDER BY q.name LIMIT ?3")
        queueCount = try prepare("SELECT count(*) FROM queues WHERE project = ?1")
        addRetirement = try prepare("INSERT OR REPLACE INTO retirements(life, epoch, pool) VALUES (?1, ?2, ?3)")
        retirements = try prepare("SELECT life, epoch, pool FROM retirements WHERE life > ?1 ORDER BY life LIMIT ?2")
        deleteRetirement = try prepare("DELETE FROM retirements WHERE life = ?1")

        let poolSource = "SELECT name, uri, weight, flavor, options, state, queues, version FROM pools"
        pool = try prepare("\(poolSource) WHERE name = ?1")
        pools = try prepare("\(poolSource) ORDER BY name")
        poolNumber = try prepare("SELECT number FROM pools WHERE name = ?1")
        openPool = try prepare("SELECT number FROM pools WHERE name = ?1 AND state = 'open' AND weight > 0")
        poolWithURI = try prepare("SELECT name FROM pools WHERE uri = ?1")
        putPool = try prepare(
            """
            INSERT INTO pools(name, uri, weight, flavor, options, state, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT(name) DO UPDATE
            SET uri = ?2, weight = ?3, flavor = ?4, options = ?5, state = ?6, version = ?7
            """)
        deletePool = try prepare("DELETE FROM pools WHERE name = ?1")
        countQueue = try prepare("UPDATE pools SET queues = queues + ?2 WHERE number = ?1")
        flavorCarriers = try prepare("SELECT count(*) FROM pools WHERE flavor = ?1")

        let flavorSource = "SELECT name, required, lists_pools FROM flavors WHERE project = ?1"
        flavor = try prepare("\(flavorSource) AND name = ?2")
        flavors = try prepare("\(flavorSource) AND name > ?2 ORDER BY name LIMIT ?3")
        requirements = try prepare(
            "SELECT DISTINCT required FROM flavors INDEXED BY flavors_required WHERE name = ?1")
        putFlavor = try prepare(
            """
            INSERT INTO flavors(project, name, required, lists_pools) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT(project, name) DO UPDATE SET required = ?3, lists_pools = ?4
            """)
        deleteFlavor = try prepare("DELETE FROM flavors WHERE project = ?1 AND name = ?2")
        attach = try prepare("UPDATE pools SET flavor = ?2, version = ?3 WHERE name = ?1")
        detach = try prepare("UPDATE pools SET flavor = NULL, version = ?2 WHERE flavor = ?1")

        let migrationFields = "number, project, name, life, source, target, state, has_ended, document, version"
        addMigration = try prepare(
            """
            INSERT INTO migrations(project, name, life, source, target, state, document)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """)
        migration = try prepare("SELECT \(migrationFields) FROM migrations WHERE number = ?1")
        migrationOfLife = try prepare("SELECT \(migrationFields) FROM migrations WHERE life = ?1 AND has_ended = 0")
        let filter = """
            number > ?1 AND (?3 IS NULL OR state = ?3) AND (?4 IS NULL OR project = ?4) AND (?5 IS NULL OR name = ?5)
            AND (?6 IS NULL OR source = ?6 OR target = ?6) ORDER BY number LIMIT ?2
            """
        migrations = try prepare("SELECT \(migrationFields) FROM migrations WHERE \(filter)")
        migrationsByEnd = try prepare(
            """
            SELECT \(migrationFields) FROM migrations INDEXED BY migrations_ended WHERE has_ended = ?7 AND \(filter)
            """)
        replaceMigration = try prepare(
            "UPDATE migrations SET state = ?2, has_ended = ?3, document = ?4, version = ?5 WHERE number = ?1")
        countMoves = try prepare(
            """
            SELECT (SELECT count(*) FROM migrations INDEXED BY migrations_source WHERE source = ?1 AND has_ended = 0)
                + (SELECT count(*) FROM migrations INDEXED BY migrations_target
                    WHERE target = ?1 AND source <> ?1 AND has_ended = 0)
            """)
        countEnded = try prepare("UPDATE counters SET value = value + ?1 WHERE name = 'ended' RETURNING value")
        forgetMigrations = try prepare(
            """
            DELETE FROM migrations WHERE number IN (
                SELECT number FROM migrations INDEXED BY migrations_ended WHERE has_ended = 1 ORDER BY number LIMIT ?1)
            """)

        addAudit = try prepare(
            "INSERT INTO audit(at, actor, action, subject, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        audit = try prepare(
            """
            SELECT number, at, actor, action, subject, before, after FROM audit WHERE number > ?1 ORDER BY number LIMIT ?2
            """)
        addChange = try prepare("INSERT INTO changes(project, name) VALUES (?1, ?2)")
        forgetChanges = try prepare("DELETE FROM changes WHERE number <= ?1")
        changeEnds = try prepare("SELECT ifnull(min(number), 0), ifnull(max(number), 0) FROM changes")
        changes = try prepare("SELECT number, project, name FROM changes WHERE number > ?1 ORDER BY number LIMIT ?2")

        nextVersion = try prepare("UPDATE counters SET value = value + 1 WHERE name = 'version' RETURNING value")
        hadPools = try prepare("SELECT 1 FROM counters WHERE name = 'pools'")
        markPools = try prepare("INSERT OR IGNORE INTO counters(name, value) VALUES ('pools', 1)")
    }
}
