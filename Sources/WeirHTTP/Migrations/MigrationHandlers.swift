internal import HTTPTypes
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations
internal import WeirStorage

extension HTTPService {
    /// Entries of a plan, and migrations that have begun, of which an answer shows this many.
    private static let shownMoves = 2000

    func migrations(_ call: Call) async throws -> Reply {
        call.method == .post ? try await startMigrations(call) : try await listMigrations(call)
    }

    private func startMigrations(_ call: Call) async throws -> Reply {
        let request = try await MigrationRequest.decode(call)
        let answer = try await operations.startMigrations(request, by: call.project)
        var body = JSONObject()
        if request.isDryRun {
            body["plan"] = .array(answer.moves.prefix(Self.shownMoves).map(MigrationEncoding.move))
            body["queues"] = .integer(Int64(answer.moves.count))
        } else {
            body["migrations"] = .array(answer.migrations.prefix(Self.shownMoves).map(MigrationEncoding.migration))
            body["queues"] = .integer(Int64(answer.migrations.count))
        }
        body["refusals"] = .array(answer.refusals.prefix(Self.shownMoves).map(MigrationEncoding.refusal))
        body["refused"] = .integer(Int64(answer.refusals.count))
        return .json(request.isDryRun ? .ok : .accepted, .object(body))
    }

    /// A queue is named within the caller's project; without one, migrations of all projects are listed.
    private func listMigrations(_ call: Call) async throws -> Reply {
        let limit = try call.query.integer("limit")
        let marker = try call.query.integer("marker") ?? 0
        let names = (state: call.query.text("state"), queue: call.query.text("queue"), pool: call.query.text("pool"))
        let filter = MigrationFilter(
            state: names.state, project: names.queue.map { _ in call.project }, queue: names.queue, pool: names.pool)
        let page = try await operations.listMigrations(filter, after: Int64(marker), limit: limit)
        var link = PageLink(path: call.target.path)
        link.placeMarker()
        link.add("limit", limit)
        link.add("state", names.state)
        link.add("queue", names.queue)
        link.add("pool", names.pool)
        var body: [UInt8] = [UInt8(ascii: "{")]
        link.append(marker: page.next, to: &body)
        body.append(UInt8(ascii: ","))
        JSONWriter.append(name: "migrations", to: &body)
        JSONValue.array(page.items.map(MigrationEncoding.migration)).write(to: &body)
        body.append(UInt8(ascii: "}"))
        return .json(.ok, body)
    }

    // MARK: One migration

    func showMigration(_ id: String) async throws -> Reply {
        .json(.ok, MigrationEncoding.migration(try await operations.showMigration(try Self.number(id))))
    }

    /// `POST /v2/migrations/{id}/{order}`
    func orderMigration(_ call: Call, _ id: String, _ order: Migration.Order) async throws -> Reply {
        let migration = try await operations.orderMigration(try Self.number(id), order, by: call.project)
        return .json(.accepted, MigrationEncoding.migration(migration))
    }

    /// A bound that is not named stays as it is.
    func throttleMigration(_ call: Call, _ id: String) async throws -> Reply {
        let number = try Self.number(id)
        let object = try call.body.object(limit: Limits.adminBodyBytes)
        let names = ["messages_per_second", "bytes_per_second"]
        try object.demandOnly(names)
        guard names.contains(where: { object[$0] != nil }) else {
            throw Fault.invalidBody("At least one of \(names.joined(separator: ", ")) is required; null is no bound.")
        }
        let bounds = try names.map { name throws(Fault) in
            object[name] == nil ? Int??.none : .some(try object.bound(name))
        }
        let migration = try await operations.throttleMigration(
            number, messagesPerSecond: bounds[0], bytesPerSecond: bounds[1], by: call.project)
        return .json(.accepted, MigrationEncoding.migration(migration))
    }

    private static func number(_ id: String) throws(Fault) -> Int64 {
        guard let number = Int64(id), number > 0 else {
            throw Fault(.notFound, "Not found", "Migration '\(id.prefix(64))' does not exist.")
        }
        return number
    }
}
