import Testing
import WeirBench

@Suite struct LatencyHistogramTests {
    /// Nearest rank over the sorted values: what the histogram approximates.
    private func exact(_ sorted: [UInt64], perMille: Int) -> UInt64 {
        sorted[max(1, (sorted.count * perMille + 999) / 1000) - 1]
    }

    private func expectWithinOnePercent(_ values: [UInt64]) {
        var histogram = LatencyHistogram()
        for value in values { histogram.record(value) }
        let sorted = values.sorted()
        for perMille in [0, 1, 10, 250, 500, 900, 990, 999, 1000] {
            let truth = exact(sorted, perMille: perMille)
            let told = histogram.value(perMille: perMille)
            let difference = told > truth ? told - truth : truth - told
            #expect(Double(difference) <= Double(truth) * 0.01, "\(perMille): \(told) for \(truth)")
        }
        #expect(histogram.maximum == sorted.last)
        #expect(histogram.count == UInt64(values.count))
    }

    @Test(
        "percentiles of latencies from nanoseconds to minutes are within one percent",
        arguments: 1...20 as ClosedRange<UInt64>)
    func logUniform(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...5000, using: &random)
        expectWithinOnePercent(
            (0..<count).map { _ in
                let bits = UInt64.random(in: 0...39, using: &random)
                return UInt64.random(in: 0...(1 << bits), using: &random)
            })
    }

    @Test("a narrow spread of latencies keeps its tail")
    func tail() {
        expectWithinOnePercent((0..<10_000).map { $0 < 9_985 ? 1_000_000 + UInt64($0) : 80_000_000 })
    }

    @Test(
        "values at the edges of buckets are told as they are",
        arguments: [0, 1, 127, 128, 255, 256, 257, 511, 1 << 30])
    func edges(value: UInt64) {
        expectWithinOnePercent([value])
    }

    @Test("whole ranks are not off by one", arguments: [1000, 2000, 3000, 7000])
    func ranks(count: Int) {
        var histogram = LatencyHistogram()
        for value in 1...count { histogram.record(value <= count / 1000 * 999 ? 100 : 1_000_000) }
        #expect(histogram.value(perMille: 999) == 100)
    }

    @Test("an empty histogram tells zero")
    func empty() {
        #expect(LatencyHistogram().value(perMille: 999) == 0)
        #expect(LatencyHistogram().maximum == 0)
    }

    @Test("a value beyond the last bucket keeps the maximum exact and traps nowhere")
    func beyond() {
        var histogram = LatencyHistogram()
        histogram.record(.max)
        histogram.record(5)
        #expect(histogram.maximum == .max)
        #expect(histogram.value(perMille: 500) == 5)
    }

    @Test("two histograms merged tell what one would have told")
    func merging() {
        var random = SeededGenerator(seed: 7)
        var whole = LatencyHistogram()
        var halves = [LatencyHistogram(), LatencyHistogram()]
        for index in 0..<4000 {
            let value = UInt64.random(in: 0...50_000_000, using: &random)
            whole.record(value)
            halves[index % 2].record(value)
        }
        halves[0].merge(halves[1])
        #expect(halves[0].count == whole.count)
        for perMille in [500, 990, 999] {
            #expect(halves[0].value(perMille: perMille) == whole.value(perMille: perMille))
        }
    }
}
