import DeliveryEngine
import Glibc
import Testing
import WeirDomain

@Suite("Mail by a command") struct MailCommandTests {
    private func mail(_ body: String = "{}") throws -> MailMessage {
        try MailMessage(from: nil, to: try MailAddress("a@b.example"), subject: "s", body: body)
    }

    /// A fresh folder.
    private func folder() throws -> String {
        var template = Array("/tmp/weir-mail-XXXXXX".utf8CString)
        return template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
        }
    }

    private func content(of path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    @Test("the command reads the whole mail on its input, and no shell reads its words")
    func takes() async throws {
        let path = "\(try folder())/mail $(touch x);"
        let command = MailCommand(words: ["tee", path])
        let mail = try mail(String(repeating: "0123456789\n", count: 20_000))
        try await command.send(mail)
        #expect(content(of: path) == mail.text(lineEnd: "\n"))
        await command.shutdown()
    }

    @Test("a command that fails, is not there, or does not read says so")
    func fails() async throws {
        for (words, reason) in [
            (["false"], "false ended with status 1"),
            (["/nonexistent/sendmail", "-t"], "cannot run /nonexistent/sendmail"),
        ] {
            let command = MailCommand(words: words)
            await #expect(throws: DeliveryFailure.unreachable(reason)) { try await command.send(try mail()) }
            await command.shutdown()
        }
        let command = MailCommand(words: ["true"])
        await #expect(throws: DeliveryFailure.unreachable("true did not read the mail")) {
            try await command.send(try mail(String(repeating: "x\n", count: 1_000_000)))
        }
        await command.shutdown()
    }

    @Test("the command sees no variable of the service and none of its files")
    func clean() async throws {
        #expect(Surroundings.areSet)
        let path = "\(try folder())/seen"
        let opened = open("/dev/null", O_RDONLY)
        defer { close(opened) }
        let command = MailCommand(words: ["sh", "-c", "cat >/dev/null; { env; ls /proc/self/fd; } >\(path)"])
        try await command.send(try mail())
        let seen = content(of: path)
        #expect(seen.contains("PATH=") && !seen.contains("WEIR_"))
        // Input, output, errors, and the folder that ls reads.
        #expect(seen.split(separator: "\n").compactMap { Int($0) }.allSatisfy { $0 <= 3 })
        await command.shutdown()
    }
}
