internal import RedisEngine

/// The scripts: each operation is one, so that it is one atomic step. They stand in Scripts, and share
/// the beginnings that are put before them here.
enum Script: Int, CaseIterable {
    case open, retire, collect, forget
    case post, postKept, list, messages, position, delete, deleteMany, pop, purge, last, stats
    case claim, showClaim, renew, release

    var index: RedisScript.Index { RedisScript.Index(rawValue) }

    /// In the order of their indices.
    static var sources: [RedisScript] {
        allCases.map { RedisScript(source: Array($0.parts.joined(separator: [UInt8(ascii: "\n")]))) }
    }

    private var parts: [[UInt8]] {
        typealias Text = PackageResources
        switch self {
        case .open: return [Text.open_lua]
        case .forget: return [Text.forget_lua]
        case .retire: return [Text.keys_lua, Text.retire_lua]
        case .collect: return [Text.keys_lua, Text.queue_lua, Text.collect_lua]
        case .post: return [Text.keys_lua, Text.check_lua, Text.store_lua, Text.post_lua]
        case .postKept: return Self.checked + [Text.store_lua, Text.post_kept_lua]
        case .last: return [Text.keys_lua, Text.check_lua, Text.last_lua]
        case .list: return Self.checked + [Text.list_lua]
        case .messages: return Self.checked + [Text.messages_lua]
        case .position: return Self.checked + [Text.position_lua]
        case .delete: return Self.checked + [Text.delete_lua]
        case .deleteMany: return Self.checked + [Text.delete_many_lua]
        case .pop: return Self.checked + [Text.pop_lua]
        case .purge: return Self.checked + [Text.purge_lua]
        case .stats: return Self.checked + [Text.stats_lua]
        case .claim: return Self.checked + [Text.claim_lua]
        case .showClaim: return Self.checked + [Text.show_claim_lua]
        case .renew: return Self.checked + [Text.renew_lua]
        case .release: return Self.checked + [Text.release_lua]
        }
    }

    /// Before work on a queue: the header is checked before anything else is done.
    private static let checked = [PackageResources.keys_lua, PackageResources.check_lua, PackageResources.queue_lua]

    /// How many of the keys that `keys.lua` lists it is given.
    var keys: Int {
        switch self {
        case .open: 1
        case .last: 2
        default: QueueKeys.names.count
        }
    }
}
