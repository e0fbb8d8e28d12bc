/// How grave an event must be to be logged, from everything to almost nothing.
package enum LogLevel: String, CaseIterable, Sendable {
    case trace, debug, info, notice, warning, error, critical
}

/// The shape of a log line.
package enum LogFormat: String, CaseIterable, Sendable {
    /// One JSON object a line.
    case json
    /// `key=value` pairs.
    case text
}

/// What a `Client-ID` must look like.
package enum ClientIDCheck: String, CaseIterable, Sendable {
    /// A UUID.
    case strict
    /// Any text whose length is within the two client id limits.
    case off
}

/// The versions of the API before the present one.
package enum DeprecatedVersion: String, CaseIterable, Sendable {
    case v1 = "1"
    case v1_1 = "1.1"
}

/// What becomes of a queue that is given a flavor which its pool does not serve.
package enum FlavorChangePolicy: String, CaseIterable, Sendable {
    /// It gets the flavor and is moved to a pool that serves it.
    case move
    /// The change is refused.
    case refuse
}

/// How subscribers may be told of messages.
package enum SubscriberType: String, CaseIterable, Sendable {
    case http, https, mailto
    case trustHTTP = "trust+http"
    case trustHTTPS = "trust+https"
}
