internal import HTTPTypes
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

/// Where older versions answer in another way than the present one (API sections 11 and 12). All else is shared.
extension HTTPService {
    /// Nil where they answer as the present one does.
    func olderReply(to call: Call, _ resource: Resource, _ queue: QueueKey) async throws -> Reply? {
        switch call.version {
        case .v2: nil
        case .v1_1: try await replyOfV1_1(to: call, resource, queue)
        case .v1: try await replyOfV1(to: call, resource, queue)
        }
    }

    private func replyOfV1_1(to call: Call, _ resource: Resource, _ queue: QueueKey) async throws -> Reply? {
        switch (resource, call.method) {
        case (.queue, .get):
            .json(.ok, .object(try await operations.plainMetadata(queue) ?? JSONObject()))
        case (.messages, .post):
            Self.posted(
                try await post(call, queue, under: operations.plainPostTerms(creatingQueue: true)), to: queue, call)
        default: nil
        }
    }

    private func replyOfV1(to call: Call, _ resource: Resource, _ queue: QueueKey) async throws -> Reply? {
        switch (resource, call.method) {
        case (.queue, .get), (.queue, .head): try await queueExistsInV1(call, queue)
        case (.queue, .put): try await createPlainQueue(call, queue)
        case (.metadata, .get): try await showMetadata(call, queue)
        case (.metadata, _): try await setMetadata(call, queue)
        case (.stats, _): try await showExistingStats(call, queue)
        case (.messages, .post):
            Self.posted(
                try await post(call, queue, under: operations.plainPostTerms(creatingQueue: false)), to: queue, call)
        case (.messages, .get): try await readMessagesInV1(call, queue)
        case (.message(_, let id), .get): try await showMessage(call, id, queue).located(call)
        case (.claims, _): try await createClaimInV1(call, queue)
        case (.claim(_, let id), .get): try await showClaim(call, id, queue).located(call)
        case (.claim(_, let id), .patch): try await renewClaimInV1(call, id, queue)
        default: nil
        }
    }
}

extension Reply {
    /// With the address that was asked for.
    func located(_ call: Call) -> Reply {
        var reply = self
        reply.headers.append((.contentLocation, call.target.path + call.target.rawQuery))
        return reply
    }
}
