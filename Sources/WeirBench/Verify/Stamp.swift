/// What a message carries so that it is known again: no two messages of a run have the same one.
package struct Stamp: Hashable, Sendable {
    /// Who posted it.
    package var producer: Int32
    /// The place of its queue in the list of the run.
    package var queue: Int32
    /// Its place among the messages of this producer in this queue, counted from 0.
    package var number: Int32
    /// Drawn anew for each message, so that what another run left behind is not taken for it.
    package var token: UInt64

    /// A stamp of these parts.
    package init(producer: Int, queue: Int, number: Int, token: UInt64) {
        self.producer = Int32(truncatingIfNeeded: producer)
        self.queue = Int32(truncatingIfNeeded: queue)
        self.number = Int32(truncatingIfNeeded: number)
        self.token = token
    }

    /// For people: `producer 3, queue 7, number 12`.
    var place: String { "producer \(producer), queue \(queue), number \(number)" }
}

/// Writes stamps into message bodies, with padding behind them, and reads them back.
package struct StampedBody: Sendable {
    private let padding: [UInt8]

    /// - Parameter bytes: the size of a body as JSON, quotes included. A body is longer if its stamp does not fit.
    package init(bytes: Int) {
        padding = Array(randomJSONString(bytes: bytes).utf8.dropFirst().dropLast())
    }

    /// A message body: a JSON string without escapes, quotes included.
    package func json(_ stamp: Stamp) -> String { "\"\(text(stamp))\"" }

    /// The stamp of a body that `json` wrote; nil if a single byte of it differs.
    ///
    /// - Parameter body: the bytes between the quotes.
    package func stamp(in body: UnsafeRawBufferPointer) -> Stamp? {
        let parts = body.split(separator: UInt8(ascii: "."), maxSplits: 4)
        guard parts.count >= 4 else { return nil }
        let numbers = parts.prefix(3).map { Int(String(decoding: $0, as: UTF8.self)) }
        guard let producer = numbers[0], let queue = numbers[1], let number = numbers[2],
            let token = UInt64(String(decoding: parts[3], as: UTF8.self))
        else { return nil }
        let stamp = Stamp(producer: producer, queue: queue, number: number, token: token)
        return body.elementsEqual(text(stamp).utf8) ? stamp : nil
    }

    private func text(_ stamp: Stamp) -> String {
        let head = "\(stamp.producer).\(stamp.queue).\(stamp.number).\(stamp.token)."
        return head + String(decoding: padding.dropFirst(head.utf8.count), as: UTF8.self)
    }
}
