package import WeirDomain

/// A request to a subscriber.
package struct WebRequest: Sendable {
    package var address: WebAddress
    package var headers: [DeliveryHeader]
    package var body: [UInt8]
    /// For whom it is sent: names are looked up for each project in turn.
    package var project: ProjectID?

    /// A POST.
    package init(address: WebAddress, headers: [DeliveryHeader], body: [UInt8], for project: ProjectID? = nil) {
        self.project = project
        self.address = address
        self.headers = headers
        self.body = body
    }
}

/// What a subscriber answered.
package struct WebAnswer: Hashable, Sendable {
    package let status: Int
    /// At most `Limits.deliveryAnswerBytes`; what goes beyond was not read.
    package let body: [UInt8]
}

/// Why there is no answer.
package enum DeliveryFailure: Error, Hashable, Sendable {
    /// The rules forbid it, now and later. No connection was made.
    case refused(String)
    /// There was no connection, or no answer in time; it may be better later.
    case unreachable(String)
    /// Too much waits already; nothing was tried.
    case busy

    /// In words, for whoever looks at failed deliveries.
    package var reason: String {
        switch self {
        case .refused(let reason), .unreachable(let reason): reason
        case .busy: "too many deliveries wait on this node"
        }
    }
}
