package import Logging

/// Lets what logs through swift-log write to an `EventLog`: level, message, error and metadata, and nothing
/// else. Level and metadata are values, one set for each `Logger`.
package struct EventLogHandler: LogHandler {
    /// The logger's name. It is not logged.
    package let label: String
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let log: EventLog

    /// Starts at the log's minimum level.
    package init(label: String, log: EventLog, metadataProvider: Logger.MetadataProvider? = nil) {
        self.label = label
        self.log = log
        self.metadataProvider = metadataProvider
        logLevel = log.minimumLevel
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        // Descriptions are foreign code, so the fields are made before the log's lock is taken.
        var fields = Fields(format: log.format)
        fields.append("event", event.message.description)
        if let error = event.error { fields.append("error", "\(error)") }
        let all = merged(event.metadata)
        for (key, value) in all.sorted(by: { $0.key < $1.key }).prefix(Self.mostKeys) {
            fields.append(foreign: Self.reserved.contains(key) ? key + "_" : key, value.description)
        }
        log.append(level: event.level, fields: fields)
    }

    /// The metadata of one line. Of two values for a key the one closer to the event wins.
    private func merged(_ explicit: Logger.Metadata?) -> Logger.Metadata {
        var all = metadata
        if let provided = metadataProvider?.get() {
            all.merge(provided) { $1 }
        }
        if let explicit {
            all.merge(explicit) { $1 }
        }
        return all
    }

    /// Further keys of one line are left out, in the order of the alphabet.
    private static let mostKeys = 64
    /// Names of the line's own fields; metadata of that name gets an underscore behind it.
    private static let reserved: Set<String> = ["time", "level", "event", "error"]
}
