import Testing
import WeirDomain

@Suite("When failed deliveries are tried again") struct RetryPlanTests {
    private func delays(_ plan: RetryPlan) -> [Int] {
        var delays: [Int] = []
        while let delay = plan.delay(afterFailures: delays.count + 1) { delays.append(delay) }
        return delays
    }

    private func growing(_ backoff: RetryPlan.Backoff, _ least: Int, _ most: Int) -> [Int] {
        var plan = RetryPlan()
        (plan.retriesWithoutDelay, plan.minimumDelayRetries, plan.maximumDelayRetries) = (0, 0, 0)
        (plan.backoff, plan.minimumDelay, plan.maximumDelay) = (backoff, least, most)
        return delays(plan)
    }

    @Test("the phases follow each other")
    func phases() {
        #expect(delays(RetryPlan()) == [0, 0, 0, 5, 5, 5, 5, 10, 15, 20, 25, 30, 30, 30])
    }

    @Test(
        "delays grow as the function says",
        arguments: [
            (RetryPlan.Backoff.linear, 5, 30, [5, 10, 15, 20, 25]),
            (.linear, 10, 60, [10, 15, 20, 25, 30, 35, 40, 45, 50, 55]), (.linear, 0, 12, [0, 5, 10]),
            (.arithmetic, 5, 30, [5, 7, 12, 20, 30]), (.arithmetic, 10, 60, [10, 11, 13, 16, 21, 26, 33, 41, 50, 60]),
            (.geometric, 5, 30, [5, 7, 12, 19, 30]), (.geometric, 10, 60, [10, 12, 14, 18, 22, 27, 33, 40, 49, 60]),
            (.exponential, 5, 30, [5, 7, 12, 19, 30]),
            (.exponential, 10, 60, [10, 12, 14, 18, 22, 27, 33, 40, 49, 60]),
        ])
    func backoff(function: RetryPlan.Backoff, least: Int, most: Int, expected: [Int]) {
        #expect(growing(function, least, most) == expected)
    }

    @Test(
        "a policy of monstrous numbers ends, and waits for no more than half a day",
        arguments: RetryPlan.Backoff.allCases)
    func bounds(backoff: RetryPlan.Backoff) {
        var plan = RetryPlan()
        (plan.retriesWithoutDelay, plan.minimumDelayRetries, plan.maximumDelayRetries) = (.max, .min, .max)
        (plan.backoff, plan.minimumDelay, plan.maximumDelay) = (backoff, .min, .max)
        #expect(delays(plan).count == Limits.deliveryAttempts - 1)
        plan.retriesWithoutDelay = 0
        #expect(delays(plan).allSatisfy { (0...Limits.deliveryDelaySeconds).contains($0) })
        plan.minimumDelay = .max
        #expect(delays(plan).allSatisfy { $0 == Limits.deliveryDelaySeconds })
    }

    @Test("a subscription's policy counts unless one of the two says that the queue's does")
    func choice() {
        var (queue, subscription) = (RetryPlan(), RetryPlan())
        (queue.minimumDelay, subscription.minimumDelay) = (1, 2)
        #expect(RetryPlan.choose(queue: queue, subscription: subscription) == subscription)
        #expect(RetryPlan.choose(queue: queue, subscription: nil) == queue)
        #expect(RetryPlan.choose(queue: nil, subscription: nil) == RetryPlan())
        queue.ignoresSubscriptions = true
        #expect(RetryPlan.choose(queue: queue, subscription: subscription) == queue)
        queue.ignoresSubscriptions = false
        subscription.ignoresSubscriptions = true
        #expect(RetryPlan.choose(queue: queue, subscription: subscription) == queue)
        #expect(RetryPlan.choose(queue: nil, subscription: subscription) == RetryPlan())
    }
}
