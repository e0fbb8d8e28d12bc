internal import RedisEngine

/// The scripts: each operation is one, so that it is one atomic step. They stand in Scripts, and share
/// the beginnings that are put before them here.
enum Script: Int, CaseIterable {
    case open, retire, collect, forget, enlist, markDue
    case post, postParcels, postKept, postOnce, list, messages, position, delete, deleteMany, pop, purge, last, stats
    case claim, showClaim, renew, release
    case beginCapture, endCapture, changes, clearChanges, fence, unfence, markMoved
    case page, claims, census, openShadow, importPart, finalise, clear
    case lives, inspect, inspectEntries, inspectNames, inspectStray, inspectCount

    var index: RedisScript.Index { RedisScript.Index(rawValue) }

    /// In the order of their indices.
    static var sources: [RedisScript] {
        allCases.map { RedisScript(source: Array($0.parts.joined(separator: [UInt8(ascii: "\n")]))) }
    }

    private var parts: [[UInt8]] {
        typealias Text = PackageResources
        return switch self {
        case .open: [Text.keys_lua, Text.open_lua, Text.check_lua, Text.refuse_lua]
        case .retire: [Text.keys_lua, Text.role_lua, Text.retire_lua]
        case .collect: [Text.keys_lua, Text.parts_lua] + Self.settling + [Text.collect_lua]
        case .forget: [Text.forget_lua]
        case .enlist: [Text.enlist_lua]
        case .markDue: [Text.mark_due_lua]
        case .post: Self.changing + [Text.post_one_lua, Text.blocks_lua, Text.store_lua, Text.post_lua]
        case .postParcels:
            [Text.keys_lua, Text.check_lua, Text.parts_lua, Text.capture_lua, Text.blocks_lua, Text.post_parcels_lua]
        case .postKept: Self.changing + Self.finding + [Text.blocks_lua, Text.store_lua, Text.post_kept_lua]
        case .postOnce: Self.changing + Self.finding + [Text.blocks_lua, Text.store_lua, Text.post_once_lua]
        case .last: [Text.keys_lua, Text.check_lua, Text.refuse_lua, Text.last_lua]
        case .list: Self.checked + Self.parcels + Self.reading + [Text.due_lua, Text.list_lua]
        case .messages: Self.checked + Self.finding + Self.records + [Text.find_all_lua, Text.messages_lua]
        case .position: Self.checked + Self.finding + [Text.position_lua]
        case .delete: Self.changing + [Text.delete_held_lua] + Self.removing + [Text.delete_lua]
        case .deleteMany: Self.changing + Self.removing + [Text.heads_lua, Text.find_all_lua, Text.delete_many_lua]
        case .pop: Self.changing + Self.removing + Self.records + Self.reading + [Text.due_lua, Text.pop_lua]
        case .purge: Self.changing + Self.removing + Self.reading + [Text.due_lua, Text.purge_lua]
        case .stats: Self.checked + Self.parcels + [Text.due_lua, Text.stats_lua]
        case .claim: Self.changing + Self.finding + Self.reading + [Text.heads_lua, Text.due_lua, Text.claim_lua]
        case .showClaim: Self.checked + Self.finding + Self.records + [Text.show_claim_lua]
        case .renew: Self.changing + Self.finding + [Text.heads_lua, Text.renew_lua]
        case .release: Self.changing + Self.finding + [Text.free_lua, Text.release_lua]
        case .beginCapture: Self.served + [Text.begin_capture_lua]
        case .endCapture: Self.role + [Text.end_capture_lua]
        case .changes: Self.served + [Text.parts_lua] + Self.parcels + Self.records + [Text.changes_lua]
        case .clearChanges: Self.served + [Text.clear_changes_lua]
        case .fence: Self.served + [Text.fence_lua]
        case .unfence: Self.served + [Text.unfence_lua]
        case .markMoved: Self.role + [Text.mark_moved_lua]
        case .page: Self.known + Self.parcels + Self.reading + Self.records + [Text.page_lua]
        case .claims: Self.known + [Text.claims_lua]
        case .census: Self.known + Self.parcels + [Text.due_lua, Text.stats_lua]
        case .openShadow: Self.role + [Text.open_shadow_lua]
        case .importPart: Self.role + [Text.parts_lua] + Self.removing + [Text.free_lua, Text.import_lua]
        case .finalise: Self.role + [Text.finalise_lua]
        case .clear: Self.role + [Text.clear_lua]
        case .lives: [Text.lives_lua]
        case .inspect: Self.known + Self.settling + [Text.capture_lua, Text.inspect_lua]
        case .inspectEntries: Self.known + Self.settling + [Text.inspect_entries_lua]
        case .inspectNames: Self.known + [Text.inspect_names_lua]
        case .inspectStray: Self.known + [Text.inspect_stray_lua]
        case .inspectCount: Self.known + [Text.inspect_count_lua]
        }
    }

    /// Before work for a client: the header is checked before anything else is done.
    private static let checked = [
        PackageResources.keys_lua, PackageResources.check_lua, PackageResources.refuse_lua, PackageResources.parts_lua,
    ]
    /// Before work for a client that changes something.
    private static let changing = checked + [PackageResources.capture_lua]
    /// Before work that depends on the role.
    private static let role = [PackageResources.keys_lua, PackageResources.role_lua]
    /// Before work on a queue that is served, fenced or not.
    private static let served = role + [PackageResources.served_lua]
    /// Before work on what the pool holds of a life, whatever the role.
    private static let known = role + [PackageResources.known_lua, PackageResources.parts_lua]

    // Of what scripts share each gets what it uses: a function that is not called costs time all the same.
    private static let parcels = [PackageResources.values_lua, PackageResources.parcels_lua]
    private static let records = [PackageResources.heads_lua, PackageResources.records_lua]
    private static let finding = parcels + [PackageResources.find_lua]
    private static let removing = finding + [PackageResources.remove_lua]
    private static let settling =
        removing + [PackageResources.heads_lua, PackageResources.free_lua, PackageResources.settle_lua]
    private static let reading = [PackageResources.sealed_lua, PackageResources.reading_lua]
}
