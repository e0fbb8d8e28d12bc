/// Runs `count` tasks at once and returns what they return.
func gather<Answer: Sendable>(
    _ count: Int, _ work: @escaping @Sendable (Int) async throws -> Answer
) async throws -> [Answer] {
    try await withThrowingTaskGroup(of: Answer.self) { group in
        for worker in 0..<count { group.addTask { try await work(worker) } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}
