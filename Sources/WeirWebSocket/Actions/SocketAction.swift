/// What a client may ask for. Zaqar's schema declares more (pools, flavors, health), which it never had here: those are
/// unknown, and have the HTTP API.
enum SocketAction: String, CaseIterable {
    case authenticate
    case queueCreate = "queue_create"
    case queueList = "queue_list"
    case queueGet = "queue_get"
    case queueDelete = "queue_delete"
    case queueGetStats = "queue_get_stats"
    case queuePurge = "queue_purge"
    case messagePost = "message_post"
    case messageList = "message_list"
    case messageGet = "message_get"
    case messageGetMany = "message_get_many"
    case messageDelete = "message_delete"
    case messageDeleteMany = "message_delete_many"
    case claimCreate = "claim_create"
    case claimGet = "claim_get"
    case claimUpdate = "claim_update"
    case claimDelete = "claim_delete"
    case subscriptionCreate = "subscription_create"
    case subscriptionList = "subscription_list"
    case subscriptionGet = "subscription_get"
    case subscriptionDelete = "subscription_delete"
}
