internal import RedisEngine

/// The scripts: each operation is one, so that it is one atomic step. They stand in Scripts, and share
/// the beginnings that are put before them here.
enum Script: Int, CaseIterable {
    case queue, insert, replace, remove, retired, list, existing
    case pools, putPool, removePool
    case putFlavor, removeFlavor, listFlavors
    case changes
    case begin, replaceMigration, migration, migrationOfLife, listMigrations
    case document, insertDocument, replaceDocument, removeDocument, listDocuments, countDocuments, collectDocuments
    case upgrade

    var index: RedisScript.Index { RedisScript.Index(rawValue) }

    /// In the order of their indices.
    static var sources: [RedisScript] {
        allCases.map { RedisScript(source: Array($0.parts.joined(separator: [UInt8(ascii: "\n")]))) }
    }

    private var parts: [[UInt8]] {
        typealias Text = PackageResources
        let body: [[UInt8]] =
            switch self {
            case .queue: [Text.queues_lua, Text.queue_lua]
            case .insert: [Text.queues_lua, Text.insert_lua]
            case .replace: [Text.queues_lua, Text.replace_lua]
            case .remove: [Text.queues_lua, Text.retirements_lua, Text.remove_lua]
            case .retired: [Text.retirements_lua, Text.retired_lua]
            case .list: [Text.queues_lua, Text.list_lua]
            case .existing: [Text.queues_lua, Text.existing_lua]
            case .pools: [Text.pools_lua]
            case .putPool: [Text.notes_lua, Text.carriers_lua, Text.put_pool_lua]
            case .removePool: [Text.notes_lua, Text.remove_pool_lua]
            case .putFlavor: [Text.notes_lua, Text.carriers_lua, Text.flavors_lua, Text.put_flavor_lua]
            case .removeFlavor: [Text.notes_lua, Text.carriers_lua, Text.flavors_lua, Text.remove_flavor_lua]
            case .listFlavors: [Text.list_flavors_lua]
            case .changes: [Text.changes_lua]
            case .begin: [Text.notes_lua, Text.queues_lua, Text.migrations_lua, Text.begin_lua]
            case .replaceMigration:
                [Text.notes_lua, Text.queues_lua, Text.migrations_lua, Text.replace_migration_lua]
            case .migration: [Text.migrations_lua, Text.migration_lua]
            case .migrationOfLife: [Text.migrations_lua, Text.migration_of_life_lua]
            case .listMigrations: [Text.migrations_lua, Text.list_migrations_lua]
            case .document: [Text.documents_lua, Text.document_lua]
            case .insertDocument: [Text.documents_lua, Text.insert_document_lua]
            case .replaceDocument: [Text.documents_lua, Text.replace_document_lua]
            case .removeDocument: [Text.documents_lua, Text.remove_document_lua]
            case .listDocuments: [Text.documents_lua, Text.list_documents_lua]
            case .countDocuments: [Text.documents_lua, Text.count_documents_lua]
            case .collectDocuments: [Text.documents_lua, Text.collect_documents_lua]
            case .upgrade: [Text.upgrade_lua]
            }
        return [Text.keys_lua] + body
    }

    var changesStore: Bool {
        switch self {
        case .queue, .list, .existing, .pools, .listFlavors, .changes: false
        case .migration, .migrationOfLife, .listMigrations, .document: false
        case .listDocuments, .countDocuments: false
        case .insert, .replace, .remove, .retired, .putPool, .removePool, .putFlavor, .removeFlavor: true
        case .insertDocument, .replaceDocument, .removeDocument, .collectDocuments: true
        case .begin, .replaceMigration, .upgrade: true
        }
    }
}
