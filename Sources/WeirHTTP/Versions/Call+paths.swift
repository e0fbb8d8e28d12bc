internal import WeirDomain

extension Call {
    func path(ofPool name: String) -> String {
        "\(version.path)/pools/\(Percent.encoded(name))"
    }

    func path(ofFlavor name: String) -> String {
        "\(version.path)/flavors/\(Percent.encoded(name))"
    }
}

extension ServiceLimits {
    /// The size of a page of pools or flavors: the older versions refuse none, but get no more than there may be.
    func adminPage(_ limit: Int?, _ maximum: KeyPath<ServiceLimits, Int>, in version: APIVersion) -> Int? {
        guard version != .v2, let limit else { return limit }
        return min(max(limit, 1), self[keyPath: maximum])
    }
}
