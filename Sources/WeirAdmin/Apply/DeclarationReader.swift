internal import WeirConfiguration
internal import WeirDomain
internal import WeirJSON
internal import Yams

/// Reads declarations from the text of YAML files.
package enum DeclarationReader {
    /// Adds what a file declares: `pools` and `flavors`, each a list.
    ///
    /// - Parameter path: The file's name, for messages.
    package static func read(_ text: String, path: String, into declaration: inout Declaration) throws(AdminFailure) {
        guard let root = try document(text, path) else { return }
        let top = try DeclaredMapping(root, path: path, what: "the file", known: ["pools", "flavors"])
        for node in try top.list("pools") { try add(pool: node, path, to: &declaration) }
        for node in try top.list("flavors") { try add(flavor: node, path, to: &declaration) }
    }

    private static func document(_ text: String, _ path: String) throws(AdminFailure) -> Node? {
        do {
            let root = try compose(yaml: text, .default, .default, .utf8)
            return root?.isNothing == true ? nil : root
        } catch {
            throw .badInput("\(path) \(YAMLFault.sentence(for: error))")
        }
    }

    private static func add(
        pool node: Node, _ path: String, to declaration: inout Declaration
    ) throws(AdminFailure) {
        let pool = try DeclaredMapping(
            node, path: path, what: "a pool", known: ["name", "uri", "weight", "flavor", "options"])
        let weight = try pool.integer("weight")
        guard (0...Limits.poolWeightMaximum).contains(weight) else {
            throw pool.fault("weight", "must be 0 to \(Limits.poolWeightMaximum)")
        }
        let place = pool.place
        try declaration.add(
            PoolDeclaration(
                name: try name(pool), uri: try pool.text("uri", characters: Limits.poolURICharacters),
                weight: weight, flavor: try flavor(of: pool), options: try pool.options("options")),
            at: place)
    }

    /// Nothing after the colon, or an empty text, is no flavor; no such key leaves it as it is.
    private static func flavor(of pool: DeclaredMapping) throws(AdminFailure) -> String? {
        guard let node = pool["flavor"] else { return nil }
        if node.isNothing || node.scalar?.string.isEmpty == true { return "" }
        return try pool.text("flavor", characters: Limits.flavorNameCharacters)
    }

    private static func add(
        flavor node: Node, _ path: String, to declaration: inout Declaration
    ) throws(AdminFailure) {
        let flavor = try DeclaredMapping(
            node, path: path, what: "a flavor", known: ["name", "pool_list", "capabilities", "description"])
        let pools = try flavor.texts("pool_list")
        if pools?.isEmpty == true { throw flavor.fault("pool_list", "must name at least one pool, or be left out") }
        let named = try flavor.texts("capabilities") ?? []
        let all = Capability.allCases.map(\.rawValue)
        if let unknown = named.first(where: { !all.contains($0) }) {
            throw flavor.fault(
                "capabilities", "'\(unknown)' is unknown; known are \(all.joined(separator: ", "))")
        }
        guard pools != nil || !named.isEmpty else {
            throw .badInput("\(flavor.place): a flavor needs pool_list, capabilities, or both")
        }
        if flavor["description"] != nil { _ = try flavor.text("description", characters: 4096) }
        try declaration.add(
            FlavorDeclaration(name: try name(flavor), pools: pools, capabilities: all.filter(named.contains)),
            at: flavor.place)
    }

    private static func name(_ mapping: DeclaredMapping) throws(AdminFailure) -> String {
        let name = try mapping.text("name", characters: Limits.poolNameCharacters)
        guard name.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 && $0 != "/" }) else {
            throw mapping.fault("name", "must be without slashes and control characters")
        }
        return name
    }
}
