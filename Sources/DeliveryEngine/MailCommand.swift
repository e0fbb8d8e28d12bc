internal import StoreThreads
package import WeirDomain

/// A program that takes each mail on its standard input.
package final class MailCommand: MailCarrier {
    private struct Job: Sendable {
        let mail: [UInt8]
        let continuation: UnsafeContinuation<Result<Void, DeliveryFailure>, Never>
    }

    private let inbox = Inbox<Job>(capacity: Limits.waitingMails)
    private let ended = Latch()

    /// - Parameter words: the program's path, or its name if it is on the path, and its arguments. No shell sees them.
    package init(words: [String]) {
        ended.add(Limits.mailCommands)
        for _ in 0..<Limits.mailCommands {
            Thread.start { [inbox, ended] in
                defer { ended.leave() }
                while let job = inbox.take(1).first {
                    let fault = ChildProcess.run(words, input: job.mail, milliseconds: Limits.mailCommandMilliseconds)
                    job.continuation.resume(returning: fault.map { .failure(.unreachable($0)) } ?? .success(()))
                }
            }
        }
    }

    package func send(_ mail: MailMessage) async throws(DeliveryFailure) {
        let text = Array(mail.text(lineEnd: "\n").utf8)
        let outcome = await withUnsafeContinuation { continuation in
            let job = Job(mail: text, continuation: continuation)
            if inbox.put(job) != nil { continuation.resume(returning: .failure(.busy)) }
        }
        try outcome.get()
    }

    /// Waits for the programs that run.
    package func shutdown() async {
        inbox.close()
        await ended.wait()
    }
}
