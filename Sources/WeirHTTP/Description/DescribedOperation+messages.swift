extension DescribedOperation {
    static let messages: [DescribedOperation] = [
        DescribedOperation(
            "GET", .messages, in: [.v2], "List messages, or get some by their ids",
            taking: ["marker", "limit", "echo", "include_claimed", "include_delayed", "ids", "Prefer"],
            [200: .json("MessageList", "Messages in the order in which they were posted.")]),
        DescribedOperation(
            "GET", .messages, in: [.v1_1], "List messages, or get some by their ids",
            taking: ["marker", "limit", "echo", "include_claimed", "ids", "Prefer"],
            [200: .json("MessageList", "Messages in the order in which they were posted.")]),
        DescribedOperation(
            "GET", .messages, in: [.v1], "List messages, or get some by their ids",
            taking: ["marker", "limit", "echo", "include_claimed", "ids", "Prefer"],
            [
                200: .json("MessageListV1", "Messages in the order in which they were posted."),
                204: .empty("There are none."),
            ]),
        DescribedOperation(
            "POST", .messages, in: [.v1_1, .v2], "Post messages", body: Body(schema: "Post"),
            [201: .json("Posted", "All are stored.")]),
        DescribedOperation(
            "POST", .messages, in: [.v1], "Post messages", body: Body(schema: "PostV1"),
            [201: .json("Posted", "All are stored.")]),
        DescribedOperation(
            "DELETE", .messages, in: [.v2], "Delete messages by their ids, or take some away",
            taking: ["ids", "claim_ids", "pop"],
            [200: .json("Popped", "Those that were taken away."), 204: .empty("They are gone.")], refusals: [403]),
        DescribedOperation(
            "DELETE", .messages, in: [.v1_1], "Delete messages by their ids, or take some away", taking: ["ids", "pop"],
            [200: .json("Popped", "Those that were taken away."), 204: .empty("They are gone.")]),
        DescribedOperation(
            "DELETE", .messages, in: [.v1], "Delete messages by their ids", taking: ["ids"],
            [204: .empty("They are gone.")]),
        DescribedOperation(
            "GET", .message, in: [.v1_1, .v2], "Show a message", [200: .json("Message", "The message.")]),
        DescribedOperation("GET", .message, in: [.v1], "Show a message", [200: .json("MessageV1", "The message.")]),
        DescribedOperation(
            "DELETE", .message, "Delete a message", taking: ["claim_id"], [204: .empty("It is gone.")],
            refusals: [403]),
    ]

    static let claims: [DescribedOperation] = [
        DescribedOperation(
            "POST", .claims, in: [.v1_1, .v2], "Claim messages", taking: ["limit", "Prefer"],
            body: Body(schema: "ClaimTerms", isRequired: false),
            [201: .json("Claimed", "The messages claimed."), 204: .empty("There is nothing to claim.")]),
        DescribedOperation(
            "POST", .claims, in: [.v1], "Claim messages", taking: ["limit", "Prefer"],
            body: Body(schema: "ClaimTermsV1"),
            [201: .json("ClaimedV1", "The messages claimed."), 204: .empty("There is nothing to claim.")]),
        DescribedOperation("GET", .claim, in: [.v1_1, .v2], "Show a claim", [200: .json("Claim", "The claim.")]),
        DescribedOperation("GET", .claim, in: [.v1], "Show a claim", [200: .json("ClaimV1", "The claim.")]),
        DescribedOperation(
            "PATCH", .claim, in: [.v1_1, .v2], "Renew a claim", body: Body(schema: "ClaimTerms"),
            [204: .empty("Its time begins anew.")]),
        DescribedOperation(
            "PATCH", .claim, in: [.v1], "Renew a claim", body: Body(schema: "ClaimRenewalV1"),
            [204: .empty("Its time begins anew.")]),
        DescribedOperation("DELETE", .claim, "Release a claim", [204: .empty("Its messages are free.")]),
    ]
}
