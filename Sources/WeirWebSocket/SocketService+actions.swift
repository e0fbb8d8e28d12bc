internal import WeirJSON

extension SocketService {
    func perform(_ call: SocketCall) async throws -> SocketReply {
        return switch call.action {
        case .authenticate: SocketReply(200, ["message": "Authentified."])
        case .queueCreate: try await createQueue(call)
        case .queueList: try await listQueues(call)
        case .queueGet: try await getQueue(call)
        case .queueDelete: try await deleteQueue(call)
        case .queueGetStats: try await queueStats(call)
        case .queuePurge: try await purgeQueue(call)
        case .messagePost: try await postMessages(call)
        case .messageList: try await listMessages(call)
        case .messageGet: try await getMessage(call)
        case .messageGetMany: try await getMessages(call)
        case .messageDelete: try await deleteMessage(call)
        case .messageDeleteMany: try await deleteMessages(call)
        case .claimCreate: try await createClaim(call)
        case .claimGet: try await getClaim(call)
        case .claimUpdate: try await updateClaim(call)
        case .claimDelete: try await deleteClaim(call)
        case .subscriptionCreate: try await createSubscription(call)
        case .subscriptionList: try await listSubscriptions(call)
        case .subscriptionGet: try await getSubscription(call)
        case .subscriptionDelete: try await deleteSubscription(call)
        }
    }
}
