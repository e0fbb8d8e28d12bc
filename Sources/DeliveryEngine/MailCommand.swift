internal import StoreThreads
internal import Synchronization
package import WeirDomain

/// A program that takes each mail on its standard input.
package final class MailCommand: MailCarrier {
    private struct Job: Sendable {
        let mail: [UInt8]
        let continuation: UnsafeContinuation<Result<Void, DeliveryFailure>, Never>
    }

    private let inbox = Inbox<Job>(capacity: Limits.waitingMails)
    private let ended = Latch()
    private let calledOff = CallOff()

    private final class CallOff: Sendable {
        let isOver = Atomic<Bool>(false)
    }

    /// - Parameter words: the program's path, or its name if it is on the path, and its arguments. No shell sees them.
    package init(words: [String]) {
        ended.add(Limits.mailCommands)
        for _ in 0..<Limits.mailCommands {
            Thread.start { [inbox, ended, calledOff] in
                defer { ended.leave() }
                while let job = inbox.take(1).first {
                    let isOver = { calledOff.isOver.load(ordering: .acquiring) }
                    guard !isOver() else {
                        job.continuation.resume(returning: .failure(.unreachable("this node stops")))
                        continue
                    }
                    let fault = ChildProcess.run(
                        words, input: job.mail, milliseconds: Limits.mailCommandMilliseconds, isCalledOff: isOver)
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

    /// Kills the programs that run.
    package func breakOff() {
        calledOff.isOver.store(true, ordering: .releasing)
        inbox.close()
    }

    package func shutdown() async {
        inbox.close()
        await ended.wait()
    }
}
