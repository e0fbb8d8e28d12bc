import Testing
import WeirBench

@Suite struct ResponseParserTests {
    /// An answer and what the parser has to make of it.
    struct Sample: Sendable, CustomTestStringConvertible {
        let bytes: String
        let progress: ResponseParser.Progress
        var body = ""
        var testDescription: String { bytes.prefix(60).debugDescription }
    }

    static let samples = [
        Sample(bytes: "HTTP/1.1 204 No Content\r\n\r\n", progress: .complete(status: 204)),
        Sample(
            bytes: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", progress: .complete(status: 200),
            body: "hello"),
        Sample(
            bytes: "HTTP/1.0 201\r\ncontent-length:2  \r\n\r\nok", progress: .complete(status: 201),
            body: "ok"),
        Sample(
            bytes: "HTTP/1.1 404 Not Found\nCONTENT-LENGTH: \t3\nServer: x\n\nabc",
            progress: .complete(status: 404),
            body: "abc"),
        Sample(
            bytes: "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Lengthy: 9\r\nContent: 1\r\n"
                + "Date: Content-Length: 7\r\nContent-Length: 0\r\nTransfer: none\r\nT: 1\r\nX:\r\n\r\n",
            progress: .complete(status: 200)),
        Sample(
            bytes:
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 201 Created\r\n"
                + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n\n",
            progress: .complete(status: 201), body: "\n"),
        Sample(
            bytes: "HTTP/1.1 204 No Content\r\nContent-Length: 12\r\n\r\n", progress: .complete(status: 204)),
        Sample(bytes: "HTTP/1.1 200 OK\r\nContent-Le", progress: .incomplete),
        Sample(bytes: "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", progress: .incomplete, body: "abc"),
        Sample(bytes: "HTTP/2 200\r\n", progress: .failed(.badStatusLine)),
        Sample(bytes: "HTTP/1.1 099 Low\r\n", progress: .failed(.badStatusLine)),
        Sample(bytes: "HTTP/1.1 2000\r\n", progress: .failed(.badStatusLine)),
        Sample(bytes: "HTTP/1.1 200 OK\r\n\r\n", progress: .failed(.noContentLength)),
        Sample(
            bytes: "HTTP/1.1 200 OK\r\nTransfer-ENCODING: chunked\r\n\r\n0\r\n\r\n",
            progress: .failed(.transferEncoding)),
        Sample(bytes: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n folded\r\n", progress: .failed(.badHeader)),
        Sample(bytes: "HTTP/1.1 200 OK\r\nContent-Length\r\n\r\n", progress: .failed(.noContentLength)),
        Sample(bytes: "HTTP/1.1 200 OK\r\nContent-Length\n\n", progress: .failed(.badHeader)),
        Sample(bytes: "HTTP/1.1 200 OK\r\n\rX", progress: .failed(.badHeader)),
        Sample(bytes: "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", progress: .failed(.badContentLength)),
        Sample(bytes: "HTTP/1.1 200 OK\r\nContent-Length: 1 2\r\n\r\n", progress: .failed(.badContentLength)),
        Sample(bytes: "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", progress: .failed(.badContentLength)),
        Sample(
            bytes: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            progress: .failed(.badContentLength)),
        Sample(
            bytes: "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n",
            progress: .failed(.bodyTooLarge)),
        Sample(
            bytes: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab", progress: .failed(.unexpectedBytes),
            body: "a"),
    ]

    private func feed(
        _ text: String, cuts: [Int], to parser: inout ResponseParser
    ) -> ResponseParser.Progress {
        let bytes = Array(text.utf8)
        var progress = ResponseParser.Progress.incomplete
        var start = 0
        for end in cuts + [bytes.count] {
            progress = bytes[start..<end].withUnsafeBytes { parser.consume($0) }
            start = end
        }
        return progress
    }

    @Test("an answer in one piece is read", arguments: samples)
    func whole(sample: Sample) {
        var parser = ResponseParser()
        parser.begin(keepingBody: true)
        #expect(feed(sample.bytes, cuts: [], to: &parser) == sample.progress)
        #expect(String(decoding: parser.body, as: UTF8.self) == sample.body)
    }

    @Test("an answer that comes byte by byte is read the same", arguments: samples)
    func byteByByte(sample: Sample) {
        var parser = ResponseParser()
        parser.begin(keepingBody: true)
        #expect(feed(sample.bytes, cuts: Array(1..<sample.bytes.utf8.count), to: &parser) == sample.progress)
        #expect(String(decoding: parser.body, as: UTF8.self) == sample.body)
    }

    @Test("an answer cut in two anywhere is read the same", arguments: samples)
    func everySplit(sample: Sample) {
        var parser = ResponseParser()
        for cut in 1..<sample.bytes.utf8.count {
            parser.begin(keepingBody: true)
            #expect(feed(sample.bytes, cuts: [cut], to: &parser) == sample.progress, "cut at \(cut)")
            #expect(String(decoding: parser.body, as: UTF8.self) == sample.body)
        }
    }

    @Test("one parser reads random answers in random pieces", arguments: 1...200 as ClosedRange<UInt64>)
    func property(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var parser = ResponseParser()
        for _ in 0..<5 {
            let (text, status, body) = randomAnswer(&random)
            let length = text.utf8.count
            let cuts = (0..<Int.random(in: 0...8, using: &random))
                .map { _ in Int.random(in: 0...length, using: &random) }
            let keeps = Bool.random(using: &random)
            parser.begin(keepingBody: keeps)
            #expect(feed(text, cuts: cuts.sorted(), to: &parser) == .complete(status: status))
            #expect(parser.body == (keeps ? Array(body.utf8) : []))
        }
    }

    private func randomAnswer(
        _ random: inout SeededGenerator
    ) -> (text: String, status: Int, body: String) {
        let lineEnd = Bool.random(using: &random) ? "\r\n" : "\n"
        let status = [200, 201, 204, 304, 404, 503].randomElement(using: &random) ?? 200
        let hasBody = status != 204 && status != 304
        let size = hasBody ? Int.random(in: 0...3000, using: &random) : 0
        let body = String((0..<size).map { _ in "{}\r\n:\" aé".randomElement(using: &random) ?? "x" })
        var headers = (0..<Int.random(in: 0...6, using: &random)).map { _ in
            let name = ["Content-Type", "c", "Transferable", "X-Y", "Date", "content-lengt"].randomElement(
                using: &random)
            let value = String(repeating: "v", count: Int.random(in: 0...90, using: &random))
            return "\(name ?? "N"):\(value)"
        }
        if hasBody {
            let spelled = ["Content-Length", "content-length", "CONTENT-length"].randomElement(using: &random)
            let at = Int.random(in: 0...headers.count, using: &random)
            headers.insert("\(spelled ?? "Content-Length"): \(body.utf8.count)", at: at)
        }
        let head = (["HTTP/1.1 \(status) Some reason"] + headers).map { $0 + lineEnd }.joined()
        return (head + lineEnd + body, status, body)
    }

    @Test("headers without end are refused")
    func endlessHead() {
        var parser = ResponseParser()
        parser.begin(keepingBody: false)
        let line = "X-Filler: " + String(repeating: "x", count: 990) + "\r\n"
        let text = "HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 80)
        #expect(feed(text, cuts: [], to: &parser) == .failed(.headTooLarge))
    }

    @Test("bytes before any request are refused")
    func unasked() {
        var parser = ResponseParser()
        #expect(feed("H", cuts: [], to: &parser) == .failed(.unexpectedBytes))
    }
}
