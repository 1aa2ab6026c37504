import Foundation
import Testing

@testable import Settings

@Suite struct SettingsPropertyTests {
  /// What the configuration's documentation says, written down a second time.
  private struct Expected {
    var database: String
    var queue: String
    var unified: Bool
    var threads: Int

    init(mode: String?, chosen: [String: String]) {
      let isFull = mode == "full"
      database = chosen["DATABASE_BACKEND"] ?? (isFull || mode == "hybrid" ? "postgresql" : "sqlite")
      queue = chosen["QUEUE_BACKEND"] ?? (isFull ? "redis" : "memory")
      unified = chosen["UNIFIED_WORKER"].map { ["true", "yes", "on", "1", "TRUE"].contains($0) } ?? !isFull
      threads = chosen["WORKER_THREADS"].flatMap { Int($0) } ?? (isFull || mode == "hybrid" ? 4 : 2)
    }
  }

  // Feature: lightweight-deployment, Property 7: any valid environment selects exactly the backends and workers it names.
  @Test func anyValidEnvironmentSelectsWhatItNames() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    let folder = try TemporaryFolder()
    var impossible = 0
    for round in 0..<300 {
      var environment: [String: String] = ["HOME": "/root", "PATH": "/bin"]
      var file: [String: String] = [:]
      var chosen: [String: String] = [:]
      for (name, values) in Self.choices {
        guard let value = values.randomElement(using: &random), let text = value else { continue }
        chosen[name] = text
        let shadowed = values.compactMap { $0 }.randomElement(using: &random) ?? text
        switch Int.random(in: 0..<3, using: &random) {
        case 0: environment["DOC_HEALING_" + name] = text
        case 1: file["DOC_HEALING_" + name] = text
        default: (environment["DOC_HEALING_" + name], file["DOC_HEALING_" + name]) = (text, shadowed)
        }
      }
      let path = try folder.file("env-\(round)", file.map { "\($0)=\($1)" }.joined(separator: "\n"))
      let expected = Expected(mode: chosen["DEPLOYMENT_MODE"], chosen: chosen)
      let label: Comment = "\(environment) \(file) (seed \(seed), round \(round))"
      if expected.queue == "memory", !expected.unified {
        impossible += 1
        #expect(throws: SettingsError.self, label) { try Settings.load(environment: environment, dotEnvPath: path) }
        continue
      }
      let settings = try Settings.load(environment: environment, dotEnvPath: path)
      #expect(settings.mode.rawValue == chosen["DEPLOYMENT_MODE"] ?? "lightweight", label)
      #expect(settings.databaseBackend.rawValue == expected.database && settings.queueBackend.rawValue == expected.queue, label)
      #expect(settings.unifiedWorker == expected.unified && settings.workerThreads == expected.threads, label)
      #expect(settings.syncProcessing == (chosen["SYNC_PROCESSING"] == "true"), label)
    }
    #expect(impossible > 10 && impossible < 200, "both kinds of environments must occur (seed \(seed))")
  }

  private static let choices: [(String, [String?])] = [
    ("DEPLOYMENT_MODE", [nil, "lightweight", "hybrid", "full"]), ("DATABASE_BACKEND", [nil, nil, "sqlite", "postgresql"]),
    ("QUEUE_BACKEND", [nil, nil, "memory", "redis"]), ("UNIFIED_WORKER", [nil, nil, "true", "yes", "on", "1", "TRUE", "false", "no", "0"]),
    ("WORKER_THREADS", [nil, "1", "7", "256"]), ("SYNC_PROCESSING", [nil, "true", "false"]), ("SANDBOX", [nil, "off"]),
    ("API_PORT", [nil, "8080"]), ("REDIS_HOST", [nil, "cache"]), ("LOG_LEVEL", [nil, "error"]),
  ]
}
