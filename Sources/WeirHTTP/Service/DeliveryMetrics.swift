internal import WeirOperations

extension HTTPService {
    /// What this node has delivered.
    func addDeliveries(to text: inout MetricsText) {
        guard let figures = operations.deliveries.figures else { return }
        text.family("weir_deliveries_total", "counter", "Deliveries to subscribers that this node ended, by outcome.")
        text.sample(["outcome": "delivered"], figures.delivered)
        text.sample(["outcome": "failed"], figures.failed)
        text.family("weir_delivery_retries_total", "counter", "Attempts of this node that failed and are made again.")
        text.sample([:], figures.retried)
        text.family(
            "weir_delivery_unreadable_total", "counter",
            "Stored deliveries that this node could not read, for example because it has not the key that sealed them.")
        text.sample([:], figures.unreadable)
        text.family("weir_delivery_backlog", "gauge", "Deliveries that this node will try later.")
        text.sample([:], figures.backlog)
        text.family("weir_delivery_waiting", "gauge", "Deliveries that wait in this node's memory.")
        text.sample([:], figures.waiting)
        text.family(
            "weir_delivery_age_seconds", "gauge",
            "Since when the oldest message waits of which some subscriber has yet to be told, or a backlog to take it over."
        )
        text.sample([:], figures.ageSeconds)
    }
}
