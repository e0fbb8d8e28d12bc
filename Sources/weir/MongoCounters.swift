internal import Glibc

/// libmongoc keeps counters in a piece of shared memory that is named after the process. A kill would leave it behind,
/// and a later process of the same number would complain about that on standard error.
enum MongoCounters {
    /// Takes the name away; the memory goes with the process.
    static func unlinkName() {
        _ = shm_unlink("/mongoc-\(getpid())")
    }
}
