extension ConfigurationOption {
    static let cors: [ConfigurationOption] = [
        .init(
            "cors.allowed_origin", \.cors.allowedOrigin, .origins, default: [],
            "The web origins whose pages may call the API; none means that no CORS headers are sent."),
        .init(
            "cors.allow_methods", \.cors.allowMethods, .list(of: "methods"),
            default: ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD"],
            "The methods that pages of these origins may use."),
        .init(
            "cors.allow_headers", \.cors.allowHeaders, .list(of: "header names"),
            default: [
                "X-Auth-Token", "X-Identity-Status", "X-Roles", "X-Service-Catalog", "X-User-Id",
                "X-Tenant-Id", "X-OpenStack-Request-ID", "X-Trace-Info", "X-Trace-HMAC", "Client-id",
            ],
            "The request headers that these pages may send."),
        .init(
            "cors.expose_headers", \.cors.exposeHeaders, .list(of: "header names"),
            default: ["X-Auth-Token", "X-Subject-Token", "X-Service-Token", "X-OpenStack-Request-ID"],
            "The answer's headers that these pages may read."),
        .init(
            "cors.allow_credentials", \.cors.allowCredentials, .boolean, default: true,
            "Whether these pages may send the user's credentials along."),
        .init(
            "cors.max_age", \.cors.maxAge, .integer(0...86_400, "seconds"), default: 3600,
            "How long a browser may remember these answers."),
    ]
}
