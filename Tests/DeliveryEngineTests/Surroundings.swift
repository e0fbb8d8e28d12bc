import Glibc

/// Variables that a service may be started with, for tests that show that they lead nowhere.
enum Surroundings {
    /// Set by whichever of these tests comes first, and never again: other tests read the variables at the same time.
    static let areSet: Bool = {
        let proxy = "http://127.0.0.1:1"
        let variables = [("WEIR_TEST_SECRET", "hidden"), ("http_proxy", proxy), ("ALL_PROXY", proxy)]
        return variables.allSatisfy { name, value in setenv(name, value, 1) == 0 }
    }()
}
