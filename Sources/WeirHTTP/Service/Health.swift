internal import HTTPTypes
internal import Logging
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations
internal import WeirStorage

extension HTTPService {
    func ping() async throws -> Reply {
        do throws(OperationError) {
            try await operations.ping()
            return .empty(.noContent)
        } catch {
            logger.warning("ping failed", metadata: ["reason": "\(error)"])
            return .empty(.serviceUnavailable)
        }
    }

    /// What each pool does when it is put to work (API section 2.4).
    func health() async throws -> Reply {
        var report: JSONObject = ["catalog_reachable": .bool(await operations.isCatalogReachable())]
        for pool in await operations.checkHealth() { report[pool.name] = describe(pool) }
        return .json(.ok, .object(report))
    }

    private func describe(_ pool: PoolHealth) -> JSONValue {
        var steps = JSONObject()
        for step in pool.steps {
            var reference = JSONValue.null
            if let failure = step.failure {
                let id = RequestID.reference()
                logger.error(
                    "health check failed",
                    metadata: ["ref": "\(id)", "pool": "\(pool.name)", "step": "\(step.name)", "reason": "\(failure)"])
                reference = .string(id)
            }
            steps[step.name] = [
                "succeeded": .bool(step.failure == nil), "seconds": .fraction(step.seconds), "ref": reference,
            ]
        }
        return [
            "storage_reachable": .bool(pool.isReachable),
            "operation_status": .object(steps),
            "message_volume": [
                "free": .integer(Int64(pool.stats.free)), "claimed": .integer(Int64(pool.stats.claimed)),
                "total": .integer(Int64(pool.stats.total)),
            ],
        ]
    }

    /// Whether the node can do its work: with the pools that cannot do theirs, and its clock, for others to compare.
    func readiness() async -> Reply {
        let isCatalogReachable = await operations.isCatalogReachable()
        var pools = JSONObject()
        for pool in operations.poolConditions() where pool.outage != nil { pools[pool.name] = "unreachable" }
        let body: JSONValue = [
            "ready": .bool(isCatalogReachable), "catalog": isCatalogReachable ? "reachable" : "unreachable",
            "pools": .object(pools),
        ]
        return .json(
            isCatalogReachable ? .ok : .serviceUnavailable, body,
            headers: [(.date, CalendarText.http(operations.clock.now()))])
    }

    /// Figures in the text format of Prometheus.
    func metrics() async -> Reply {
        var text = MetricsText()
        text.family("weir_http_requests_total", "counter", "Requests answered, by class of status.")
        for (name, count) in counters.byClass { text.sample(["status": name], count) }
        text.family("weir_http_request_seconds_total", "counter", "Time spent on answering.")
        text.sample([:], counters.seconds)
        text.family("weir_waiting_requests", "gauge", "Requests that wait for messages.")
        text.sample([:], operations.signals.waiting)
        let pools = operations.poolConditions()
        text.family("weir_pool_up", "gauge", "Whether the pool answers.")
        for pool in pools { text.sample(["pool": pool.name], pool.outage == nil ? 1 : 0) }
        text.family("weir_pool_trips_total", "counter", "How often the pool's callers were cut off from it.")
        for pool in pools { text.sample(["pool": pool.name], pool.trips) }
        text.family("weir_pool_capability", "gauge", "Whether the pool's store has the capability, by the last probe.")
        for pool in pools {
            for capability in Capability.allCases {
                let has = pool.capabilities.contains(capability)
                text.sample(["pool": pool.name, "capability": capability.rawValue], has ? 1 : 0)
            }
        }
        text.family("weir_pool_satisfies_flavor", "gauge", "Whether the pool has what its flavor requires.")
        for pool in pools {
            guard let flavor = pool.flavor else { continue }
            text.sample(["pool": pool.name, "flavor": flavor], pool.shortfall.isEmpty ? 1 : 0)
        }
        addMigrations(to: &text)
        addDeliveries(to: &text)
        let figures = text.text + (upgrades?.metrics ?? "")
        return Reply(
            status: .ok, headers: [(.contentType, "text/plain; version=0.0.4")], body: Array(figures.utf8))
    }

    /// The matrix of drivers and capabilities.
    func capabilities() -> Reply {
        var drivers = JSONObject()
        for driver in operations.drivers {
            var row = JSONObject()
            for capability in Capability.allCases {
                row[capability.rawValue] =
                    switch driver.matrix.support(for: capability) {
                    case .always: ["support": "always"]
                    case .never(let reason): ["support": "never", "condition": .string(reason)]
                    case .when(let condition): ["support": "if", "condition": .string(condition)]
                    }
            }
            drivers[driver.name] = .object(row)
        }
        return .json(.ok, ["drivers": .object(drivers)])
    }
}
