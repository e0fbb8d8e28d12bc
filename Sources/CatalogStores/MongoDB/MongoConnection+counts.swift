internal import MongoEngine
internal import WeirDomain

/// Counting the queues of pools and projects.
extension MongoConnection {
    /// A counter is written to even if its number stays: that is what the pool's own changes run into.
    func countForPools(_ counts: [[UInt8]: Int64], _ place: Int32) throws(MongoFailure) {
        let found = try update(CatalogSchema.pools, counts) { statement, count in
            let pool = String(decoding: count.key, as: UTF8.self)
            statement.document("q") { $0.document("_id", CounterKeys.counter(pool, place)) }
            statement.document("u") { update in
                update.document("$inc") { sum in
                    sum.int64("n", count.value)
                    sum.int64("t", 1)
                }
            }
        }
        guard found == counts.count else { throw unreadable(CatalogSchema.pools) }
    }

    func countForProjects(_ counts: [ProjectID: Int64], _ place: Int32) throws(MongoFailure) {
        try update(CatalogSchema.projects, counts.filter { $0.value != 0 }) { statement, count in
            statement.document("q") { $0.document("_id", CounterKeys.counter(count.key.value, place)) }
            statement.document("u") { $0.document("$inc") { $0.int64("n", count.value) } }
            statement.bool("upsert", true)
        }
        try forgetEmpty(counts.filter { $0.value < 0 }.keys.map(\.value))
    }

    /// Of projects without queues nothing is to be left. Should two nodes remove the last queues at the same time,
    /// zeros stay, until the project has queues again.
    private func forgetEmpty(_ projects: [String]) throws(MongoFailure) {
        guard !projects.isEmpty else { return }
        let places = 0..<CounterKeys.places
        let keys = projects.flatMap { project in places.map { CounterKeys.counter(project, $0) } }
        let queries = CatalogQueries(self, readConcern: nil)
        var sums: [[UInt8]: Int64] = [:]
        for document in try queries.documents(CatalogSchema.projects, keys[...]) {
            guard let project = document.document("_id")?.string("p") else { throw unreadable(CatalogSchema.projects) }
            sums[project.exact, default: 0] += document.integer("n") ?? 0
        }
        let empty = projects.filter { sums[$0.exact] == 0 }
        guard !empty.isEmpty else { return }
        let gone = empty.flatMap { project in places.map { CounterKeys.counter(project, $0) } }
        try delete(CatalogSchema.projects) { filter in
            filter.document("_id") { $0.array("$in", gone) { $0.document($1, $2) } }
        }
    }
}
