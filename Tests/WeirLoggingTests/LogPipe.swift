import Foundation
import Logging
import Testing
import WeirLogging

/// A log whose lines a test reads back from a pipe.
final class LogPipe {
    let log: EventLog
    let pipe = Pipe()

    /// 2026-11-22T21:00:00.123Z
    static let time: Int64 = 1_795_381_200_123

    init(
        _ format: EventFormat = .json, minimum: Logger.Level = .trace, bufferBytes: Int = 1_048_576,
        now: @escaping @Sendable () -> Int64 = { LogPipe.time }
    ) throws {
        log = try EventLog(
            format: format, minimumLevel: minimum,
            fileDescriptor: pipe.fileHandleForWriting.fileDescriptor, bufferBytes: bufferBytes, now: now)
    }

    var logger: Logger {
        Logger(label: "test") { EventLogHandler(label: $0, log: self.log) }
    }

    /// All that was logged so far, which has to fit the pipe (64 KiB).
    func text() throws -> String {
        // A marker tells where the lines end without closing the pipe under the log's thread.
        #expect(log.flush(within: .seconds(60)))
        try pipe.fileHandleForWriting.write(contentsOf: Data([0]))
        var bytes = Data()
        while bytes.last != 0 { bytes += pipe.fileHandleForReading.availableData }
        return try #require(String(data: bytes.dropLast(), encoding: .utf8))
    }

    /// What was logged so far, each line read as a JSON object.
    func objects() throws -> [[String: Any]] {
        try text().split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }
}
