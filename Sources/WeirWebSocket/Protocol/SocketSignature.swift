internal import WeirDomain
internal import WeirOperations

extension SocketService {
    /// A frame that presents a signature may do what that allows and nothing else: act in this way on the messages of the
    /// queues it names (WebSocket contract, section 6). One sentence for every failure, as over HTTP.
    func checkSignature(
        _ headers: SocketFields, _ action: SocketAction, _ body: SocketFields, _ project: String
    ) throws(SocketFault) {
        guard Self.signatureHeaders.contains(where: { headers.range($0) != nil }) else { return }
        let refusal = SocketFault(status: 403, error: "The signature does not allow this.")
        guard let method = action.signedMethod, let name = try body.string("queue_name"), let queue = QueueName(name),
            let signature = try headers.string("URL-Signature"), let expires = try headers.string("URL-Expires"),
            let methods = try headers.strings("URL-Methods"), let paths = try headers.strings("URL-Paths"),
            let presented = PresentedSignature(
                signature: signature, paths: paths, methods: methods, project: project, expires: expires),
            operations.signer.admits(presented, method, messagesOf: queue, at: operations.clock.now())
        else { throw refusal }
    }

    private static let signatureHeaders = ["URL-Signature", "URL-Expires", "URL-Methods", "URL-Paths"]
}

extension SocketAction {
    /// What the action is over HTTP, if a signature can allow it.
    fileprivate var signedMethod: String? {
        switch self {
        case .messageList, .messageGet, .messageGetMany: "GET"
        case .messagePost: "POST"
        case .messageDelete, .messageDeleteMany: "DELETE"
        default: nil
        }
    }
}
