internal import MongoDBDriver
internal import RedisDriver
internal import SQLiteDriver
package import WeirStorage

/// The drivers of this build. A new one is a folder below Drivers and a line here.
package enum BuiltInDrivers {
    package static let registry = DriverRegistry([
        SQLiteDriver.registration,
        RedisDriver.registration,
        MongoDBDriver.registration,
    ])
}
