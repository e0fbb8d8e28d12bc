import Testing
import WeirDomain

@Suite("Mails") struct MailTests {
    @Test("plain addresses are taken", arguments: ["a@b", "first.last+tag@sub.example.com", "o'x_{1}@a-b.example"])
    func good(text: String) throws {
        #expect(try MailAddress(text).text == text)
    }

    @Test(
        "anything that a header or a command line could take for more is refused",
        arguments: [
            "", "a", "@b", "a@", "a@@b", "a@b@c", ".a@b", "a.@b", "a..b@c", "a b@c", "\"a\"@b", "a@[127.0.0.1]", "a@-b",
            "a@b-", "a@b..c",
            "a@b.", "a@b,c@d", "a@b;c@d", "a@b c@d", "<a@b>", "A <a@b>", "a@b\r\nBcc: c@d", "a@b\nBcc: c@d", "a\u{0}@b",
            "ä@b", "a@ä",
            "-oQ/tmp@b", "a@b(c)", "a@b_c", "\(String(repeating: "a", count: 65))@b",
        ])
    func bad(text: String) {
        #expect(throws: DeliveryFault.self) { try MailAddress(text) }
    }

    @Test("the subject comes from the URI, decoded")
    func subject() throws {
        let mailto = try MailtoAddress("MAILTO:a%2Bb@c.example?x=y&SUBJECT=Hello%20w%C3%B6rld%26more&subject=other")
        #expect(mailto.address.text == "a+b@c.example" && mailto.subject == "Hello wörld&more")
        #expect(try MailtoAddress("mailto:a@b").subject == nil)
        // Other fields do not count: they could name other readers.
        #expect(try MailtoAddress("mailto:a@b?cc=c@d&bcc=e@f").address.text == "a@b")
    }

    @Test(
        "a URI that would begin a header of its own is refused",
        arguments: [
            "mailto:", "mailto:a@b?subject=x%0D%0ABcc:%20c@d", "mailto:a@b?subject=x%0Ay", "mailto:a%0A@b",
            "mailto:a@b%0d%0a", "mailto:a@b,c@d",
            "mailto:a@b%2Cc@d", "mailto:a@b?subject=%FF", "mailto:a@b?subject=%E2%80%A8", "mailto:a@b?subject=%",
            "mailto:a@b?subject=%+1",
            "mailto:a@b?subject=%00", "mailto:a@b ", "mailto:ä@b", "http://a@b",
        ])
    func injection(text: String) {
        #expect(throws: DeliveryFault.self) { try MailtoAddress(text) }
    }

    @Test("a plain mail is plain")
    func plain() throws {
        let mail = try MailMessage(
            from: try MailAddress("w@x"), to: try MailAddress("a@b"), subject: "Hi", body: "{\"a\": 1}")
        #expect(
            mail.text(lineEnd: "\r\n") == """
                From: w@x\r
                To: a@b\r
                Subject: Hi\r
                MIME-Version: 1.0\r
                Auto-Submitted: auto-generated\r
                Content-Type: text/plain; charset="us-ascii"\r
                Content-Transfer-Encoding: 7bit\r
                \r
                {"a": 1}\r

                """)
    }

    @Test("a subject beyond ASCII becomes encoded words, each whole and short")
    func encodedSubject() throws {
        let subject = String(repeating: "Grüße 日本 =?x ", count: 12)
        let mail = try MailMessage(from: nil, to: try MailAddress("a@b"), subject: subject, body: "")
        let lines = mail.text(lineEnd: "\n").split(separator: "\n")
        let first = try #require(lines.firstIndex { $0.hasPrefix("Subject: ") })
        let words = lines[first...].prefix { $0.hasPrefix("Subject: ") || $0.hasPrefix(" ") }.map {
            $0.replacing("Subject:", with: "").dropFirst()
        }
        #expect(words.count > 3)
        #expect(
            words.allSatisfy {
                $0.hasPrefix("=?utf-8?q?") && $0.hasSuffix("?=") && $0.utf8.count <= 75 && !$0.contains(" ")
            })
        #expect(words.map { decoded($0.dropFirst(10).dropLast(2).replacing("_", with: " ")) }.joined() == subject)
    }

    @Test(
        "a body beyond ASCII, or of long lines, is quoted-printable in lines of 76 characters",
        arguments: [
            "ä=\u{1F600} \n ends in a blank \n\nx", String(repeating: "x", count: 3000), "a\rb\u{0}", "tab\t",
        ])
    func encodedBody(body: String) throws {
        let mail = try MailMessage(from: nil, to: try MailAddress("a@b"), subject: "s", body: body)
        let text = mail.text(lineEnd: "\n")
        #expect(text.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0A || $0 == 0x09 })
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.utf8.count <= 76 })
        guard text.contains("quoted-printable") else { return }
        let encoded = lines.drop { !$0.isEmpty }.dropFirst().joined(separator: "\n").replacing("=\n", with: "")
        #expect(decoded(encoded) == body + "\n")
    }

    private func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "="), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
