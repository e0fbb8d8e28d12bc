internal import HTTPTypes
internal import NIOHTTP1

/// Cross-origin access for browsers (https://fetch.spec.whatwg.org/#http-cors-protocol). Without allowed origins
/// no answer says anything about it.
package struct CrossOrigin: Sendable {
    /// `*` allows all.
    package var origins: [String] = []
    package var methods: [String] = []
    package var requestHeaders: [String] = []
    package var exposedHeaders: [String] = []
    package var allowsCredentials = true
    package var maximumAgeSeconds = 3600

    package init() {}

    /// Request headers that pages need for the API, whatever else the operator lists.
    private static let neededHeaders = [
        "Content-Type", "Client-ID", "X-Project-ID", "URL-Signature", "URL-Expires", "URL-Methods", "URL-Paths",
    ]
    /// Likewise of answers: the address of a claim stands in no body.
    private static let neededAnswers = ["Location", "Content-Location", "Retry-After", "X-OpenStack-Request-ID"]

    func complete(_ reply: inout Reply, to method: HTTPMethod, for headers: KnownHeaders) {
        guard !origins.isEmpty else { return }
        // On all answers: one that a cache keeps must not be taken for what another origin would be told.
        reply.headers.append((.vary, "Origin"))
        guard let origin = headers.origin, origins.contains(origin) || origins.contains("*") else { return }
        reply.headers.append((.accessControlAllowOrigin, origins.contains(origin) ? origin : "*"))
        // Never for all origins: any page could then act as whoever looks at it.
        if allowsCredentials, origins.contains(origin) {
            reply.headers.append((.accessControlAllowCredentials, "true"))
        }
        if method == .OPTIONS, headers.requestedMethod != nil {
            reply.headers.append((.accessControlAllowMethods, methods.joined(separator: ",")))
            reply.headers.append((.accessControlAllowHeaders, Self.list(requestHeaders, Self.neededHeaders)))
            reply.headers.append((.accessControlMaxAge, String(maximumAgeSeconds)))
        } else {
            reply.headers.append((.accessControlExposeHeaders, Self.list(exposedHeaders, Self.neededAnswers)))
        }
    }

    /// Both, each name once: they are the same in any case.
    private static func list(_ chosen: [String], _ needed: [String]) -> String {
        let known = Set(chosen.map { $0.lowercased() })
        return (chosen + needed.filter { !known.contains($0.lowercased()) }).joined(separator: ",")
    }
}
