import Foundation
import Logging
import Testing
import WeirLogging

@Suite struct EventLogTests {
    private let event = RequestEvent(
        requestID: "req-1", method: "GET", path: "/v2/queues/a?URL-Signature=secret", status: 200,
        project: "p", queue: "a", pool: "embedded", durationMicroseconds: 1234)

    @Test func `a request is one JSON line in a fixed order, without its query`() throws {
        let pipe = try LogPipe()
        pipe.log.request(event)
        let expected =
            #"{"time":"2026-11-22T21:00:00.123Z","level":"info","event":"request","request_id":"req-1","#
            + #""method":"GET","path":"/v2/queues/a","status":200,"project":"p","queue":"a","#
            + #""pool":"embedded","duration_us":1234}"# + "\n"
        #expect(try pipe.text() == expected)
    }

    @Test func `a request without queue and pool leaves them out`() throws {
        let pipe = try LogPipe(.text)
        pipe.log.request(
            RequestEvent(
                requestID: "r", method: "GET", path: "/healthz", status: 503, durationMicroseconds: 0))
        let expected =
            "time=2026-11-22T21:00:00.123Z level=info event=request request_id=r method=GET path=/healthz "
            + "status=503 duration_us=0\n"
        #expect(try pipe.text() == expected)
    }

    @Test(arguments: [(Logger.Level.debug, 1), (.info, 1), (.notice, 0), (.critical, 0)])
    func `the access log honours the minimum level`(_ minimum: Logger.Level, _ lines: Int) throws {
        let pipe = try LogPipe(minimum: minimum)
        pipe.log.request(event)
        #expect(try pipe.objects().count == lines)
    }

    @Test func `lines keep the order in which they were logged`() throws {
        let pipe = try LogPipe()
        for number in 0..<300 { pipe.logger.info("\(number)") }
        #expect(try pipe.objects().map { $0["event"] as? String } == (0..<300).map(String.init))
    }

    @Test func `a full buffer drops lines, and later lines say how many`() throws {
        let pipe = try LogPipe(bufferBytes: 2048)
        // More than the pipe and both buffers hold, and nobody reads yet.
        let logged = 2000
        for _ in 0..<logged { pipe.log.request(event) }
        var written = 0
        var dropped = 0
        var line: [UInt8] = []
        while written + dropped < logged {
            for byte in pipe.pipe.fileHandleForReading.availableData {
                line.append(byte)
                guard byte == UInt8(ascii: "\n") else { continue }
                let text = String(decoding: line, as: UTF8.self)
                line = []
                if text.contains("log lines were dropped") {
                    #expect(text.contains(#""level":"warning""#))
                    let count = text.split(separator: #""dropped":"#).last.flatMap { Int($0.dropLast(2)) }
                    dropped += try #require(count)
                } else {
                    written += 1
                }
            }
        }
        #expect(written + dropped == logged)
        #expect(dropped > 0)
    }

    @Test(arguments: [Int.min, -10, 0, 9, 10, 99, 100, Int.max])
    func `numbers are written as JSON numbers`(_ number: Int) throws {
        let pipe = try LogPipe()
        pipe.log.request(
            RequestEvent(requestID: "r", method: "GET", path: "/", status: 200, durationMicroseconds: number))
        #expect(try pipe.text().hasSuffix(#""duration_us":\#(number)}"# + "\n"))
    }

    @Test func `lines of many tasks never mix`() async throws {
        let pipe = try LogPipe()
        let log = pipe.log
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<30 {
                        log.request(
                            RequestEvent(
                                requestID: "\(task)-\(number)", method: "GET", path: "/", status: 200,
                                durationMicroseconds: number))
                    }
                }
            }
        }
        let ids = try pipe.objects().compactMap { $0["request_id"] as? String }
        #expect(Set(ids).count == 240)
    }

    @Test func `a flush of an idle log returns at once, and one nobody reads gives up`() throws {
        let pipe = try LogPipe()
        #expect(pipe.log.flush(within: .seconds(60)))
        let long = String(repeating: "x", count: 4000)
        for _ in 0..<40 { pipe.logger.info("\(long)") }
        #expect(!pipe.log.flush(within: .zero))
        // The log's thread must be done with the pipe before it goes away.
        var lines = 0
        while lines < 40 {
            lines += pipe.pipe.fileHandleForReading.availableData.count { $0 == UInt8(ascii: "\n") }
        }
    }

    @Test func `a reader that went away does not end the process`() throws {
        let pipe = try LogPipe()
        try pipe.pipe.fileHandleForReading.close()
        pipe.log.request(event)
        #expect(pipe.log.flush(within: .seconds(60)))
        pipe.log.request(event)
        #expect(pipe.log.flush(within: .seconds(60)))
    }
}
