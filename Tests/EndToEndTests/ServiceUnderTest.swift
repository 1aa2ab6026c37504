// The service as people run it: nginx, spawn-fcgi, the programs of this build, started by the functions that `scripts/run`
// uses, in a folder and on a port of its own.

import Foundation
import TestSupport
import Testing

/// A running service.
final class ServiceUnderTest {
  struct Failure: Error, CustomStringConvertible { var description: String }

  let directory: TemporaryDirectory
  let client: HTTPClient
  let secret = "a-secret-of-this-test"
  private var environment: [String: String?]

  /// Starts nginx and the processes of the mode in the environment; waits until `/ready` says so.
  init(_ settings: [String: String] = [:]) throws {
    directory = try TemporaryDirectory("end-to-end")
    let port = try freePort()
    client = HTTPClient(port: port)
    environment = Dictionary(
      uniqueKeysWithValues: ProcessInfo.processInfo.environment.keys.filter { $0.hasPrefix("DOC_HEALING_") }.map { ($0, nil) })
    environment["DOC_HEALING_API_PORT"] = String(port)
    for forge in ["GITHUB", "GITLAB", "GITEA", "GIT"] { environment["DOC_HEALING_\(forge)_WEBHOOK_SECRET"] = secret }
    for (name, value) in settings { environment[name] = value }
    try start()
  }

  deinit { _ = try? shell("stop_service || true") }

  func start() throws { try shell("complete_settings; save_settings; render_nginx; start_service") }
  func stop() throws { try shell("stop_service || true") }

  /// Runs functions of scripts/lib-service.sh on this service's folder.
  @discardableResult
  func shell(_ commands: String) throws -> String {
    let script = """
      set -euo pipefail
      source "$1/scripts/lib.sh"; source "$1/scripts/lib-service.sh"
      binaries=$2; use_data "$3"; uses_worker=; responders=1
      \(commands)
      """
    let result = try runCommand(
      ["bash", "-c", script, "\(Self.project)/scripts/test", Self.project, Self.binaries, directory("data")], environment: environment,
      within: .seconds(120))
    guard result.status == 0 else { throw Failure(description: "\(commands): \(result.errorOutput)\n\(log)") }
    return result.output
  }

  /// The command line, with the service's settings.
  func tool(_ arguments: [String]) throws -> CommandResult {
    try runCommand(
      ["bash", "-c", "source \"$1/env\"; shift; exec \"$@\"", "tool", directory("data"), "\(Self.binaries)/doc-healing"] + arguments,
      environment: environment)
  }

  /// The process numbers of `responder`, `worker` or `nginx`.
  func processes(_ name: String) throws -> [Int32] { try shell("processes \(name)").split(separator: "\n").compactMap { Int32($0) } }

  var log: String {
    ["responder", "worker", "nginx"].map { (try? directory.read("data/log/\($0).log")) ?? "" }.joined()
  }

  /// The JSON of a GET.
  func json(_ target: String) throws -> [String: Any] {
    let reply = try client.get(target)
    return (try? JSONSerialization.jsonObject(with: Data(reply.body))) as? [String: Any] ?? [:]
  }

  /// The delivery once it is final.
  func finished(_ delivery: String, within limit: Duration = .seconds(60)) throws -> [String: Any] {
    var last: [String: Any] = [:]
    try expectEventually("delivery \(delivery) ends", within: limit) {
      last = try json("/deliveries/\(delivery)")
      return ["completed", "ignored", "dead"].contains(last["status"] as? String)
    }
    return last
  }

  static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  /// Where this build's programs are: beside the test bundle.
  static let binaries = ProcessInfo.processInfo.environment["TEST_BINARIES"] ?? "\(project)/.build/debug"
}
