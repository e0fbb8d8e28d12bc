/// Counts latencies in fixed memory (35 KiB) and tells percentiles with a relative error of at most 0.4 %.
///
/// Values are nanoseconds. Below 128 each value has a bucket of its own; above, every power of two is cut
/// into 128 buckets of equal width. Values beyond about 36 minutes share the last bucket; the maximum is
/// always exact.
package struct LatencyHistogram: Sendable {
    private static let subBucketBits = 7
    private static let subBuckets = 1 << subBucketBits
    private static let largestTracked: UInt64 = (1 << 41) - 1

    private var counts: [UInt64]

    /// How many values were recorded.
    package private(set) var count: UInt64 = 0

    /// The largest value recorded, exact; 0 if there is none.
    package private(set) var maximum: UInt64 = 0

    /// An empty histogram.
    package init() {
        counts = [UInt64](repeating: 0, count: Self.bucket(of: Self.largestTracked) + 1)
    }

    /// Counts one latency in nanoseconds.
    package mutating func record(_ nanoseconds: UInt64) {
        counts[Self.bucket(of: min(nanoseconds, Self.largestTracked))] += 1
        count += 1
        if nanoseconds > maximum { maximum = nanoseconds }
    }

    /// Adds everything the other one has counted.
    package mutating func merge(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        maximum = max(maximum, other.maximum)
    }

    /// The value that `perMille` thousandths of all values do not exceed (nearest rank): 500 is the median,
    /// 999 is p99.9. Never above `maximum`; 0 when nothing was recorded. `perMille` is held to 0...1000.
    package func value(perMille: Int) -> UInt64 {
        guard count > 0 else { return 0 }
        let share = UInt64(min(max(perMille, 0), 1000))
        // Whole numbers: a rank worked out in floating point would be off by one for some counts.
        let rank = max(1, (count * share + 999) / 1000)
        var seen: UInt64 = 0
        for index in counts.indices {
            seen += counts[index]
            if seen >= rank { return min(Self.middle(of: index), maximum) }
        }
        return maximum
    }

    private static func bucket(of value: UInt64) -> Int {
        guard value >= subBuckets else { return Int(value) }
        let shift = 63 - value.leadingZeroBitCount - subBucketBits
        return shift * subBuckets + Int(value >> UInt64(shift))
    }

    private static func middle(of bucket: Int) -> UInt64 {
        guard bucket >= subBuckets else { return UInt64(bucket) }
        let shift = UInt64(bucket / subBuckets - 1)
        let lowest = UInt64(subBuckets + bucket % subBuckets) << shift
        return lowest + (1 << shift) / 2
    }
}
