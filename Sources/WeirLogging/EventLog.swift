internal import Glibc
package import Logging

/// The process's log: one line an event, to a file descriptor. Logging never waits for I/O. Lines wait in a
/// bounded buffer for a thread that writes them as soon as it can; when the buffer is full, lines are dropped
/// and a later line says how many.
package final class EventLog: Sendable {
    /// Events below it are not logged.
    package let minimumLevel: Logger.Level
    let format: EventFormat
    private let queue: LineQueue

    /// - `fileDescriptor` stays open and is the caller's.
    /// - `bufferBytes` bounds the lines that wait.
    /// - `now` gives the time of each line, in milliseconds since 1970.
    package init(
        format: EventFormat, minimumLevel: Logger.Level, fileDescriptor: Int32 = STDERR_FILENO,
        bufferBytes: Int = 4_194_304, now: @escaping @Sendable () -> Int64 = EventLog.systemTime
    ) throws(LogThreadError) {
        self.format = format
        self.minimumLevel = minimumLevel
        queue = LineQueue(format: format, capacity: bufferBytes, now: now)
        try LogThread.start(draining: queue, to: fileDescriptor)
    }

    deinit {
        queue.close()
    }

    /// The access log's line about one request, at level info.
    package func request(_ event: RequestEvent) {
        guard minimumLevel <= .info else { return }
        let pathEnd = event.path.utf8.firstIndex(of: UInt8(ascii: "?")) ?? event.path.endIndex
        queue.append(level: .info) { fields in
            fields.append("event", "request")
            fields.append("request_id", event.requestID)
            fields.append("method", event.method)
            fields.append("path", event.path[..<pathEnd])
            fields.append("status", event.status)
            if let project = event.project { fields.append("project", project) }
            if let queue = event.queue { fields.append("queue", queue) }
            if let pool = event.pool { fields.append("pool", pool) }
            fields.append("duration_us", event.durationMicroseconds)
        }
    }

    /// Adds a line whose fields were made beforehand, by code that may itself log.
    func append(level: Logger.Level, fields: Fields) {
        queue.append(level: level, fields: fields)
    }

    /// Waits until every line logged so far is written, at most `limit`; true if they are. Blocks the thread:
    /// for the end of the process.
    @discardableResult
    package func flush(within limit: Duration = .seconds(2)) -> Bool {
        queue.flush(within: limit)
    }

    /// Milliseconds since 1970 by the system's clock.
    package static func systemTime() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
