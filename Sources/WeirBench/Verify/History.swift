/// What the clients of a run did and saw: all that a `HistoryChecker` goes by.
///
/// Times are nanoseconds of one monotonic clock. Each record is taken outside the wire: `sent` before the first byte
/// left, `answered` after the last one came, so that what the server did lies between the two.
package struct History: Sendable {
    /// In any order, but a producer posts its numbers in a queue one after the other: the post of a number is sent
    /// only when the one before was answered or given up.
    package var posts: [Post] = []

    /// Claims that handed something out or whose outcome is unknown, in any order. Empty ones tell nothing.
    package var claims: [Claim] = []

    /// In any order.
    package var deletes: [Delete] = []

    /// What the queues still listed at the end, though nothing came any more and no claim got it.
    package var leftovers: [Leftover] = []

    /// Whether the run went on until its queues were empty, or nothing came any more though it could have.
    package var isDrained = true

    /// Nothing happened yet.
    package init() {}
}

extension History {
    /// One request that posted some messages, in the order of their numbers.
    package struct Post: Sendable {
        /// How it ended.
        package enum Outcome: Sendable, Equatable {
            /// Answered 201, with the id of each message.
            case acknowledged(ids: [String])
            /// The messages may or may not be there: a broken connection, no answer in time, or 5xx.
            case unknown
            /// Refused for good: the messages are not there.
            case refused
        }

        /// Its messages.
        package var stamps: [Stamp]
        /// How it ended.
        package var outcome: Outcome

        /// A post of these messages.
        package init(_ stamps: [Stamp], _ outcome: Outcome) {
            self.stamps = stamps
            self.outcome = outcome
        }
    }

    /// One request that claimed messages of a queue.
    package struct Claim: Sendable {
        /// The place of the queue in the list of the run.
        package var queue: Int
        /// When it was asked for.
        package var sent: UInt64
        /// When its answer was there, or it was given up.
        package var answered: UInt64
        /// How long it holds its messages, in nanoseconds from the moment the server made it.
        package var ttl: UInt64
        /// How many messages it holds at most.
        package var limit: Int
        /// What it handed out, in the order of the answer; nil if the outcome is unknown.
        package var deliveries: [Delivery]?

        /// A claim as the claimer saw it.
        package init(
            queue: Int, sent: UInt64, answered: UInt64, ttl: UInt64, limit: Int, deliveries: [Delivery]?
        ) {
            self.queue = queue
            self.sent = sent
            self.answered = answered
            self.ttl = ttl
            self.limit = limit
            self.deliveries = deliveries
        }
    }

    /// One message in the answer to a claim.
    package struct Delivery: Sendable {
        /// Nil if the body is not one that a producer wrote.
        package var stamp: Stamp?
        /// The id under which it came.
        package var id: String

        /// A message as it came.
        package init(stamp: Stamp?, id: String) {
            self.stamp = stamp
            self.id = id
        }
    }

    /// One message in the listing of a queue.
    package struct Leftover: Sendable {
        /// The place of the queue in the list of the run.
        package var queue: Int
        /// Nil if the body is not one that a producer wrote.
        package var stamp: Stamp?
        /// The id under which it is listed.
        package var id: String

        /// A message as it is listed.
        package init(queue: Int, stamp: Stamp?, id: String) {
            self.queue = queue
            self.stamp = stamp
            self.id = id
        }
    }

    /// One request that deleted a message, by the claim that handed it out.
    package struct Delete: Sendable {
        /// How it ended.
        package enum Outcome: Sendable, Equatable {
            /// Answered 204: the message is gone for good.
            case acknowledged
            /// The message may or may not be gone.
            case unknown
            /// Refused, for the claim has ended: the message is still there.
            case refused
        }

        /// The message.
        package var stamp: Stamp
        /// The place in `claims` of the claim that was named.
        package var claim: Int
        /// When it was asked for.
        package var sent: UInt64
        /// When the answer was there, or it was given up.
        package var answered: UInt64
        /// How it ended.
        package var outcome: Outcome

        /// A delete of this message.
        package init(_ stamp: Stamp, claim: Int, sent: UInt64, answered: UInt64, _ outcome: Outcome) {
            self.stamp = stamp
            self.claim = claim
            self.sent = sent
            self.answered = answered
            self.outcome = outcome
        }
    }
}
