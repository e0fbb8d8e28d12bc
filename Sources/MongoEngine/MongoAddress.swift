internal import CMongoc

/// A URI that libmongoc understands, with Weir's defaults for what it does not say: database `weir`, write concern
/// majority with journal, short time-outs, and the name under which servers list their clients.
// Sendable by hand: the uri is changed only in `init`.
package final class MongoAddress: @unchecked Sendable {
    /// Milliseconds between two looks at each server.
    private static let heartbeat = 1000

    /// Why a URI cannot be used: one sentence, without the URI.
    package struct Refusal: Error, Hashable, Sendable {
        package let reason: String
    }

    let uri: OpaquePointer
    /// The database, from the path.
    package let database: String
    /// How long one answer may take, in milliseconds.
    package let timeout: Int
    /// The name under which servers list this client.
    let applicationName: String

    /// - Parameters:
    ///   - timeout: Milliseconds to wait for a connection, for a primary, and for one answer, where the URI does not
    ///     say.
    ///   - answer: Those for one answer, if they differ.
    ///   - connections: How many there have to be at a time.
    package init(
        _ text: String, timeout: Int = 800, answer: Int? = nil, connections: Int = 1
    ) throws(Refusal) {
        MongoLibrary.start
        var error = bson_error_t()
        guard let parsed = mongoc_uri_new_with_error(text, &error) else {
            // The library's own words may quote a password that was not escaped.
            throw Refusal(
                reason: "libmongoc cannot read it: expected mongodb://[user:password@]host[:port][,…][/database]"
                    + "[?…], with percent signs for special characters")
        }
        uri = parsed
        database = mongoc_uri_get_database(parsed).map { String(cString: $0) } ?? "weir"
        Self.fill(parsed, timeout: timeout, answer: answer ?? timeout)

        self.timeout = Int(mongoc_uri_get_option_as_int32(parsed, MONGOC_URI_SOCKETTIMEOUTMS, 0))
        applicationName = mongoc_uri_get_appname(parsed).map { String(cString: $0) } ?? ""
        guard mongoc_write_concern_get_w(mongoc_uri_get_write_concern(parsed)) != 0 else {
            throw Refusal(reason: "w=0 acknowledges nothing: leave w out, or set it to majority")
        }
        let most = mongoc_uri_get_option_as_int32(parsed, MONGOC_URI_MAXPOOLSIZE, 100)
        guard most >= connections else {
            throw Refusal(reason: "maxPoolSize: leave it out, or set it to \(connections) or more: so many are needed")
        }
    }

    deinit {
        mongoc_uri_destroy(uri)
    }

    private static func fill(_ uri: OpaquePointer, timeout: Int, answer: Int) {
        let times = [
            (MONGOC_URI_SERVERSELECTIONTIMEOUTMS, timeout), (MONGOC_URI_CONNECTTIMEOUTMS, timeout),
            (MONGOC_URI_SOCKETTIMEOUTMS, answer), (MONGOC_URI_HEARTBEATFREQUENCYMS, heartbeat),
        ]
        for (option, milliseconds) in times where !weir_mongo_uri_says(uri, option) {
            mongoc_uri_set_option_as_int32(uri, option, Int32(milliseconds))
        }
        // 0 stands for no bound, and everything has one here.
        if mongoc_uri_get_option_as_int32(uri, MONGOC_URI_SOCKETTIMEOUTMS, 0) <= 0 {
            mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SOCKETTIMEOUTMS, Int32(answer))
        }
        // A connection of its own looks for a primary as long as the others do.
        mongoc_uri_set_option_as_bool(uri, MONGOC_URI_SERVERSELECTIONTRYONCE, false)
        if mongoc_uri_get_appname(uri) == nil { mongoc_uri_set_appname(uri, "weir") }
        let concern = mongoc_write_concern_copy(mongoc_uri_get_write_concern(uri))
        if !weir_mongo_uri_says(uri, MONGOC_URI_W) {
            mongoc_write_concern_set_w(concern, Int32(MONGOC_WRITE_CONCERN_W_MAJORITY))
        }
        if !weir_mongo_uri_says(uri, MONGOC_URI_JOURNAL) { mongoc_write_concern_set_journal(concern, true) }
        mongoc_uri_set_write_concern(uri, concern)
        mongoc_write_concern_destroy(concern)
    }

    // MARK: Write concern

    /// The write concern in force: `majority`, a number of members, or the name of a tag.
    package var acknowledgedBy: String {
        let concern = mongoc_uri_get_write_concern(uri)
        if mongoc_write_concern_get_wmajority(concern) { return "majority" }
        if let tag = mongoc_write_concern_get_wtag(concern) { return String(cString: tag) }
        return String(mongoc_write_concern_get_w(concern))
    }

    /// As commands carry it.
    var writeConcern: [UInt8] {
        let concern = mongoc_uri_get_write_concern(uri)
        return BSONWriter.document { document in
            if let members = Int32(acknowledgedBy) {
                // Negative: the uri says nothing but leaves it to the server.
                if members >= 0 { document.int32("w", members) }
            } else {
                document.string("w", acknowledgedBy)
            }
            document.bool("j", mongoc_write_concern_get_journal(concern))
        }
    }

    /// Whether a write waits for the journal.
    package var waitsForJournal: Bool {
        mongoc_write_concern_get_journal(mongoc_uri_get_write_concern(uri))
    }
}

/// The client library itself.
enum MongoLibrary {
    /// Sets it up, once; its own log lines are not Weir's.
    static let start: Void = {
        mongoc_log_set_handler(nil, nil)
        mongoc_init()
    }()
}
