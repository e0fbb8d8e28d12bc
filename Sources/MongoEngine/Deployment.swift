/// What a deployment says of itself.
package struct Deployment: Sendable {
    package enum Kind: String, Sendable {
        case standalone = "standalone"
        case replicaSet = "replica set"
        case sharded = "sharded cluster"
    }

    package let kind: Kind
    /// In the order in which it was asked. What it does not tell this user is left out.
    package let facts: [(name: String, value: String)]

    package init(_ connection: MongoConnection) throws(MongoFailure) {
        let hello = try connection.run(on: "admin") { $0.int32("hello", 1) }
        let build = try connection.run(on: "admin") { $0.int32("buildInfo", 1) }
        if hello.string("msg") == "isdbgrid" {
            kind = .sharded
        } else {
            kind = hello.string("setName") == nil ? .standalone : .replicaSet
        }
        var facts = [("version", build.string("version") ?? "unknown")]
        if let name = hello.string("setName") {
            facts.append(("set", name))
            facts.append(("members", String(hello.array("hosts").count)))
        }
        // These two ask for rights that not every user has.
        let status = try? connection.run(on: "admin") { $0.int32("replSetGetStatus", 1) }
        if kind == .replicaSet, let status {
            let healthy = status.documents("members").filter { $0.integer("health") == 1 }
            facts.append(("members_healthy", String(healthy.count)))
        }
        let server = try? connection.run(on: "admin") { $0.int32("serverStatus", 1) }
        if let engine = server?.document("storageEngine")?.string("name") { facts.append(("storage_engine", engine)) }
        self.facts = facts
    }
}
