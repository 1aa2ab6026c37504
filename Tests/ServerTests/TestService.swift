// A whole service in this process, without nginx: the same wiring as the responder's, called directly.

import Assembly
import Domain
import FastCGI
import Forges
import Foundation
import Pipeline
import Queue
import Server
import Settings
import TestSupport
import Testing
import Threading

/// A running service on backends of its own.
final class TestService: Sendable {
  let service: Service
  let application: Application
  let directory: TemporaryDirectory
  private let pool: WorkerPool?

  /// - Parameter workers: worker threads; 0 starts none.
  init(_ environment: [String: String] = [:], workers: Int = 2, directory: TemporaryDirectory? = nil) throws {
    self.directory = try directory ?? TemporaryDirectory("service")
    service = try Service(
      Self.settings(environment, in: self.directory), label: "test", threads: max(2, workers))
    application = try service.application(waitSlots: 4)
    pool = workers > 0 && !service.settings.syncProcessing ? service.workers(queues: QueueName.allCases, threads: workers) : nil
    try pool?.start()
  }

  static func settings(_ environment: [String: String], in directory: TemporaryDirectory) throws -> Settings {
    var all = [
      "DOC_HEALING_SQLITE_PATH": directory("doc_healing.db"), "DOC_HEALING_DATA_DIRECTORY": directory("data"),
      "DOC_HEALING_LOG_LEVEL": "critical",
    ]
    all.merge(environment) { $1 }
    return try Settings.load(environment: all, dotEnvPath: nil)
  }

  func stop() {
    _ = pool?.stop(grace: .seconds(5))
    service.close()
  }

  /// Ends without the courtesies: as a killed process would.
  func abandon() { service.close() }

  func get(_ target: String, headers: [String: String] = [:], address: String = "127.0.0.1") -> Reply {
    send("GET", target, headers: headers, address: address)
  }

  func post(_ target: String, _ body: String, headers: [String: String] = [:], address: String = "127.0.0.1") -> Reply {
    send("POST", target, headers: headers, body: Array(body.utf8), address: address)
  }

  func send(
    _ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8] = [], address: String = "127.0.0.1",
    type: String = "application/json"
  ) -> Reply {
    let parts = target.split(separator: "?", maxSplits: 1)
    let response = application.handle(
      Request(
        method: method, path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "", headers: headers, body: body,
        remoteAddress: address, contentType: body.isEmpty ? "" : type))
    return Reply(response)
  }

  /// Delivers a webhook as its forge would, signed.
  func deliver(_ forge: Forge, event: String, body: [UInt8], delivery: String, secret: String) -> Reply {
    let headers = ForgeSigner.headers(
      for: forge, event: event, delivery: delivery, body: body, secret: Secret(secret), now: SystemClock().now())
    return send("POST", "/webhooks/\(forge.rawValue)", headers: headers, body: body)
  }

  /// The task once it has ended; fails the test when it does not.
  func ended(_ task: String, sourceLocation: SourceLocation = #_sourceLocation) -> Reply {
    var reply = get("/tasks/\(task)")
    expectEventually("task \(task) ends", sourceLocation: sourceLocation) {
      reply = get("/tasks/\(task)")
      return ["completed", "ignored", "dead", "lost"].contains(reply["status"])
    }
    return reply
  }
}

/// A response, with its JSON at hand.
struct Reply {
  var status: Int
  var headers: [String: String]
  var text: String
  var json: [String: Any]

  init(_ response: Response) {
    status = response.status
    headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
    text = String(decoding: response.body, as: UTF8.self)
    json = (try? JSONSerialization.jsonObject(with: Data(response.body))) as? [String: Any] ?? [:]
  }

  /// A string at the top of the JSON; empty when there is none.
  subscript(_ name: String) -> String { json[name] as? String ?? "" }
}

extension Tag {
  @Tag static var property: Self
}
