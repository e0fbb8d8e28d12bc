internal import DeliveryEngine
internal import Logging
internal import WeirCatalog
internal import WeirConfiguration
internal import WeirDomain
internal import WeirNotifications
internal import WeirOperations

/// Everything that tells subscribers, as the settings say.
struct Notifications {
    let outbox: Outbox
    let tail: OutboxTail
    let notifier: Notifier
    let confirmations: Confirmations?
    let places: StorePlaces
    private let web: WebClient
    private let mail: any MailCarrier
    private let names: SystemNames

    init(_ settings: Settings, _ catalog: Catalog, clock: SystemClock, logger: Logger) throws {
        let bells = Doorbells()
        let counters = DeliveryCounters()
        let terms = settings.notification
        try terms.checkSecret()
        names = SystemNames()
        let vault = Vault(catalog: catalog, cipher: settings.bodyCipher)
        outbox = Outbox(vault, bells: bells, counters: counters)
        tail = OutboxTail(vault, bells: bells, logger: logger)
        places = StorePlaces(
            catalog: catalog, names: names, others: [settings.catalog].compactMap(\.self),
            machine: IPAddress.ofThisMachine())
        web = WebClient(
            concurrency: Allowance.attempts(regular: terms.maxNotifierWorkers), names: names,
            rule: AddressRule(allowing: try terms.allowedRanges), authorities: terms.caFile
        ) { [places] in await places.now() }
        mail = terms.mailCarrier
        let courier = Courier(
            web: web, mail: mail, secret: terms.webhookSecret.map { WebhookSecret($0) }, clock: clock)
        var generator = Entropy()
        notifier = Notifier(
            NotifierNode(
                id: Identifier128.text(high: generator.next(), low: generator.next()), vault: vault, bells: bells,
                courier: courier,
                allowance: Allowance(regular: terms.maxNotifierWorkers, slow: Limits.slowAttempts), counters: counters,
                clock: clock, demandsConfirmation: terms.requireConfirmation, logger: logger))
        confirmations =
            terms.requireConfirmation
            ? Confirmations(settings.confirmationTerms, outbox: outbox, clock: clock, logger: logger) : nil
    }

    /// Returns once nothing is under way. A mail command that runs is left behind.
    func close() async {
        await web.shutdown()
        names.shutdown()
    }
}

extension Settings.Notification {
    fileprivate var allowedRanges: [AddressRange] {
        get throws {
            try allow.map { text in
                guard let range = AddressRange(text) else {
                    throw StartFailure(
                        "notification.allow: '\(text)' is no range of addresses such as 10.1.0.0/16", status: 2)
                }
                return range
            }
        }
    }

    /// With a secret that is none subscribers could not tell who sends.
    fileprivate func checkSecret() throws {
        guard let webhookSecret else { return }
        do throws(DeliveryFault) {
            _ = try WebhookKey(webhookSecret)
        } catch {
            throw StartFailure("notification.webhook_secret: \(error.reason)", status: 2)
        }
    }

    fileprivate var mailCarrier: any MailCarrier {
        guard smtpMode == .selfLocal else {
            return MailCommand(words: smtpCommand.split(separator: " ").map(String.init))
        }
        return MailServer(
            host: smtpHost ?? "localhost", port: smtpPort, user: smtpUserName, password: smtpUserPassword,
            authorities: caFile)
    }
}

extension Settings {
    fileprivate var confirmationTerms: Confirmations.Terms {
        Confirmations.Terms(
            signer: urlSigner, page: notification.externalConfirmationURL,
            subscribing: notification.subscriptionMail.template,
            unsubscribing: notification.unsubscriptionMail.template,
            defaultSubscriptionTTL: limits.defaultSubscriptionTTL)
    }
}

extension Settings.MailTemplate {
    fileprivate var template: Confirmations.MailTemplate {
        Confirmations.MailTemplate(subject: topic, body: body, sender: sender ?? "")
    }
}
