/// What the description says about a method of a route. Where versions differ, each has an entry of its own.
struct DescribedOperation {
    /// What a request has in its body.
    struct Body {
        let schema: String
        var isRequired = true
        var mediaType = "application/json"
    }

    /// What an answer has in its body; nothing without a schema.
    struct Answer {
        let text: String
        var schema: String?
        var mediaType = "application/json"

        static func json(_ schema: String, _ text: String) -> Answer {
            Answer(text: text, schema: schema)
        }

        static func empty(_ text: String) -> Answer {
            Answer(text: text)
        }
    }

    let route: Route
    let method: String
    /// All that have the route, if it is nil.
    let versions: Set<APIVersion>?
    /// Whether it is about topics instead of queues; both, if it is nil.
    let isOfTopics: Bool?
    let summary: String
    /// Names of parameters in the components.
    let parameters: [String]
    let body: Body?
    let answers: [(Int, Answer)]
    /// Refusals beside those that every operation has.
    let refusals: [Int]

    init(
        _ method: String, _ route: Route, in versions: Set<APIVersion>? = nil, topics: Bool? = nil,
        _ summary: String, taking parameters: [String] = [], body: Body? = nil, _ answers: KeyValuePairs<Int, Answer>, refusals: [Int] = []
    ) {
        self.route = route
        self.method = method
        self.versions = versions
        isOfTopics = topics
        self.summary = summary
        self.parameters = parameters
        self.body = body
        self.answers = answers.map { ($0.key, $0.value) }
        self.refusals = refusals
    }

    func describes(_ method: String, _ route: Route, _ path: ServedPath) -> Bool {
        self.method == method && self.route == route && (versions?.contains(path.version) ?? true)
            && (isOfTopics ?? path.isOfTopics) == path.isOfTopics
    }
}
