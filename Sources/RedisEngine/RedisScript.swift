/// A Lua script that connections load before they are used.
package struct RedisScript: Sendable {
    /// The place of a script among those of its connection.
    package struct Index: Hashable, Sendable {
        let value: Int

        package init(_ value: Int) {
            self.value = value
        }
    }

    package let source: [UInt8]

    package init(source: [UInt8]) {
        self.source = source
    }
}
