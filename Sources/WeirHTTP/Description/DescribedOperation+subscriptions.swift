extension DescribedOperation {
    static let subscriptions: [DescribedOperation] = [
        DescribedOperation(
            "GET", .subscriptions, "List subscriptions", taking: ["marker", "limit"],
            [200: .json("SubscriptionList", "A page of subscriptions.")]),
        DescribedOperation(
            "POST", .subscriptions, "Subscribe", body: Body(schema: "NewSubscription"),
            [201: .json("Subscribed", "It is stored, or was and is not confirmed yet.")], refusals: [409]),
        DescribedOperation(
            "GET", .subscription, "Show a subscription", [200: .json("Subscription", "The subscription.")]),
        DescribedOperation(
            "PATCH", .subscription, "Change a subscription", body: Body(schema: "SubscriptionChange"),
            [204: .empty("It is changed.")], refusals: [409]),
        DescribedOperation("DELETE", .subscription, "Unsubscribe", [204: .empty("It is gone.")]),
        DescribedOperation(
            "PUT", .confirmation, "Confirm a subscription, or take that back", body: Body(schema: "Confirmation"),
            [204: .empty("It is noted.")]),
        DescribedOperation(
            "GET", .failures, "List deliveries that were given up", taking: ["marker", "limit"],
            [200: .json("FailureList", "A page of deliveries.")]),
        DescribedOperation(
            "POST", .redrive, "Deliver again what was given up", [202: .json("Redriven", "How many are tried again.")]),
    ]
}
