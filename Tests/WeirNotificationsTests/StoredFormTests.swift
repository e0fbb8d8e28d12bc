import Testing
import WeirDomain
import WeirNotifications

@Suite("What the notifier stores") struct StoredFormTests {
    private let queue = QueueKey(project: .hidden(.topics, of: ProjectID("p: \"1\"")!), name: QueueName("q.1")!)

    @Test("an announcement reads back as it was written, its bodies byte for byte")
    func announcements() {
        let bodies = ["{}", "\"a\\nb\"", "\"ä\u{1F600}\"", "[1, 2.50, 1e400]", "null"]
        let messages = bodies.enumerated().map { index, body in
            AnnouncedMessage(
                id: MessageID(high: UInt64(index), low: .max), body: MessageBody(Array(body.utf8)), ttl: 60 + index,
                delay: index % 2 == 0 ? nil : index)
        }
        var parcel = Parcel(id: "x", payload: Array("line\nbreaks\n".utf8))
        parcel.isNotice = true
        parcel.letter = Parcel.Letter(subject: "s\"", sender: "")
        for content in [
            Announcement.Content.messages(messages), .messages([]),
            .parcels([parcel, Parcel(id: "", payload: [])], subscription: "i"),
        ] {
            let announcement = Announcement(queue: queue, posted: Timestamp(milliseconds: 1), content: content)
            #expect(Announcement(announcement.bytes) == announcement)
        }
    }

    @Test("a parcel in a backlog reads back as it was written")
    func backlog() {
        var entry = BacklogEntry(Parcel(id: "m", payload: Array("{\n}".utf8)), failures: 3)
        #expect(BacklogEntry(entry.bytes) == entry)
        (entry.reason, entry.status) = ("answered 503\n", 503)
        #expect(BacklogEntry(entry.bytes) == entry)
    }

    @Test("what was cut off or never written is nothing")
    func broken() {
        let announcement = Announcement(
            queue: queue, posted: Timestamp(milliseconds: 1),
            content: .parcels([Parcel(id: "a", payload: [1, 2, 3])], subscription: "s"))
        for count in 0..<announcement.bytes.count {
            #expect(Announcement(Array(announcement.bytes.prefix(count))) == nil)
        }
        let entry = BacklogEntry(Parcel(id: "a", payload: [1, 2, 3])).bytes
        for count in 0..<entry.count { #expect(BacklogEntry(Array(entry.prefix(count))) == nil) }
        for text in ["", "\n", "{}\n", "[]\n", "x\ny"] { #expect(Announcement(Array(text.utf8)) == nil) }
    }

    @Test("names of outboxes and backlogs are names of queues, and lead back to the subscription")
    func names() throws {
        let outbox = try #require(OutboxNames.outbox(ofPool: String(repeating: "ü /", count: 80)))
        let id = "01234567-89ab-cdef-0123-456789abcdef"
        let backlog = try #require(OutboxNames.backlog(id, of: outbox))
        #expect(OutboxNames.subscription(ofBacklog: backlog, of: outbox) == id)
        let other = try #require(OutboxNames.outbox(ofPool: "b"))
        #expect(other != outbox && OutboxNames.subscription(ofBacklog: backlog, of: other) == nil)
        #expect(OutboxNames.prefix(of: outbox) < backlog.value)
    }

    @Test(
        "the places of stores are read from their URIs",
        arguments: [
            ("redis://u:p@h:1234/0", ["h:1234"]), ("redis://H", ["h:6379"]),
            ("redis+sentinel://a,b:1/m", ["a:26379", "b:1"]),
            ("mongodb://u:p%40@a,[::1]:5,[fe80::2]/db?x=y", ["a:27017", "::1:5", "fe80::2:27017"]), ("sqlite:x", []),
            ("redis+unix:///tmp/x", []), ("weir://[::]:99", [":::99"]), ("mongodb://u@b:p@h", ["h:27017"]),
        ])
    func places(uri: String, found: [String]) {
        #expect(StoreHosts.of(uri).map { "\($0.host):\($0.port)" } == found)
    }
}
