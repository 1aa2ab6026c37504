// The one place that names concrete backends. To add one: a target, a case in the settings, a line here, and a case in the
// conformance suite (docs/add-a-backend.md).

import Domain
import Logging
import Queue
import QueueRedis
import Settings
import Storage
import StoragePostgreSQL
import StorageSQLite
import Threading

/// Opens what the settings name.
public enum Backends {
  /// The database, migrated to this program's schema.
  public static func store(_ settings: Settings, connections: Int) throws -> any Store {
    let database = try database(settings, connections: connections)
    try Migrator(database).migrate()
    return try SQLStore(database)
  }

  /// The database as it is.
  public static func database(_ settings: Settings, connections: Int) throws -> any SQLDatabase {
    switch settings.databaseBackend {
    case .sqlite: return try SQLiteDatabase(path: settings.sqlitePath)
    case .postgresql: return try PostgreSQLDatabase(url: settings.databaseURL.reveal(), connections: connections)
    }
  }

  /// The queue. Jobs in it are leased for `leaseDuration` at a time.
  public static func queue(_ settings: Settings, connections: Int, clock: any WallClock) throws -> any JobQueue {
    let limits = QueueLimits(maximumDepth: settings.maxQueueSize, leaseDuration: leaseDuration)
    switch settings.queueBackend {
    case .memory: return MemoryQueue(limits: limits, clock: clock)
    case .redis:
      return RedisQueue(endpoint: endpoint(settings.redis), limits: limits, times: RedisTimes(connections: connections), clock: clock)
    }
  }

  private static func endpoint(_ address: RedisAddress) -> RedisEndpoint {
    RedisEndpoint(
      place: .tcp(host: address.host, port: UInt16(clamping: address.port)), user: address.username, password: address.password?.reveal(),
      database: address.database)
  }

  /// A worker that dies holds its jobs for so long at the most.
  public static let leaseDuration = Duration.seconds(30)
}
