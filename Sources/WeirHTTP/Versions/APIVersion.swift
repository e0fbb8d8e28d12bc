/// The versions of the API. They are the same operations; the older ones have fewer resources and other shapes
/// (API sections 11 and 12).
package enum APIVersion: String, CaseIterable, Sendable {
    case v1 = "1"
    case v1_1 = "1.1"
    case v2 = "2"

    /// The first segment of its paths.
    init?(segment: String) {
        switch segment {
        case "v2": self = .v2
        case "v1.1": self = .v1_1
        case "v1": self = .v1
        default: return nil
        }
    }

    /// What its paths begin with.
    var path: String {
        switch self {
        case .v1: "/v1"
        case .v1_1: "/v1.1"
        case .v2: "/v2"
        }
    }
}
