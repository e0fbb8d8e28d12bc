package import WeirDomain

/// Those who wait for something, by the project for which they do: the projects have their turns, and each of them serves
/// its own in the order in which they came.
package struct FairLine<Element> {
    private var lines: [ProjectID?: [Element]] = [:]
    /// The projects for which somebody waits; the first one is next.
    private var turns: [ProjectID?] = []

    package init() {}

    package var isEmpty: Bool { turns.isEmpty }

    /// How many wait for this project.
    package func count(of project: ProjectID?) -> Int { lines[project]?.count ?? 0 }

    /// How many wait for all of them.
    package var count: Int { lines.values.reduce(0) { $0 + $1.count } }

    package mutating func append(_ element: Element, of project: ProjectID?) {
        if lines[project] == nil { turns.append(project) }
        lines[project, default: []].append(element)
    }

    /// The next one, of a project that may have its turn; the others keep theirs.
    package mutating func popFirst(
        where mayGo: (ProjectID?) -> Bool = { _ in true }
    ) -> (element: Element, project: ProjectID?)? {
        guard let turn = turns.firstIndex(where: mayGo) else { return nil }
        let project = turns.remove(at: turn)
        guard let element = lines[project]?.removeFirst() else { return nil }
        if lines[project]?.isEmpty ?? true {
            lines[project] = nil
        } else {
            turns.append(project)
        }
        return (element, project)
    }

    /// Takes those out that wait no longer.
    package mutating func removeAll(where isOver: (Element) -> Bool) {
        for project in turns {
            lines[project]?.removeAll(where: isOver)
            if lines[project]?.isEmpty ?? true { lines[project] = nil }
        }
        turns.removeAll { lines[$0] == nil }
    }
}
