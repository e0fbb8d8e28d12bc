extension MongoConnection {
    /// Ends sessions on the server, and with them their transactions.
    /// - Parameter sessions: The documents that identify them.
    func kill(_ sessions: [some Collection<UInt8>]) throws(MongoFailure) {
        let command = BSONWriter.document { command in
            command.array("killSessions", sessions) { $0.document($1, $2) }
        }
        _ = try send(command, to: "admin", in: nil)
    }

    /// Ends transactions that a node of Weir began and never finished, because it was killed for example. The server
    /// itself would wait a minute, and nobody could change their queues until then. A node that lives lets a
    /// transaction rest no longer than one answer may take. Failing is no harm: it is tried again.
    func endAbandoned() {
        guard let reply = try? send(abandoned, to: "admin", in: nil) else { return }
        let sessions = reply.document("cursor")?.documents("firstBatch").map(\.bytes) ?? []
        guard !sessions.isEmpty else { return }
        try? kill(sessions)
    }

    private var abandoned: [UInt8] {
        BSONWriter.document { command in
            command.int32("aggregate", 1)
            command.array("pipeline", 0..<3) { stages, name, stage in
                stages.document(name) { document in
                    switch stage {
                    case 0: document.document("$currentOp") { $0.bool("idleSessions", true) }
                    case 1: document.document("$match", writeCondition)
                    default:
                        document.document("$project") { fields in
                            fields.int32("_id", 0)
                            fields.string("id", "$lsid.id")
                        }
                    }
                }
            }
            command.document("cursor") { _ in }
        }
    }

    private func writeCondition(_ condition: inout BSONWriter) {
        condition.string("type", "idleSession")
        condition.string("appName", address.applicationName)
        condition.document("transaction.timeInactiveMicros") { $0.int64("$gte", Int64(address.timeout) * 2000) }
    }
}
