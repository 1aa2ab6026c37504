// `doc-healing doctor`: looks at everything the service needs, and says how to get what is missing.

import Domain
import Queue
import Settings
import Storage
import Threading
import Workspace

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Examines this machine and the configured backends.
public struct Doctor {
  /// What was found.
  public struct Report {
    public var text: String
    public var isHealthy: Bool
  }

  private struct Line {
    enum Verdict: String { case fine = "ok", missing = "missing", broken = "broken", note = "note" }
    var verdict: Verdict
    var what: String
    var detail: String
  }

  private var lines: [Line] = []

  /// Looks at all of it. Throws `SettingsError` when there is no valid configuration to look with.
  public static func examine() throws -> Report {
    let settings = try Settings.load(environment: Environment.current)
    var doctor = Doctor()
    doctor.programs(settings)
    doctor.sandbox(settings)
    doctor.data(settings)
    doctor.database(settings)
    doctor.queue(settings)
    doctor.routes(settings)
    return doctor.report()
  }

  private mutating func programs(_ settings: Settings) {
    let wanted = [
      ("git", "fetches, reads and publishes", "apt-get install git"),
      ("nginx", "receives the webhooks", "apt-get install nginx-light"),
      ("spawn-fcgi", "starts the responder", "apt-get install spawn-fcgi"),
      ("python3", "judges Python samples (they are left out without it)", "apt-get install python3"),
    ]
    for (name, purpose, remedy) in wanted {
      if let path = findExecutable(name, in: inheritedSearchPath() + ":/usr/sbin:/sbin") {
        lines.append(Line(verdict: .fine, what: name, detail: path))
      } else {
        lines.append(Line(verdict: .missing, what: name, detail: "\(purpose); \(remedy)"))
      }
    }
  }

  private mutating func sandbox(_ settings: Settings) {
    guard settings.sandbox == .bubblewrap else {
      lines.append(Line(verdict: .note, what: "sandbox", detail: "off: nothing from a repository is executed or given to other parsers"))
      return
    }
    let report = Sandbox().selfTest()
    lines.append(
      Line(
        verdict: report.isIsolated ? .fine : .broken, what: "sandbox",
        detail: report.isIsolated ? report.description : "\(report); apt-get install bubblewrap, and allow user namespaces"))
  }

  private mutating func data(_ settings: Settings) {
    let path = settings.dataDirectory
    if access(path, W_OK | X_OK) == 0 {
      lines.append(Line(verdict: .fine, what: "data", detail: "\(path) is writable"))
    } else if errno == ENOENT {
      lines.append(Line(verdict: .note, what: "data", detail: "\(path) does not exist yet; the service makes it"))
    } else {
      lines.append(
        Line(verdict: .broken, what: "data", detail: "\(path): \(String(cString: strerror(errno))); let the service's user write there"))
    }
  }

  private mutating func database(_ settings: Settings) {
    let name = settings.databaseBackend == .sqlite ? "sqlite \(settings.sqlitePath)" : settings.databaseURL.redacted
    do {
      let database = try Backends.database(settings, connections: 1)
      defer { database.close() }
      let version = try Migrator(database).version()
      let detail =
        version == Migration.newest ? "schema version \(version)" : "schema version \(version) of \(Migration.newest): doc-healing migrate"
      lines.append(Line(verdict: .fine, what: "database", detail: "\(name), \(detail)"))
    } catch {
      lines.append(Line(verdict: .broken, what: "database", detail: "\(error)"))
    }
  }

  private mutating func queue(_ settings: Settings) {
    guard settings.queueBackend == .redis else {
      lines.append(Line(verdict: .fine, what: "queue", detail: "in the responder's memory"))
      return
    }
    do {
      let queue = try Backends.queue(settings, connections: 1, clock: SystemClock())
      defer { queue.close() }
      let depths = try QueueName.allCases.map { "\($0.rawValue) \(try queue.reading(of: $0).depth)" }
      lines.append(Line(verdict: .fine, what: "queue", detail: "redis \(settings.redis), waiting: \(depths.joined(separator: ", "))"))
    } catch {
      lines.append(Line(verdict: .broken, what: "queue", detail: "\(error)"))
    }
  }

  private mutating func routes(_ settings: Settings) {
    for forge in Forge.allCases {
      let name = "/webhooks/\(forge.rawValue)"
      if !settings.secrets(for: forge).isEmpty {
        lines.append(Line(verdict: .fine, what: "route", detail: "\(name) is open, signed"))
      } else if settings.takesUnsignedWebhooks(forge) {
        lines.append(
          Line(verdict: .note, what: "route", detail: "\(name) is open to this machine, unsigned, for repositories that were added"))
      } else {
        lines.append(
          Line(verdict: .note, what: "route", detail: "\(name) is closed: set DOC_HEALING_\(forge.rawValue.uppercased())_WEBHOOK_SECRET"))
      }
    }
    for warning in settings.warnings { lines.append(Line(verdict: .note, what: "settings", detail: warning)) }
  }

  private func report() -> Report {
    let text = lines.map { $0.verdict.rawValue.padded(to: 9) + $0.what.padded(to: 12) + $0.detail + "\n" }.joined()
    return Report(text: text, isHealthy: !lines.contains { $0.verdict == .missing || $0.verdict == .broken })
  }
}
