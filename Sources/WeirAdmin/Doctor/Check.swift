package import WeirJSON

/// One thing that the doctor looked at.
package struct Check {
    /// How it stands.
    package enum Status: String {
        case ok
        /// It may be meant so.
        case warning
        case failed
    }

    package let name: String
    package let status: Status
    package let finding: String
    /// What to do; nil if nothing.
    package let advice: String?

    static func ok(_ name: String, _ finding: String) -> Check {
        Check(name: name, status: .ok, finding: finding, advice: nil)
    }

    static func warning(_ name: String, _ finding: String, advice: String) -> Check {
        Check(name: name, status: .warning, finding: finding, advice: advice)
    }

    static func failed(_ name: String, _ finding: String, advice: String) -> Check {
        Check(name: name, status: .failed, finding: finding, advice: advice)
    }

    /// For programs.
    package var object: JSONObject {
        [
            "name": .string(name), "status": .string(status.rawValue), "finding": .string(finding),
            "advice": advice.map { .string($0) } ?? .null,
        ]
    }
}
