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
            checks += Examination.pools(pools)
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

    /// Every pool as a probe finds it now.
    private func probed(_ server: Server) async throws(AdminFailure) -> [JSONObject] {
        var pools: [JSONObject] = []
        for pool in try await server.all("/v2/pools", of: "pools") {
            let path = URLPath.of("pools", pool["name"]?.stringValue ?? "")
            let answer = try await server.send("POST", path + "/probe", accepts: [503])
            if answer.http.status != 503 {
                pools.append(try answer.object())
                continue
            }
            // It does not answer, and the API has nothing newer than what it knew.
            var known = try await server.object(path + "?detailed=true")
            known["state"] = "unreachable"
            pools.append(known)
        }
        return pools
    }
}
