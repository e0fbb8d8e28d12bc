/// Why a command did not do what it was asked: one line for people, and the exit status.
package struct AdminFailure: Error, Hashable {
    package let message: String
    /// 1 refused or failed, 2 what was given is wrong, 3 the named thing does not exist.
    package let status: Int32

    package init(_ message: String, status: Int32 = 1) {
        self.message = message
        self.status = status
    }

    /// What the command line or a file says is wrong; the server was not asked.
    static func badInput(_ message: String) -> AdminFailure {
        AdminFailure(message, status: 2)
    }

    /// What was answered cannot be an answer of the API.
    static func strangeAnswer(_ oddity: String) -> AdminFailure {
        AdminFailure("the server's answer \(oddity): is this the address of the service?")
    }

    /// The thing that was named does not exist.
    static func notFound(_ message: String) -> AdminFailure {
        AdminFailure(message, status: 3)
    }
}
