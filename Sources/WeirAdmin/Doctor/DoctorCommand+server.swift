internal import WeirJSON

/// What the server that was named says of the whole service.
extension DoctorCommand {
    /// A frozen server keeps the doctor waiting for no longer than this.
    private static let endpointSeconds: Int64 = 10

    /// The endpoint and all that can be asked there.
    func serverChecks(_ server: Server) async -> [Check] {
        var checks: [Check] = []
        do throws(AdminFailure) {
            let before = ClockText.now()
            let answer = try await self.server(at: server.url, seconds: Self.endpointSeconds)
                .send("GET", "/readyz", accepts: [503])
            let dated = answer.http.header("Date").flatMap { ClockText.seconds(httpDate: $0) }
            let here = before...max(before, ClockText.now())
            checks.append(.ok("endpoint", "answers"))
            checks += Examination.readiness(try answer.object())
            let pools = try await probed(server)
            checks += Examination.pools(pools, try await server.send("GET", "/v2/health").object())
            checks += Examination.flavors(try await server.flavors(), pools)
            checks.append(Examination.clock(server: dated, here: here))
        } catch {
            checks.append(
                .failed(
                    checks.isEmpty ? "endpoint" : "admin API", error.message,
                    advice: checks.isEmpty
                        ? "start the server with: weir serve, or name it with --endpoint"
                        : "see that the server runs with admin_mode, and what its log says"))
        }
        return checks
    }

    /// Every pool as a probe finds it now. One that is deleted meanwhile is left out.
    private func probed(_ server: Server) async throws(AdminFailure) -> [JSONObject] {
        var pools: [JSONObject] = []
        for pool in try await server.all("/v2/pools", of: "pools") {
            let path = URLPath.of("pools", pool["name"]?.stringValue ?? "")
            var answer = try await server.send("POST", path + "/probe", accepts: [404, 503])
            let isAway = answer.http.status == 503
            // It does not answer, and the API has nothing newer than what it knew.
            if isAway { answer = try await server.send("GET", path + "?detailed=true", accepts: [404]) }
            guard answer.http.status != 404 else { continue }
            var pool = try answer.object(with: PoolPlace.member)
            if isAway { pool["state"] = "unreachable" }
            pools.append(pool)
        }
        return pools
    }
}
