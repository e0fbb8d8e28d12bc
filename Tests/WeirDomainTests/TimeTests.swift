import Testing
import WeirDomain

@Suite("Time") struct TimestampTests {
    private let start = Timestamp(milliseconds: 1_900_000_000_123)

    @Test("seconds are added to the millisecond")
    func adding() {
        #expect(start.adding(seconds: 60).milliseconds == 1_900_000_060_123)
        #expect(start.adding(seconds: 0) == start)
        #expect(start.adding(seconds: -1).milliseconds == 1_899_999_999_123)
    }

    @Test(
        "a sum beyond the last instant is the last instant",
        arguments: [Int.max, Int.max / 1000, Int.max / 1000 + 1])
    func saturation(seconds: Int) {
        #expect(start.adding(seconds: seconds).milliseconds == .max)
    }

    @Test("the last instant stays when more is added")
    func lastInstant() {
        let last = Timestamp(milliseconds: .max)
        #expect(last.adding(seconds: 1) == last)
        #expect(last.adding(seconds: 0) == last)
        #expect(start < last)
    }

    @Test(
        "an age is counted in whole seconds and never below 0",
        arguments: [(0, 0), (1, 0), (999, 0), (1000, 1), (1999, 1), (61_000, 61), (-1, 0), (-5000, 0)])
    func age(milliseconds: Int64, seconds: Int) {
        let later = Timestamp(milliseconds: start.milliseconds + milliseconds)
        #expect(later.seconds(since: start) == seconds)
    }
}

@Suite("Terms of a claim") struct ClaimTermsTests {
    private let terms = ClaimTerms(ttl: 300, grace: 60)
    private let now = Timestamp(milliseconds: 1_900_000_000_000)

    private func extended(expires: Timestamp) -> (ttl: Int, expires: Timestamp) {
        terms.extended(ttl: 100, expires: expires, claimEnd: now.adding(seconds: 300))
    }

    @Test("a message that would end before the claim gets the claim's ttl and grace")
    func raised() {
        let (ttl, expires) = extended(expires: now.adding(seconds: 100))
        #expect(ttl == 360)
        #expect(expires == now.adding(seconds: 360))
    }

    @Test("a message that ends a millisecond before the claim is raised")
    func justBefore() {
        let (ttl, expires) = extended(
            expires: Timestamp(milliseconds: now.adding(seconds: 300).milliseconds - 1))
        #expect(ttl == 360)
        #expect(expires == now.adding(seconds: 360))
    }

    @Test(
        "a message that outlives the claim, or ends with it, is left as it is",
        arguments: [300, 301, 359, 361])
    func kept(seconds: Int) {
        let (ttl, expires) = extended(expires: now.adding(seconds: seconds))
        #expect(ttl == 100)
        #expect(expires == now.adding(seconds: seconds))
    }
}
