extension DescribedOperation {
    private static let patchType = "application/openstack-messaging-v2.0-json-patch"

    static let queues: [DescribedOperation] = [
        DescribedOperation(
            "GET", .queues, in: [.v2], topics: true, "List topics", taking: ["marker", "limit", "detailed", "name"],
            [200: .json("TopicList", "A page of topics.")]),
        DescribedOperation(
            "GET", .queues, in: [.v2], topics: false, "List queues", taking: ["marker", "limit", "detailed", "name", "with_count"],
            [200: .json("QueueList", "A page of queues.")]),
        DescribedOperation(
            "GET", .queues, in: [.v1_1], "List queues", taking: ["marker", "limit", "detailed"],
            [200: .json("QueueList", "A page of queues.")]),
        DescribedOperation(
            "GET", .queues, in: [.v1], "List queues", taking: ["marker", "limit", "detailed"],
            [200: .json("QueueList", "A page of queues."), 204: .empty("There are none.")]),
        DescribedOperation(
            "GET", .queue, in: [.v1_1, .v2], "Show a queue's metadata", [200: .json("Metadata", "The metadata.")]),
        DescribedOperation(
            "GET", .queue, in: [.v1], "Whether a queue exists",
            [204: .empty("It does."), 404: .empty("It does not.")]),
        DescribedOperation(
            "HEAD", .queue, "Whether a queue exists", [204: .empty("It does."), 404: .empty("It does not.")]),
        DescribedOperation(
            "PUT", .queue, in: [.v1_1, .v2], "Create a queue", body: Body(schema: "Metadata", isRequired: false),
            [201: .empty("It was created."), 204: .empty("It was there and stays as it is.")]),
        DescribedOperation(
            "PUT", .queue, in: [.v1], "Create a queue",
            [201: .empty("It was created."), 204: .empty("It was there and stays as it is.")]),
        DescribedOperation("DELETE", .queue, "Delete a queue with its messages", [204: .empty("It is gone.")]),
        DescribedOperation(
            "PATCH", .queue, "Change a queue's metadata", body: Body(schema: "MetadataPatch", mediaType: patchType),
            [200: .json("Metadata", "All of the metadata.")], refusals: [409, 415]),
        DescribedOperation("GET", .route, "Where a queue is", [200: .json("QueueRoute", "Its route.")]),
        DescribedOperation("GET", .stats, topics: false, "What a queue holds", [200: .json("Stats", "Its figures.")]),
        DescribedOperation(
            "GET", .stats, topics: true, "What a topic holds", [200: .json("TopicStats", "Its figures.")]),
        DescribedOperation("GET", .metadata, "Show a queue's metadata", [200: .json("Metadata", "The metadata.")]),
        DescribedOperation(
            "PUT", .metadata, "Replace a queue's metadata", body: Body(schema: "Metadata"),
            [204: .empty("They are replaced.")]),
        DescribedOperation(
            "POST", .purge, "Delete all that nobody has claimed", body: Body(schema: "Purge", isRequired: false),
            [204: .empty("It is gone.")]),
        DescribedOperation(
            "POST", .share, "Sign access to a queue", body: Body(schema: "Share"),
            [200: .json("Signature", "The signature and what it covers.")]),
    ]
}
