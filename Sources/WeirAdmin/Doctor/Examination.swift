package import WeirJSON

/// What the doctor concludes from what the API shows.
package enum Examination {
    /// - Parameter readiness: What `/readyz` says.
    package static func readiness(_ readiness: JSONObject) -> [Check] {
        let catalog = Printable.cell(readiness["catalog"])
        guard readiness["ready"] == true else {
            return [
                .failed(
                    "catalog", "the catalog is \(catalog)",
                    advice: "look for 'catalog' in the server's log; see that its store runs and can be reached")
            ]
        }
        return [.ok("catalog", "the catalog is \(catalog)")]
    }

    /// - Parameters:
    ///   - pools: All pools, as the API shows them in detail.
    ///   - health: What `/v2/health` says.
    package static func pools(_ pools: [JSONObject], _ health: JSONObject) -> [Check] {
        var checks = pools.map { pool in
            self.pool(pool, failing: failingSteps(health[pool["name"]?.stringValue ?? ""]))
        }
        let takers = pools.filter(takesNewQueues)
        if takers.isEmpty {
            checks.append(
                .failed(
                    "placement", "no pool takes new queues",
                    advice: "register one, or give one a weight: weir pool update NAME --weight 100"))
        }
        return checks
    }

    private static func pool(_ pool: JSONObject, failing steps: [String]) -> Check {
        let name = "pool \(Printable.cell(pool["name"]))"
        let count = pool["queues"]?.integerValue ?? 0
        guard pool["state"] != "unreachable" else {
            return .failed(
                name, "cannot be reached at \(Printable.cell(pool["uri"]))",
                advice: count > 0
                    ? "start its store where it was: the address of a pool that holds queues stays"
                    : "start its store, or correct the address with: weir pool update --uri")
        }
        guard steps.isEmpty else {
            return .failed(
                name, "answers, but fails at \(steps.joined(separator: ", "))",
                advice: "look for 'health check failed' in the server's log; its store may be full")
        }
        let holds = "holds \(count) queue\(count == 1 ? "" : "s")"
        return .ok(
            name, "\(Printable.cell(pool["state"] ?? "open")), \(holds), has \(Printable.cell(pool["capabilities"]))")
    }

    /// What of its work the pool did not do.
    private static func failingSteps(_ health: JSONValue?) -> [String] {
        let steps = health?.objectValue?["operation_status"]?.objectValue ?? JSONObject()
        return steps.filter { $0.value.objectValue?["succeeded"] == false }.map(\.name)
    }

    private static func takesNewQueues(_ pool: JSONObject) -> Bool {
        pool["state"] == "open" && (pool["weight"]?.integerValue ?? 0) > 0
    }

    /// Whether each flavor's pools have what it requires.
    ///
    /// - Parameters:
    ///   - flavors: The project's flavors, as the API shows them in detail.
    ///   - pools: All pools, as the API shows them in detail.
    package static func flavors(_ flavors: [JSONObject], _ pools: [JSONObject]) -> [Check] {
        flavors.map { flavor in
            let plain = flavor["name"]?.stringValue ?? ""
            let name = "flavor \(Printable.line(plain))"
            let required = names(flavor["capabilities"])
            for pool in pools where pool["flavor"]?.stringValue == plain && pool["state"] != "unreachable" {
                let missing = required.filter { !names(pool["capabilities"]).contains($0) }
                guard missing.isEmpty else {
                    return .failed(
                        name, "pool '\(Printable.cell(pool["name"]))' lacks \(missing.joined(separator: ", "))",
                        advice: "weir pool show says what is missing and why; or take the pool out of the flavor")
                }
            }
            let serving = names(flavor["pool_list"])
            guard !serving.isEmpty else {
                return .warning(
                    name, "no pool serves it, so no queue can be created with it",
                    advice: required.isEmpty
                        ? "register a pool for it, or delete it"
                        : "register a pool with \(required.joined(separator: ", ")), or delete the flavor")
            }
            return .ok(name, "served by \(Printable.line(serving.joined(separator: ", ")))")
        }
    }

    private static func names(_ value: JSONValue?) -> [String] {
        (value?.arrayValue ?? []).compactMap(\.stringValue)
    }

    /// The server's clock against this machine's.
    ///
    /// - Parameters:
    ///   - server: What the server's clock said, to the second, in seconds since 1970; nil if it did not say.
    ///   - here: This machine's clock before and after the server was asked.
    package static func clock(server: Int64?, here: ClosedRange<Int64>) -> Check {
        guard let server else {
            return .warning("clock", "the server does not tell its time", advice: "compare the clocks by hand")
        }
        let skew = server < here.lowerBound ? server - here.lowerBound : max(0, server - here.upperBound)
        let finding = skew == 0 ? "no skew" : "the server's clock is \(abs(skew)) s \(skew > 0 ? "ahead" : "behind")"
        guard abs(skew) > NodeClock.largestSkewSeconds else { return .ok("clock", finding) }
        return .failed(
            "clock", finding,
            advice: "let both machines follow the same time servers (NTP): terms are kept by the clock")
    }
}
