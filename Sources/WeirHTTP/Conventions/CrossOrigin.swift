internal import HTTPTypes

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

    func complete(_ reply: inout Reply, for headers: KnownHeaders) {
        guard !origins.isEmpty, let origin = headers.origin, origins.contains(origin) || origins.contains("*") else {
            return
        }
        reply.headers.append((.accessControlAllowOrigin, origins.contains(origin) ? origin : "*"))
        reply.headers.append((.vary, "Origin"))
        if allowsCredentials, origins.contains(origin) {
            reply.headers.append((.accessControlAllowCredentials, "true"))
        }
        if headers.requestedMethod != nil {
            reply.headers.append((.accessControlAllowMethods, methods.joined(separator: ",")))
            reply.headers.append((.accessControlAllowHeaders, requestHeaders.joined(separator: ",")))
            reply.headers.append((.accessControlMaxAge, String(maximumAgeSeconds)))
        } else if !exposedHeaders.isEmpty {
            reply.headers.append((.accessControlExposeHeaders, exposedHeaders.joined(separator: ",")))
        }
    }
}
