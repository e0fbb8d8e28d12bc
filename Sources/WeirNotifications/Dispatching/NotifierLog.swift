package import Logging
internal import Synchronization
package import WeirDomain

/// Log lines about what fails again and again: each is written at once, and then once a minute at most, with how often it
/// happened since the line before.
package final class NotifierLog: Sendable {
    private struct Report {
        var written: Timestamp
        var since = 0
    }

    private let logger: Logger
    private let clock: any WeirClock
    private let reports = Mutex<[String: Report]>([:])

    package init(_ logger: Logger, clock: any WeirClock) {
        self.logger = logger
        self.clock = clock
    }

    /// - Parameter subject: what it is about, of a bounded number of things: each has its own minute.
    package func warning(_ event: String, about subject: String, _ metadata: [String: String]) {
        write(.warning, event, about: subject, metadata)
    }

    package func error(_ event: String, about subject: String, _ metadata: [String: String]) {
        write(.error, event, about: subject, metadata)
    }

    /// For what happens seldom: each time.
    func info(_ event: String, _ metadata: [String: String]) {
        logger.info("\(event)", metadata: metadata.mapValues { .string($0) })
    }

    private func write(
        _ level: Logger.Level, _ event: String, about subject: String, _ metadata: [String: String]
    ) {
        let now = clock.now()
        let times = reports.withLock { reports -> Int? in
            let key = "\(event) \(subject)"
            if let last = reports[key], now.milliseconds - last.written.milliseconds < Limits.notifierReportMilliseconds {
                reports[key]?.since += 1
                return nil
            }
            let times = (reports[key]?.since ?? 0) + 1
            reports[key] = Report(written: now)
            return times
        }
        guard let times else { return }
        var fields = metadata.mapValues { Logger.MetadataValue.string($0) }
        if times > 1 { fields["times"] = "\(times)" }
        logger.log(level: level, "\(event)", metadata: fields)
    }
}
