import Logging
import Testing
import WeirLogging

@Suite struct EventLogHandlerTests {
    @Test func `metadata stands behind the message in the order of its keys`() throws {
        let pipe = try LogPipe()
        pipe.logger.warning("pool is slow", metadata: ["pool": "a", "latency_ms": "\(12)"])
        let expected =
            #"{"time":"2026-11-22T21:00:00.123Z","level":"warning","event":"pool is slow","#
            + #""latency_ms":"12","pool":"a"}"# + "\n"
        #expect(try pipe.text() == expected)
    }

    @Test func `level and metadata belong to one logger`() throws {
        let pipe = try LogPipe(minimum: .info)
        var first = pipe.logger
        first.logLevel = .debug
        first[metadataKey: "only"] = "first"
        var second = first
        second.logLevel = .error
        second[metadataKey: "only"] = "second"
        first.debug("one")
        second.debug("two")
        second.error("three")
        let objects = try pipe.objects()
        #expect(objects.map { $0["event"] as? String } == ["one", "three"])
        #expect(objects.map { $0["only"] as? String } == ["first", "second"])
    }

    @Test func `a logger starts at the log's minimum level`() throws {
        let pipe = try LogPipe(minimum: .notice)
        pipe.logger.info("no")
        pipe.logger.notice("yes")
        #expect(try pipe.objects().map { $0["event"] as? String } == ["yes"])
    }

    @Test func `the value closest to the event wins`() throws {
        let pipe = try LogPipe()
        let provider = Logger.MetadataProvider { ["a": "provider", "b": "provider"] }
        var handler = EventLogHandler(label: "test", log: pipe.log, metadataProvider: provider)
        handler.metadata = ["a": "logger", "b": "logger", "c": "logger"]
        Logger(label: "test") { [handler] _ in handler }.info("x", metadata: ["b": "event"])
        let object = try #require(try pipe.objects().first)
        #expect(object["a"] as? String == "provider")
        #expect(object["b"] as? String == "event")
        #expect(object["c"] as? String == "logger")
    }

    @Test func `metadata cannot pose as the line's own fields`() throws {
        let pipe = try LogPipe()
        pipe.logger.info("x", metadata: ["level": "critical", "time": "never"])
        let object = try #require(try pipe.objects().first)
        #expect(object["level"] as? String == "info")
        #expect(object["level_"] as? String == "critical")
        #expect(object["time_"] as? String == "never")
    }

    @Test func `metadata whose description logs does not block`() throws {
        struct Chatty: CustomStringConvertible, Sendable {
            let logger: Logger
            var description: String {
                logger.info("inner")
                return "described"
            }
        }
        let pipe = try LogPipe()
        pipe.logger.info("outer", metadata: ["chatty": .stringConvertible(Chatty(logger: pipe.logger))])
        #expect(try pipe.objects().map { $0["event"] as? String } == ["inner", "outer"])
    }
}
