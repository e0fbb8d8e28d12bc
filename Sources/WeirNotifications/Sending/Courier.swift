package import DeliveryEngine
package import WeirDomain

/// How one attempt ended.
enum Attempt: Hashable, Sendable {
    case delivered
    /// It may be better later.
    case failed(String, status: Int?)
    /// There was none: too much waits on this node.
    case untried
    /// It will not be better later.
    case refused(String, status: Int?)
}

/// Makes single attempts.
package struct Courier: Sendable {
    let web: WebClient
    /// Nil if nothing takes mails here.
    let mail: (any MailCarrier)?
    /// Signs what no secret of the subscription's own signs.
    let secret: WebhookSecret?
    let clock: any WeirClock

    package init(web: WebClient, mail: (any MailCarrier)?, secret: WebhookSecret?, clock: any WeirClock) {
        self.web = web
        self.mail = mail
        self.secret = secret
        self.clock = clock
    }

    func attempt(_ parcel: Parcel, to recipient: Recipient) async -> Attempt {
        do throws(DeliveryFault) {
            switch recipient.way {
            case .web(let address, let headers):
                return await send(try request(parcel, recipient, address, headers))
            case .mail(let address, let from, let subject):
                return await send(try letter(parcel, address, from, subject))
            case .elsewhere: return .refused("the subscriber is not told in this way", status: nil)
            case .nobody(let fault): throw fault
            }
        } catch {
            return .refused(error.reason, status: nil)
        }
    }

    /// Breaks off what is under way, and lets nothing more begin.
    package func breakOff() {
        web.breakOff()
        mail?.breakOff()
    }

    // MARK: Requests

    private func request(
        _ parcel: Parcel, _ recipient: Recipient, _ address: WebAddress, _ own: [DeliveryHeader]
    ) throws(DeliveryFault) -> WebRequest {
        var body = parcel.payload
        if let template = recipient.template { body = try Template.fill(template, with: body) }
        var headers = own
        for (name, value) in [("Content-Type", "application/json"), ("User-Agent", "Weir"), ("webhook-id", parcel.id)]
        where !own.contains(where: { $0.isNamed(name) }) {
            headers.append(DeliveryHeader(ours: name, value))
        }
        if let secret = recipient.secret ?? secret {
            for (name, value) in secret.headers(id: parcel.id, at: clock.now(), body: body) {
                headers.append(DeliveryHeader(ours: name, value))
            }
        }
        return WebRequest(address: address, headers: headers, body: body, for: recipient.queue.project)
    }

    /// 429 asks for patience, and what begins with a 5 is the server's own failure; any other refusal stands.
    private func send(_ request: WebRequest) async -> Attempt {
        do throws(DeliveryFailure) {
            let answer = try await web.send(request)
            switch answer.status {
            case ..<400: return .delivered
            case 429, 500...: return .failed("answered \(answer.status)", status: answer.status)
            default: return .refused("answered \(answer.status)", status: answer.status)
            }
        } catch {
            return Self.attempt(error)
        }
    }

    private static func attempt(_ failure: DeliveryFailure) -> Attempt {
        switch failure {
        case .refused(let reason): .refused(reason, status: nil)
        case .unreachable(let reason): .failed(reason, status: nil)
        case .busy: .untried
        }
    }

    // MARK: Mails

    private func letter(
        _ parcel: Parcel, _ address: MailtoAddress, _ from: String?, _ subject: String
    ) throws(DeliveryFault) -> MailMessage {
        let sender = parcel.letter?.sender ?? from ?? ""
        return try MailMessage(
            from: sender.isEmpty ? nil : try MailAddress(sender), to: address.address,
            subject: parcel.letter?.subject ?? subject, body: String(decoding: parcel.payload, as: UTF8.self))
    }

    private func send(_ letter: MailMessage) async -> Attempt {
        guard let mail else { return .refused("no mail server or command is set", status: nil) }
        do throws(DeliveryFailure) {
            try await mail.send(letter)
            return .delivered
        } catch {
            return Self.attempt(error)
        }
    }
}
