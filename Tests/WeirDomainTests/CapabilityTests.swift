import Testing
import WeirDomain

@Suite("Capabilities") struct CapabilityTests {
    /// Every set there is.
    private static let sets: [CapabilitySet] = (0..<32).map { bits in
        CapabilitySet(Capability.allCases.enumerated().filter { bits >> $0.offset & 1 == 1 }.map(\.element))
    }

    @Test("a set has what was put in, in the order of the API, whatever order it came in")
    func order() {
        let set: CapabilitySet = [.highThroughput, .durability, .fifo, .durability]
        #expect(set.members == [.fifo, .durability, .highThroughput])
        #expect(
            CapabilitySet(Capability.allCases.reversed()).members.map(\.rawValue)
                == ["FIFO", "CLAIMS", "DURABILITY", "AOD", "HIGH_THROUGHPUT"])
    }

    @Test("sets are equal if their members are")
    func equality() {
        #expect(Set(Self.sets).count == 32)
        for set in Self.sets { #expect(CapabilitySet(set.members.shuffled()) == set) }
    }

    @Test("nothing is missing exactly if all that is required is there")
    func missing() {
        for has in Self.sets {
            for required in Self.sets {
                let missing = has.missing(from: required)
                #expect(missing.isEmpty == Set(required.members).isSubset(of: has.members))
                #expect(Set(missing.members) == Set(required.members).subtracting(has.members))
            }
        }
    }

    @Test("the empty set has nothing, requires nothing and lacks everything")
    func empty() {
        let none: CapabilitySet = []
        let all = CapabilitySet(Capability.allCases)
        #expect(none.isEmpty)
        #expect(none.members.isEmpty)
        #expect(!none.contains(.fifo))
        #expect(all.missing(from: none).isEmpty)
        #expect(none.missing(from: all) == all)
    }

    @Test("inserting adds one capability and leaves the others", arguments: Capability.allCases)
    func insertion(capability: Capability) {
        for set in Self.sets {
            var larger = set
            larger.insert(capability)
            #expect(Set(larger.members) == Set(set.members).union([capability]))
        }
    }

    @Test("a driver never has what its matrix does not name")
    func matrix() {
        let matrix = CapabilityMatrix([.fifo: .always, .durability: .when("it is asked to")])
        #expect(matrix.support(for: .fifo) == .always)
        #expect(matrix.support(for: .durability) == .when("it is asked to"))
        for capability in [Capability.claims, .atLeastOnce, .highThroughput] {
            guard case .never(let reason) = matrix.support(for: capability) else {
                Issue.record("\(capability) is offered")
                continue
            }
            #expect(!reason.isEmpty)
        }
    }
}
