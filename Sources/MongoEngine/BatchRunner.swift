internal import StoreThreads

/// The loop of one thread.
struct BatchRunner<Session: MongoSession> {
    typealias Jobs = ArraySlice<any Job<Session>>

    private let session: Session
    private let access: MongoAccess
    private let inbox: Inbox<any Job<Session>>
    /// How long work may wait for its turn, and how long it is tried again, in milliseconds.
    private let patience: Int
    /// Whether callers that were served are waited for.
    private let gathers: Bool
    /// Bytes that one transaction writes at the most, unless a single piece of work writes more.
    private let weight = 8 << 20
    /// How often a whole batch meets a conflict before its parts are tried by themselves.
    private let conflicts = 4

    init(
        _ session: Session, _ access: MongoAccess, _ inbox: Inbox<any Job<Session>>, patience: Int, gathers: Bool
    ) {
        self.session = session
        self.access = access
        self.inbox = inbox
        self.patience = patience
        self.gathers = gathers
    }

    /// Serves until the inbox is closed and empty, at most `limit` pieces of work at once.
    func serve(_ limit: Int) {
        // When no server answered the last time.
        var outage: (over: Instant, failure: MongoFailure)?
        var gathering = gathers ? Gathering() : nil
        while true {
            let jobs = gathering?.take(limit, from: inbox) ?? inbox.take(limit)
            if jobs.isEmpty { return }
            var rest = timely(jobs, outage)[...]
            while !rest.isEmpty {
                let batch = rest.prefix(batchSize(of: rest))
                rest = rest.dropFirst(batch.count)
                guard let failure = serve(batch) else { continue }
                outage = (.now, failure)
                finish(rest, failure)
                rest = []
            }
        }
    }

    /// Leaves out those who waited while nobody answered, or too long: they have waited long enough.
    private func timely(
        _ jobs: [any Job<Session>], _ outage: (over: Instant, failure: MongoFailure)?
    ) -> [any Job<Session>] {
        let start = Instant.now.adding(milliseconds: -patience)
        return jobs.filter { job in
            if let outage, job.since < outage.over {
                job.finish(outage.failure)
            } else if job.since < start {
                job.finish(MongoFailure(.unreachable, "waited too long for its turn"))
            } else {
                return true
            }
            return false
        }
    }

    private func batchSize(of jobs: Jobs) -> Int {
        var total = 0
        for (count, job) in jobs.enumerated() {
            total += job.weight
            if total > weight && count > 0 { return count }
        }
        return jobs.count
    }

    /// Runs the batch, or its parts if it cannot be run as a whole. Returns a failure if no server answers.
    private func serve(_ batch: Jobs) -> MongoFailure? {
        guard let failure = run(batch, until: .now.adding(milliseconds: patience)) else {
            finish(batch, nil)
            return nil
        }
        let isOutage = failure.kind == .unreachable || failure.kind == .unknown
        if isOutage || batch.count == 1 {
            finish(batch, failure)
            return isOutage ? MongoFailure(.unreachable, code: failure.code, failure.reason) : nil
        }
        let middle = batch.startIndex + batch.count / 2
        if let outage = serve(batch[..<middle]) {
            finish(batch[middle...], outage)
            return outage
        }
        return serve(batch[middle...])
    }

    /// Nil if the batch is stored. Nothing of it happened otherwise, unless the failure is `unknown`.
    private func run(_ jobs: Jobs, until deadline: Instant) -> MongoFailure? {
        let keys = Set(jobs.map { $0.key })
        var backoff = Backoff(microseconds: 500, longest: 10_000)
        // Who is in the way for so long may have left without a word.
        var suspicious = Instant.now.adding(milliseconds: patience / 3)
        var conflictsLeft = jobs.count > 1 ? conflicts : Int.max
        while true {
            guard let failure = attempt(jobs, keys, until: deadline) else { return nil }
            session.undone(keys)
            if failure.kind == .refused || failure.kind == .unknown { return failure }
            if failure.kind == .conflict { conflictsLeft -= 1 }
            guard conflictsLeft > 0, Instant.now < deadline else { return failure }
            if failure.kind == .conflict, Instant.now > suspicious {
                suspicious = deadline
                session.connection.endAbandoned()
            }
            backoff.wait()
        }
    }

    private func attempt(_ jobs: Jobs, _ keys: Set<Int64>, until deadline: Instant) -> MongoFailure? {
        session.connection.hasWritten = false
        do throws(MongoFailure) {
            if case .transactions = access { try session.connection.begin() }
            try session.begin(keys)
            for job in jobs { try job.run(session) }
            try session.flush()
            for job in jobs { try job.conclude(session) }
            if case .transactions = access { try session.connection.commit(until: deadline) }
            session.committed()
            return nil
        } catch {
            session.connection.abandon(after: error)
            return afterwards(error)
        }
    }

    /// Without a transaction, what was begun may be half done.
    private func afterwards(_ failure: MongoFailure) -> MongoFailure {
        guard case .commands = access, session.connection.hasWritten, failure.kind != .conflict else { return failure }
        return MongoFailure(.unknown, code: failure.code, failure.reason)
    }

    private func finish(_ jobs: Jobs, _ failure: MongoFailure?) {
        for job in jobs { job.finish(failure) }
    }
}
