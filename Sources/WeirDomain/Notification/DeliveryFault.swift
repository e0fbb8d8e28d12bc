/// Why something can never be delivered as it stands: part of a sentence, without secrets.
package struct DeliveryFault: Error, Hashable, Sendable {
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }
}
