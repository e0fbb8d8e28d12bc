extension DescribedOperation {
    static let pools: [DescribedOperation] = [
        DescribedOperation(
            "GET", .pools, "List pools", taking: ["marker", "limit", "detailed"],
            [200: .json("PoolList", "A page of pools.")]),
        DescribedOperation("GET", .pool, "Show a pool", taking: ["detailed"], [200: .json("Pool", "The pool.")]),
        DescribedOperation(
            "PUT", .pool, in: [.v2], "Register or replace a pool", body: Body(schema: "NewPool"),
            [201: .empty("It is registered.")], refusals: [409]),
        DescribedOperation(
            "PUT", .pool, in: [.v1, .v1_1], "Register or replace a pool", body: Body(schema: "NewPoolV1"),
            [201: .empty("It is registered.")], refusals: [409]),
        DescribedOperation(
            "PATCH", .pool, in: [.v2], "Change a pool", body: Body(schema: "PoolChange"),
            [200: .json("Pool", "The pool.")], refusals: [409]),
        DescribedOperation(
            "PATCH", .pool, in: [.v1, .v1_1], "Change a pool", body: Body(schema: "PoolChangeV1"),
            [200: .empty("It is changed.")], refusals: [409]),
        DescribedOperation("DELETE", .pool, "Remove a pool", [204: .empty("It is gone.")], refusals: [403]),
        DescribedOperation("POST", .poolProbe, "Look at a pool now", [200: .json("Pool", "What was found.")]),
    ]

    static let flavors: [DescribedOperation] = [
        DescribedOperation(
            "GET", .flavors, "List flavors", taking: ["marker", "limit", "detailed"],
            [200: .json("FlavorList", "A page of flavors.")]),
        DescribedOperation("GET", .flavor, in: [.v2], "Show a flavor", [200: .json("Flavor", "The flavor.")]),
        DescribedOperation(
            "GET", .flavor, in: [.v1_1], "Show a flavor", taking: ["detailed"], [200: .json("Flavor", "The flavor.")]),
        DescribedOperation(
            "PUT", .flavor, in: [.v2], "Create or replace a flavor", body: Body(schema: "NewFlavor"),
            [201: .empty("It is stored.")]),
        DescribedOperation(
            "PUT", .flavor, in: [.v1_1], "Create or replace a flavor", body: Body(schema: "FlavorV1"),
            [201: .empty("It is stored.")]),
        DescribedOperation(
            "PATCH", .flavor, in: [.v2], "Change a flavor", body: Body(schema: "FlavorChange"),
            [200: .json("Flavor", "The flavor.")]),
        DescribedOperation(
            "PATCH", .flavor, in: [.v1_1], "Change a flavor", body: Body(schema: "FlavorV1"),
            [200: .json("Flavor", "The flavor.")]),
        DescribedOperation("DELETE", .flavor, "Remove a flavor", [204: .empty("It is gone.")]),
    ]

    static let migrations: [DescribedOperation] = [
        DescribedOperation(
            "GET", .migrations, "List migrations", taking: ["marker", "limit", "state", "queue", "pool"],
            [200: .json("MigrationList", "A page of migrations.")]),
        DescribedOperation(
            "POST", .migrations, "Move queues, or say what moving them would mean", body: Body(schema: "NewMigration"),
            [200: .json("MigrationPlan", "The plan."), 202: .json("MigrationsBegun", "Those that were begun.")],
            refusals: [409]),
        DescribedOperation("GET", .migration, "Show a migration", [200: .json("Migration", "The migration.")]),
        DescribedOperation(
            "POST", .migrationOrder, "Give an order to a migration", [202: .json("Migration", "The migration.")],
            refusals: [409]),
        DescribedOperation(
            "POST", .migrationThrottle, "Bound what a migration copies", body: Body(schema: "Throttle"),
            [202: .json("Migration", "The migration.")], refusals: [409]),
    ]
}
