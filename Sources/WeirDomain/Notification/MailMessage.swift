/// A mail in plain text, as it goes to a mail server.
package struct MailMessage: Hashable, Sendable {
    /// Nil for none: then whoever takes the mail fills it in.
    package var from: MailAddress?
    package var to: MailAddress
    package let subject: String
    /// Lines end in `\n`.
    package let body: String

    /// - Throws: what is wrong with the subject.
    package init(from: MailAddress?, to: MailAddress, subject: String, body: String) throws(DeliveryFault) {
        try Self.checkHeader(subject, named: "subject")
        self.from = from
        self.to = to
        self.subject = subject
        self.body = body
    }

    /// Text of a header has no line breaks or other control characters, which would begin a header of their own.
    /// - Throws: what is wrong with the text.
    package static func checkHeader(_ text: String, named name: String) throws(DeliveryFault) {
        guard text.utf8.count <= Limits.mailSubjectBytes else {
            throw DeliveryFault("the \(name) is longer than \(Limits.mailSubjectBytes) bytes")
        }
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        guard isPlain else { throw DeliveryFault("the \(name) has control characters or line breaks") }
    }

    /// Header and body, lines ending in `lineEnd`.
    package func text(lineEnd: String) -> String {
        var lines: [String] = []
        if let from { lines.append("From: \(from.text)") }
        lines.append("To: \(to.text)")
        lines.append("Subject: \(Self.encodedHeader(subject, lineEnd: lineEnd))")
        lines.append("MIME-Version: 1.0")
        // So that no machine answers with a note about a holiday.
        lines.append("Auto-Submitted: auto-generated")
        let isPlain = body.utf8.allSatisfy { $0 < 0x80 && $0 != 0x0D && $0 != 0 }
        let rows = body.split(separator: "\n", omittingEmptySubsequences: false)
        if isPlain, rows.allSatisfy({ $0.utf8.count <= Self.longestLine }) {
            lines.append("Content-Type: text/plain; charset=\"us-ascii\"")
            lines.append("Content-Transfer-Encoding: 7bit")
            return (lines + [""] + rows.map(String.init) + [""]).joined(separator: lineEnd)
        }
        lines.append("Content-Type: text/plain; charset=\"utf-8\"")
        lines.append("Content-Transfer-Encoding: quoted-printable")
        let encoded = rows.flatMap { QuotedPrintable.lines(of: $0) }
        return (lines + [""] + encoded + [""]).joined(separator: lineEnd)
    }

    /// What RFC 5322 allows between two line breaks.
    private static let longestLine = 998

    /// Text of a header: as it is if that is short and plain, otherwise in the encoded words of RFC 2047.
    static func encodedHeader(_ text: String, lineEnd: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
        if isPlain, text.utf8.count <= 900 { return text }
        return QuotedPrintable.words(of: text).joined(separator: lineEnd + " ")
    }
}
