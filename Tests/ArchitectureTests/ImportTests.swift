import Testing
import WeirDrivers
import WeirStorage

@Suite("Walls between modules") struct ImportTests {
    @Test("the sources are where this test looks for them")
    func found() {
        #expect(SourceTree.sources.count > 100)
        #expect(SourceTree.tests.contains { $0.path == "Tests/ArchitectureTests/ImportTests.swift" })
    }

    @Test("every file belongs to a module of the table")
    func known() {
        #expect(SourceTree.sources.filter { Module.of($0) == nil }.map(\.path) == [])
    }

    @Test("every module of the table has files")
    func used() {
        for module in Module.all {
            #expect(
                SourceTree.sources.contains { $0.path.hasPrefix("Sources/\(module.folder)/") },
                "\(module.folder)")
        }
    }

    @Test("a module imports only what the table allows it", arguments: Module.all.map(\.folder))
    func allowed(folder: String) throws {
        let module = try #require(Module.all.first { $0.folder == folder })
        for file in SourceTree.sources where file.path.hasPrefix("Sources/\(folder)/") {
            #expect(Set(file.imports).subtracting(module.mayImport) == [], "\(file.path)")
        }
    }

    @Test("modules import each other in one direction only")
    func acyclic() {
        // Names of targets differ from their folders where several share one.
        let targets = [
            "CatalogStores/SQLite": "SQLiteCatalog", "CatalogStores/Redis": "RedisCatalog",
            "CatalogStores/MongoDB": "MongoCatalog",
            "Drivers/SQLite": "SQLiteDriver", "Drivers/Redis": "RedisDriver", "Drivers/MongoDB": "MongoDBDriver",
            "Drivers/Memory": "MemoryDriver",
        ]
        var open = Dictionary(
            uniqueKeysWithValues: Module.all.map { (targets[$0.folder] ?? $0.folder, $0.mayImport) })
        while let free = open.first(where: { $0.value.isDisjoint(with: open.keys) }) {
            open[free.key] = nil
        }
        #expect(open.keys.sorted() == [])
    }

    // MARK: Rules that the table has to keep

    @Test("a C library is imported by one module only")
    func systemLibraries() throws {
        for library in try SourceTree.folders(in: "Sources/CLibraries") {
            #expect(Module.all.filter { $0.mayImport.contains(library) }.count == 1, "\(library)")
        }
    }

    @Test("a driver imports no other driver, no catalog store, and nothing above the ports")
    func drivers() {
        let forbidden: Set<String> = [
            "WeirCatalog", "WeirOperations", "WeirHTTP", "WeirDrivers", "WeirConfiguration", "WeirLogging",
            "WeirBench",
            "weir", "Foundation",
        ]
        for module in Module.all
        where module.folder.hasPrefix("Drivers/") || module.folder.hasPrefix("CatalogStores/") {
            let others = module.mayImport.filter { $0.hasSuffix("Driver") || $0.hasSuffix("Catalog") }
            #expect(others == [], "\(module.folder)")
            #expect(module.mayImport.isDisjoint(with: forbidden), "\(module.folder)")
        }
    }

    @Test("Foundation is for the program alone")
    func foundation() {
        let users = SourceTree.sources.filter { !$0.imports.filter { $0.hasPrefix("Foundation") }.isEmpty }
        #expect(users.filter { !$0.path.hasPrefix("Sources/weir/") }.map(\.path) == [])
    }

    // MARK: Drivers

    /// The folders in the table of drivers at the top of Package.swift.
    private func driverTable() throws -> [String] {
        let package = try SourceTree.text(of: "Package.swift")
        let start = try #require(package.firstRange(of: "let drivers:"))
        let end = try #require(package[start.upperBound...].firstRange(of: "\n]"))
        return package[start.upperBound..<end.lowerBound].split(separator: "\n").compactMap { line in
            let row = line.drop { $0 == " " }
            guard row.hasPrefix("(\"") else { return nil }
            return row.dropFirst(2).split(separator: "\"").first.map(String.init)
        }
    }

    @Test("the drivers of the table in Package.swift are those that are registered")
    func registered() throws {
        let table = try driverTable()
        #expect(!table.isEmpty)
        let registered = BuiltInDrivers.registry.drivers
        #expect(table.map { $0.lowercased() }.sorted() == registered.map(\.name).sorted())
        #expect(try SourceTree.folders(in: "Sources/Drivers") == (table + ["Memory"]).sorted())
    }

    @Test("a scheme belongs to one driver, and is in lower case")
    func schemes() {
        let schemes = BuiltInDrivers.registry.drivers.flatMap(\.schemes)
        #expect(Set(schemes).count == schemes.count)
        #expect(schemes.map { $0.lowercased() } == schemes)
        #expect(BuiltInDrivers.registry.drivers.filter(\.schemes.isEmpty).map(\.name) == [])
    }
}
