package import WeirDomain

/// A way to get rid of mails.
package protocol MailCarrier: Sendable {
    /// Returns once the mail was taken.
    func send(_ mail: MailMessage) async throws(DeliveryFailure)
    /// Breaks off what is under way as far as that can be done, and takes no more.
    func breakOff()
    /// Returns once nothing is under way.
    func shutdown() async
}

/// A mail server that is spoken to over TLS, with or without a login.
package final class MailServer: MailCarrier {
    private let thread = TransferThread(concurrency: Limits.mailCommands)
    private let uri: String
    private let user: String?
    private let password: String?
    private let authorities: String?

    /// - Parameters:
    ///   - host: a name or an address, as the operator wrote it.
    ///   - authorities: a file of certificates to trust instead of the system's.
    package init(host: String, port: Int, user: String?, password: String?, authorities: String?) {
        let isVersion6 = host.contains(":")
        uri = "smtps://\(isVersion6 ? "[\(host)]" : host):\(port)"
        self.user = user
        self.password = password
        self.authorities = authorities
    }

    package func send(_ mail: MailMessage) async throws(DeliveryFailure) {
        let order = TransferOrder(
            uri: uri,
            kind: .mail(
                from: mail.from?.text ?? "", to: mail.to.text, text: Array(mail.text(lineEnd: "\r\n").utf8), user: user,
                password: password),
            place: nil, connectMilliseconds: Limits.deliveryConnectMilliseconds,
            totalMilliseconds: Limits.deliveryMilliseconds, authorities: authorities)
        guard let outcome = await thread.run(order) else { throw .busy }
        guard let reason = outcome.failure else { return }
        // 5yz: the server will not take this mail, whenever it is asked (RFC 5321, section 4.2.1).
        guard (500...599).contains(outcome.status) else { throw .unreachable("the mail server: \(reason)") }
        throw .refused("the mail server answered \(outcome.status)")
    }

    package func breakOff() {
        thread.breakOff()
    }

    package func shutdown() async {
        await thread.shutdown()
    }
}
