import Foundation
import Glibc
import MongoEngine

/// A replica set of real servers.
package final class MongoSet: Sendable {
    private static let name = "weir"
    /// Its members, in no order.
    package let members: [MongoServer]

    private init(_ members: [MongoServer]) {
        self.members = members
    }

    /// One member, shared by all tests of the process: each takes a database of its own.
    package static let shared = Task { try await start(1) }

    /// Starts a set with this many members, and waits until one of them is the primary and the others follow it.
    package static func start(_ count: Int) async throws -> MongoSet {
        try await onOwnThread {
            let set = MongoSet(try (0..<count).map { _ in try MongoServer.startAndWait(set: name) })
            try set.initiate()
            _ = try set.waitForPrimary()
            try set.waitForSecondaries()
            return set
        }
    }

    /// Else there may be nobody to take the place of the primary.
    private func waitForSecondaries() throws {
        for _ in 0..<600 {
            let isComplete = members.allSatisfy { member in
                let hello = try? member.command { $0.int32("hello", 1) }
                return hello?.bool("isWritablePrimary") == true || hello?.bool("secondary") == true
            }
            if isComplete { return }
            usleep(50_000)
        }
        throw MongoServer.Failure(description: "a member of the replica set does not follow the primary")
    }

    /// Told twice it says that it was told before.
    private func initiate() throws {
        for _ in 0..<20 {
            let isConfigured = (try? members[0].command { $0.int32("replSetGetStatus", 1) }) != nil
            if isConfigured || (try? configure()) != nil { return }
            usleep(500_000)
        }
        try configure()
    }

    private func configure() throws {
        try members[0].command { command in
            command.document("replSetInitiate") { configuration in
                configuration.string("_id", Self.name)
                configuration.array("members", members.enumerated()) { list, name, member in
                    list.document(name) { document in
                        document.int32("_id", Int32(member.offset))
                        document.string("host", "127.0.0.1:\(member.element.port)")
                    }
                }
                // Fail-overs that tests can wait for.
                configuration.document("settings") { settings in
                    settings.int32("electionTimeoutMillis", 1500)
                    settings.int32("heartbeatIntervalMillis", 250)
                }
            }
        }
    }

    /// A URI of the set.
    package func uri(database: String, options: String = "") -> String {
        let hosts = members.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
        return "mongodb://\(hosts)/\(database)?replicaSet=\(Self.name)" + (options.isEmpty ? "" : "&\(options)")
    }

    /// The member that takes writes. Waits for one.
    package func primary() async throws -> MongoServer {
        try await onOwnThread { try self.waitForPrimary() }
    }

    private func waitForPrimary() throws -> MongoServer {
        for _ in 0..<600 {
            for member in members {
                let hello = try? member.command { $0.int32("hello", 1) }
                if hello?.bool("isWritablePrimary") == true { return member }
            }
            usleep(50_000)
        }
        throw MongoServer.Failure(description: "the replica set has no primary")
    }

    /// Removes a database with all that is in it.
    package func drop(_ database: String) {
        try? waitForPrimary().drop(database)
    }
}
