internal import WeirCatalog
internal import WeirDomain
package import WeirStorage

extension Operations {
    /// The drivers of this build.
    package var drivers: [DriverRegistration] { catalog.pools.registry.drivers }

    /// The pool that this node last used for the queue, without asking anybody: for the log.
    package func knownPool(project: String?, queue: String?) -> String? {
        guard let project = project.flatMap({ ProjectID($0) }), let name = queue.flatMap(QueueName.init) else { return nil }
        return catalog.knownRoute(for: QueueKey(project: project, name: name))?.pool.name
    }
}
