import Testing
import WeirBench

@Suite struct BenchReportTests {
    private let result: BenchResult = {
        var result = BenchResult(scenario: .postTen, connections: 64, tally: LoadTally(), countedFrom: 0)
        result.seconds = 2.5
        result.requests = 1000
        result.messages = 10_000
        result.errors = ["503": 2, "lost": 1]
        result.explanation = "the server closed a connection"
        result.p50 = 1.2345
        result.p99 = 20
        result.p999 = 99.9996
        result.maximum = 0.0004
        return result
    }()

    @Test("JSON has one object a scenario with members in a fixed order")
    func json() {
        #expect(
            BenchReport.json([result]) == """
                [
                  {"scenario": "post-10", "connections": 64, "seconds": 2.500, "requests": 1000, \
                "messages": 10000, "refill": 0, "errors": {"503": 2, "lost": 1}, \
                "requests_per_second": 400.0, "messages_per_second": 4000.0, \
                "p50_ms": 1.235, "p99_ms": 20.000, "p999_ms": 100.000, \
                "max_ms": 0.000}
                ]
                """)
        #expect(BenchReport.json([]) == "[]")
    }

    @Test("the columns of the table stand below their headings")
    func table() {
        let row = BenchReport.tableRow(result)
        #expect(row.count == BenchReport.tableHeading.count)
        #expect(
            row.split(separator: " ").map(String.init)
                == ["post-10", "64", "400", "4000", "1.23", "20.00", "100.00", "0.00", "3"])
    }

    @Test("the summary of failures names each kind and the first reason")
    func summary() {
        #expect(
            result.failureSummary
                == "post-10: 3 requests failed: 2 × 503, 1 × lost (the server closed a connection)")
    }

    @Test("without any answer all figures are zero")
    func nothing() {
        let empty = BenchResult(scenario: .list, connections: 1, tally: LoadTally(), countedFrom: 5)
        #expect(empty.requestsPerSecond == 0 && empty.messagesPerSecond == 0 && empty.maximum == 0)
        #expect(empty.failureSummary == nil)
    }
}
