extension HomeEntry {
    /// Version 1 writes dashes where the later ones write underscores.
    static let ofV1 = [
        HomeEntry("queues", "/v1/queues{?marker,limit,detailed}", "GET"),
        HomeEntry("queue", "/v1/queues/{queue_name}", "GET", "HEAD", "PUT", "DELETE"),
        HomeEntry("queue-metadata", "/v1/queues/{queue_name}/metadata", "GET", "PUT"),
        HomeEntry("queue-stats", "/v1/queues/{queue_name}/stats", "GET"),
        HomeEntry("messages", "/v1/queues/{queue_name}/messages{?marker,limit,echo,include_claimed}", "GET"),
        HomeEntry("post-messages", "/v1/queues/{queue_name}/messages", "POST"),
        HomeEntry("claim", "/v1/queues/{queue_name}/claims{?limit}", "POST"),
    ]

    static let ofV1_1 = [
        HomeEntry("queues", "/v1.1/queues{?marker,limit,detailed}", "GET"),
        HomeEntry("queue", "/v1.1/queues/{queue_name}", "PUT", "DELETE"),
        HomeEntry("queue_stats", "/v1.1/queues/{queue_name}/stats", "GET"),
        HomeEntry("messages", "/v1.1/queues/{queue_name}/messages{?marker,limit,echo,include_claimed}", "GET"),
        HomeEntry("post_messages", "/v1.1/queues/{queue_name}/messages", "POST"),
        HomeEntry("messages_delete", "/v1.1/queues/{queue_name}/messages{?ids,pop}", "DELETE"),
        HomeEntry("message_delete", "/v1.1/queues/{queue_name}/messages/{message_id}{?claim}", "DELETE"),
        HomeEntry("claim", "/v1.1/queues/{queue_name}/claims/{claim_id}", "GET"),
        HomeEntry("post_claim", "/v1.1/queues/{queue_name}/claims{?limit}", "POST"),
        HomeEntry("patch_claim", "/v1.1/queues/{queue_name}/claims/{claim_id}", "PATCH"),
        HomeEntry("delete_claim", "/v1.1/queues/{queue_name}/claims/{claim_id}", "DELETE"),
        HomeEntry("ping", "/v1.1/ping", "GET"),
    ]

    /// The same entry in another version.
    func moved(to version: APIVersion) -> HomeEntry {
        var entry = self
        entry.template = version.path + template.dropFirst(APIVersion.v2.path.count)
        return entry
    }
}
