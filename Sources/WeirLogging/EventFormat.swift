/// The shape of a log line.
package enum EventFormat: Sendable {
    /// `{"time":"…","level":"…","event":"…",…}`
    case json
    /// `time=… level=… event=… …` (logfmt)
    case text
}
