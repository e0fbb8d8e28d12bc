internal import WeirJSON

/// What the server says about moves that were asked for: those that it would make, and those that it refuses.
struct MovePlan {
    private let answer: JSONObject

    init(_ answer: JSONObject) {
        self.answer = answer
    }

    private static let columns = [
        Column("PROJECT", "project"), Column("QUEUE", "queue"), Column("FROM", "from"), Column("TO", "to"),
        Column("STANDS AGAINST IT", "reason", width: 200),
    ]

    /// The plan: for people a table of moves and refusals.
    func show(_ output: Output) {
        guard !output.isJSON else { return output.show(answer) }
        output.list(items("plan") + items("refusals"), Self.columns, nothing: "nothing to move")
    }

    /// Throws if the server refuses to move some of the queues.
    func demandNoRefusal() throws(AdminFailure) {
        guard let first = items("refusals").first else { return }
        let count = answer["refused"]?.integerValue ?? 1
        let (queue, project) = (Printable.cell(first["queue"]), Printable.cell(first["project"]))
        throw AdminFailure(
            "\(count == 1 ? "1 queue is" : "\(count) queues are") not moved; queue '\(queue)' of project '\(project)': "
                + Printable.cell(first["reason"]))
    }

    private func items(_ member: String) -> [JSONObject] {
        (answer[member]?.arrayValue ?? []).compactMap(\.objectValue)
    }
}
