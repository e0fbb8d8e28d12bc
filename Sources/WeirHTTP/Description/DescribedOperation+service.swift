extension DescribedOperation {
    static let service: [DescribedOperation] = [
        DescribedOperation("GET", .versions, "The versions of the API", [300: .json("Versions", "The versions.")]),
        DescribedOperation("GET", .description, "This description", [200: .json("Object", "An OpenAPI document.")]),
        DescribedOperation("GET", .liveness, "Whether the process answers", [204: .empty("It does.")]),
        DescribedOperation(
            "GET", .readiness, "Whether the node can do its work",
            [200: .json("Readiness", "It can."), 503: .json("Readiness", "It cannot.")]),
        DescribedOperation(
            "GET", .metrics, "Figures in the text format of Prometheus",
            [200: Answer(text: "The figures.", schema: "Text", mediaType: "text/plain")]),
        DescribedOperation(
            "GET", .publicHealth, "Whether messages can be stored",
            [204: .empty("They can."), 503: .empty("They cannot.")]),
        DescribedOperation(
            "HEAD", .publicHealth, "Whether messages can be stored",
            [204: .empty("They can."), 503: .empty("They cannot.")]),
        DescribedOperation(
            "GET", .home, "The resources of this version",
            [200: Answer(text: "A home document.", schema: "Home", mediaType: "application/json-home")]),
        DescribedOperation(
            "GET", .ping, "Whether messages can be stored",
            [204: .empty("They can."), 503: .empty("They cannot.")]),
        DescribedOperation("HEAD", .ping, "Whether the service answers", [204: .empty("It does.")]),
        DescribedOperation(
            "GET", .health, "What each pool does when it is put to work", [200: .json("Object", "A report by pool.")]),
        DescribedOperation(
            "GET", .capabilities, "What each driver's pools may offer", [200: .json("Capabilities", "The matrix.")]),
        DescribedOperation(
            "GET", .audit, "What operators changed", taking: ["marker", "limit"],
            [200: .json("AuditList", "A page of the log.")]),
        DescribedOperation(
            "POST", .verify, "A step of a verification", body: Body(schema: "VerifyStep", isRequired: false),
            [200: .json("VerifyAnswer", "What was found.")]),
    ]
}
