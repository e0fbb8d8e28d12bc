extension Settings {
    /// How subscribers are told, by Zaqar's names.
    package struct Notification: Sendable, Hashable {
        package var smtpMode = MailMode.thirdPart
        package var smtpHost: String?
        package var smtpPort = 0
        package var smtpUserName: String?
        package var smtpUserPassword: String?
        package var smtpCommand = ""
        package var maxNotifierWorkers = 0
        package var requireConfirmation = false
        package var externalConfirmationURL: String?
        package var subscriptionMail = MailTemplate()
        package var unsubscriptionMail = MailTemplate()
        package var allow: [String] = []
        package var caFile: String?
        package var webhookSecret: String?
    }

    /// A mail about a subscription.
    package struct MailTemplate: Sendable, Hashable {
        package var topic = ""
        /// With the places {0} for the queue, {1} for the project, {2} for the link.
        package var body = ""
        package var sender: String?
    }
}

/// How mail leaves.
package enum MailMode: String, CaseIterable, Sendable {
    /// Through a command.
    case thirdPart = "third_part"
    /// To a mail server.
    case selfLocal = "self_local"
}
