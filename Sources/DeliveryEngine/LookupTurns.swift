internal import StoreThreads
internal import WeirDomain

/// Which names are looked up next. Some threads are kept for names that were found of late, for others may take long; and
/// of each sort a project has so many at a time and no more.
struct LookupTurns {
    private struct Sort {
        var line = FairLine<String>()
        var running: [ProjectID?: Int] = [:]

        var count: Int { running.values.reduce(0, +) }

        mutating func leave(_ project: ProjectID?) {
            running[project, default: 0] -= 1
            if running[project] == 0 { running[project] = nil }
        }

        mutating func next() -> (element: String, project: ProjectID?)? {
            let running = running
            // The service itself waits for no bound.
            return line.popFirst { $0 == nil || running[$0] ?? 0 < Limits.strangeNameLookupsPerProject }
        }
    }

    /// A look-up under way: what `end` has to know of it.
    struct Turn {
        let name: String
        fileprivate let project: ProjectID?
        fileprivate let isStranger: Bool
    }

    private var strangers = Sort()
    private var found = Sort()
    /// Names that are no strangers, until then.
    private var known: [String: Instant] = [:]

    /// False if too many wait.
    mutating func wait(_ name: String, for project: ProjectID?, now: Instant) -> Bool {
        guard strangers.line.count + found.line.count < Limits.waitingNameLookups,
            strangers.line.count(of: project) + found.line.count(of: project) < Limits.waitingNameLookups / 2
        else { return false }
        let isFound = project == nil || known[name].map { now < $0 } ?? false
        if isFound {
            found.line.append(name, of: project)
        } else {
            strangers.line.append(name, of: project)
        }
        return true
    }

    /// It waits no longer.
    mutating func giveUp(_ name: String) {
        strangers.line.removeAll { $0 == name }
        found.line.removeAll { $0 == name }
    }

    /// The next one, if there is a thread for it.
    mutating func next() -> Turn? {
        guard strangers.count + found.count < Limits.nameLookups else { return nil }
        if let next = found.next() {
            found.running[next.project, default: 0] += 1
            return Turn(name: next.element, project: next.project, isStranger: false)
        }
        guard strangers.count < Limits.strangeNameLookups, let next = strangers.next() else { return nil }
        strangers.running[next.project, default: 0] += 1
        return Turn(name: next.element, project: next.project, isStranger: true)
    }

    mutating func end(_ turn: Turn, isGood: Bool, now: Instant) {
        if turn.isStranger {
            strangers.leave(turn.project)
        } else {
            found.leave(turn.project)
        }
        known[turn.name] = nil
        guard isGood else { return }
        if known.count >= Limits.rememberedNames { known = known.filter { now < $0.value } }
        if known.count >= Limits.rememberedNames { known = [:] }
        known[turn.name] = now.adding(milliseconds: Limits.foundNameMilliseconds)
    }
}
