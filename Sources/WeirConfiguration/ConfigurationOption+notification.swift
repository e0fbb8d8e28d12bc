extension ConfigurationOption {
    static let notification: [ConfigurationOption] = [
        .init(
            "notification.smtp_mode", \.notification.smtpMode, .choice, default: .thirdPart,
            "How mail leaves: through a command (third_part), or to a mail server over TLS (self_local)."),
        .init(
            "notification.smtp_host", \.notification.smtpHost, .optionalText("the name of a machine, or empty"),
            default: nil, "The mail server, for smtp_mode self_local."),
        .init(
            "notification.smtp_port", \.notification.smtpPort, .integer(1...65_535), default: 465,
            "The port on which the mail server speaks TLS from the first byte."),
        .init(
            "notification.smtp_user_name", \.notification.smtpUserName, .optionalText("a user name, or empty"),
            default: nil, "Who logs in to the mail server; empty means that nobody does."),
        .init(
            "notification.smtp_user_password", \.notification.smtpUserPassword,
            .optionalText("a password, or empty"), default: nil, isSecret: true,
            "The password for the mail server."),
        .init(
            "notification.smtp_command", \.notification.smtpCommand,
            .text("a program and its arguments, separated by blanks"), default: "/usr/sbin/sendmail -t -oi",
            "The program that gets each mail on its input, for smtp_mode third_part. No shell reads this."),
        .init(
            "notification.max_notifier_workers", \.notification.maxNotifierWorkers,
            .integer(1...1000, "deliveries"), default: 10,
            "How many deliveries are under way at a time; those to subscribers that are slow count by themselves."),
        .init(
            "notification.require_confirmation", \.notification.requireConfirmation, .boolean, default: false,
            "Whether subscribers are told of messages only after they have confirmed their subscription."),
        .init(
            "notification.external_confirmation_url", \.notification.externalConfirmationURL,
            .optionalText("a URL, or empty"), default: nil,
            "The page to which mails about confirmations link; without it no such mails are sent."),
        .init(
            "notification.subscription_confirmation_email_template.topic", \.notification.subscriptionMail.topic,
            .text("a subject"), default: "Queue notifications: Subscription Confirmation",
            "The subject of mails that ask to confirm a subscription."),
        .init(
            "notification.subscription_confirmation_email_template.body", \.notification.subscriptionMail.body,
            .text("a text with the places {0} (queue), {1} (project) and {2} (link)"),
            default: "You have chosen to subscribe to the queue: {0}. This queue belongs to project: {1}. "
                + "To confirm this subscription, click or visit this link below: {2}",
            "The text of these mails."),
        .init(
            "notification.subscription_confirmation_email_template.sender", \.notification.subscriptionMail.sender,
            .optionalText("a mail address, or empty"), default: nil,
            "Who these mails are from; empty leaves it to the mail program."),
        .init(
            "notification.unsubscribe_confirmation_email_template.topic", \.notification.unsubscriptionMail.topic,
            .text("a subject"), default: "Queue notifications: Unsubscribe Confirmation",
            "The subject of mails that say that a subscription is ended."),
        .init(
            "notification.unsubscribe_confirmation_email_template.body", \.notification.unsubscriptionMail.body,
            .text("a text with the places {0} (queue), {1} (project) and {2} (link)"),
            default: "You have unsubscribed successfully to the queue: {0}. This queue belongs to project: {1}. "
                + "To resubscribe this subscription, click or visit this link below: {2}",
            "The text of these mails."),
        .init(
            "notification.unsubscribe_confirmation_email_template.sender", \.notification.unsubscriptionMail.sender,
            .optionalText("a mail address, or empty"), default: nil,
            "Who these mails are from; empty leaves it to the mail program."),
        .init(
            "notification.allow", \.notification.allow, .addressRanges, default: [],
            "Private or loopback ranges, such as 10.1.0.0/16, that deliveries may go to; public addresses always are."),
        .init(
            "notification.ca_file", \.notification.caFile, .optionalText("a file of certificates, or empty"), default: nil,
            "The authorities that deliveries over TLS trust; empty means those of the system."),
        .init(
            "notification.webhook_secret", \.notification.webhookSecret, .optionalText("a secret, or empty"), default: nil,
            isSecret: true,
            "Signs deliveries to subscriptions without a secret of their own, in the form of Standard Webhooks."),
    ]
}
