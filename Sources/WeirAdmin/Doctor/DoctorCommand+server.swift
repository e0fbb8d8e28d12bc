internal import WeirJSON

/// What the server that was named says of the whole service.
extension DoctorCommand {
    /// The endpoint and all that can be asked there.
    func serverChecks(_ server: Server) async -> [Check] {
        var checks: [Check] = []
        do throws(AdminFailure) {
            let before = ClockText.now()
            let answer = try await server.send("GET", "/readyz", accepts: [503])
            let dated = answer.http.header("Date").flatMap { ClockText.seconds(httpDate: $0) }
            let here = before...max(before, ClockText.now())
            checks.append(.ok("endpoint", "answers"))
            checks += Examination.readiness(try answer.object())
            let pools = try await probed(server)
            checks += Examination.pools(pools.pools)
            checks += Examination.flavors(try await server.flavors(), pools.pools)
            checks.append(
                dated.map { Examination.clock(server: $0, here: here) } ?? pools.clock
                    ?? Examination.clock(server: nil, here: here))
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

    /// Every pool as a probe finds it now; and, from the time of a probe, what there is to say of the clock.
    private func probed(_ server: Server) async throws(AdminFailure) -> (pools: [JSONObject], clock: Check?) {
        var pools: [JSONObject] = []
        var clock: Check?
        for pool in try await server.all("/v2/pools", of: "pools") {
            let path = URLPath.of("pools", pool["name"]?.stringValue ?? "")
            let before = ClockText.now()
            let answer = try await server.send("POST", path + "/probe", accepts: [503])
            if answer.http.status == 503 {
                // It does not answer, and the API has nothing newer than what it knew.
                var known = try await server.object(path + "?detailed=true")
                known["state"] = "unreachable"
                pools.append(known)
                continue
            }
            let found = try answer.object()
            let time = found["probe"]?.objectValue?["at"]?.stringValue.flatMap { ClockText.seconds(utc: $0) }
            if let time { clock = Examination.clock(server: time, here: before...max(before, ClockText.now())) }
            pools.append(found)
        }
        return (pools, clock)
    }
}
