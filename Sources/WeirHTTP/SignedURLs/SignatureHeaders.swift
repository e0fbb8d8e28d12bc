internal import WeirDomain

/// The headers of pre-signed access, as they came. A request has them if any header's name begins with `url-`.
struct SignatureHeaders {
    private(set) var signature: String?
    private var expires: String?
    private var methods: String?
    private var paths: String?
    private var isAmbiguous = false

    static let prefix = "url-"

    /// Takes a header; others than the four are none of its business.
    mutating func take(_ name: String, _ value: String) {
        switch name {
        case "url-signature": signature = only(value, instead: signature)
        case "url-expires": expires = only(value, instead: expires)
        case "url-methods": methods = only(value, instead: methods)
        case "url-paths": paths = only(value, instead: paths)
        default: break
        }
    }

    /// Which of two would be checked, and which of them would a proxy in front have looked at?
    private mutating func only(_ value: String, instead earlier: String?) -> String {
        if earlier != nil { isAmbiguous = true }
        return value
    }

    /// Nil if a part is missing, or has not its form.
    func presented(project: String?) -> PresentedSignature? {
        guard !isAmbiguous, let signature, let expires, let methods, let paths else { return nil }
        return PresentedSignature(
            signature: signature, pathList: paths, methodList: methods, project: project, expires: expires)
    }
}
