import ArgumentParser
import Testing
import WeirAdmin

private struct Root: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "weir", subcommands: AdminCommands.all)
    }
}

@Suite("Arguments") struct ArgumentTests {
    private func parse(_ line: String) throws -> any ParsableCommand {
        try Root.parseAsRoot(line.split(separator: " ").map(String.init))
    }

    @Test(
        "good usage is taken",
        arguments: [
            "pool list --json --endpoint http://h:1 --project p", "pool --help", "apply -f a -f b --dry-run",
            "pool create p --uri sqlite:p --weight 0 --flavor f --option a=1 --option b=c=d",
            "pool update p --flavor=f", "pool drain p --yes --watch --keep-source 0",
            "flavor create f --pool a --pool b",
            "queue create q --flavor f --metadata {\"a\":1}", "queue update q --remove a --remove b",
            "queue move q --to p --dry-run --keep-source 5 --watch", "message post q 1 2 3 --ttl 60 --delay 5",
            "message post q --ttl 60 -- -1", "message delete q m --claim c --yes", "claim create q --limit 5",
            "migration list --state done --queue q --pool p --limit 5", "migration cutover --json 7", "doctor --json",
            "doctor --config f --node http://h --node http://h:1",
            "pool rebalance --dry-run", "pool rebalance --flavor f --yes --watch --messages 100 --bytes 0",
            "queue move q --to p --postpone --keep-source 0", "migration throttle 7 --messages 0",
        ])
    func good(line: String) throws {
        _ = try parse(line)
    }

    @Test(
        "bad usage is refused by the parser, before any server is asked",
        arguments: [
            "pool create p --uri u", "pool create p --weight 1", "pool update p", "flavor create f", "flavor update f",
            "pool create p --uri u --weight 1 --option =x", "queue update q", "queue create q --metadata []",
            "queue create q --metadata {\"a\":1,\"a\":2}", "message post q", "message post q {", "queue list --limit 0",
            "apply", "migration watch", "migration throttle 7", "queue move q --to p --watch --postpone",
            "doctor --endpoint https://h", "doctor --node h", "doctor --node http://h --node https://h",
            "doctor --endpoint h", "doctor --project=",
        ])
    func bad(line: String) {
        #expect(throws: (any Error).self) { try parse(line) }
    }

    @Test("an unknown word is answered with the nearest")
    func nearest() throws {
        let typos = [("pool lst", "list"), ("migration resum 5 --json", "resume"), ("message crate", "create"),
            ("pool Lst", "list"),
        ]
        for (line, near) in typos {
            var command = try parse(line)
            do {
                try command.run()
                Issue.record("'\(line)' was run")
            } catch {
                #expect(Root.message(for: error).hasSuffix("the nearest is '\(near)'"))
            }
        }
    }
}
