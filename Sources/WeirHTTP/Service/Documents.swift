internal import HTTPTypes
internal import WeirJSON

extension HTTPService {
    /// The versions of the API that are served here (API section 2.1).
    func versions() -> Reply {
        let served = APIVersion.allCases.filter { $0 == .v2 || options.olderVersions.contains($0) }
        return .json(.multipleChoices, ["versions": .array(served.map(\.description))])
    }

    /// The home document (API section 2.2).
    func home(_ version: APIVersion) -> Reply {
        var resources = JSONObject()
        for entry in HomeEntry.applications(in: version) + (options.adminMode ? HomeEntry.operators(in: version) : []) {
            resources[entry.relation] = entry.value
        }
        return Reply(
            status: .ok,
            headers: [(.contentType, "application/json-home"), (.cacheControl, "max-age=86400")],
            body: JSONValue.object(["resources": .object(resources)]).bytes)
    }
}

extension APIVersion {
    /// Its entry in the list of versions.
    fileprivate var description: JSONValue {
        let (status, updated, name) =
            switch self {
            case .v1: ("DEPRECATED", "2014-9-11T17:47:05Z", "v1")
            case .v1_1: ("DEPRECATED", "2016-7-29T02:22:47Z", "v1_1")
            case .v2: ("CURRENT", "2014-9-24T04:06:47Z", "v2")
            }
        return [
            "id": .string(rawValue), "status": .string(status), "updated": .string(updated),
            "media-types": [
                ["base": "application/json", "type": .string("application/vnd.openstack.messaging-\(name)+json")]
            ],
            "links": [["href": .string("\(path)/"), "rel": "self"]],
        ]
    }
}
