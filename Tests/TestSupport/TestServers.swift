// The PostgreSQL and the Redis that `scripts/test` starts, a database of each for every service under test.

import Foundation
import Threading

/// PostgreSQL and Redis as `scripts/test` starts them.
public enum TestServers {
  public struct Missing: Error, CustomStringConvertible {
    public var description: String
  }

  private static let usedRedisDatabases = Monitor(0)

  /// A new, empty database, as a connection URI.
  public static func freshPostgreSQL() throws -> String {
    let url = try variable("TEST_POSTGRESQL_URL")
    let name = "test_\(UInt64.random(in: 0 ... .max))"
    let made = try runCommand(["psql", "-q", "-d", url, "-c", "CREATE DATABASE \(name)"])
    guard made.status == 0, let slash = url.lastIndex(of: "/") else { throw Missing(description: made.errorOutput) }
    let query = url[slash...].firstIndex(of: "?").map { String(url[$0...]) } ?? ""
    return url[...slash] + name + query
  }

  /// An emptied database of the Redis server that no other test of this process gets: services that share one would take
  /// each other's jobs, and theirs would stay queued.
  public static func freshRedis() throws -> String {
    let url = try variable("TEST_REDIS_URL")
    let number = usedRedisDatabases.update { used in
      used += 1
      return used
    }
    let base = url.split(separator: "/").count > 2 ? String(url[..<(url.lastIndex(of: "/") ?? url.endIndex)]) : url
    let database = "\(base)/\(number)"
    let emptied = try runCommand(["redis-cli", "-u", database, "FLUSHDB"])
    guard emptied.status == 0, emptied.output.hasPrefix("OK") else {
      throw Missing(description: "Redis database \(number) cannot be used: \(emptied.output)\(emptied.errorOutput)")
    }
    return database
  }

  /// The environment of full mode on databases of its own.
  public static func fullMode() throws -> [String: String] {
    [
      "DOC_HEALING_DEPLOYMENT_MODE": "full", "DOC_HEALING_DATABASE_URL": try freshPostgreSQL(),
      "DOC_HEALING_REDIS_URL": try freshRedis(),
    ]
  }

  private static func variable(_ name: String) throws -> String {
    guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
      throw Missing(description: "\(name) is not set: run the tests through scripts/test, which starts the servers")
    }
    return value
  }
}
