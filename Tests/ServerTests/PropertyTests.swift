import Assembly
import Domain
import Foundation
import Pipeline
import Queue
import Server
import Settings
import TestSupport
import Testing
import Threading

/// The properties of the deployment that need a whole service. The others are proven beside their parts: 2 and 3 in
/// StorageTests, 4 to 6 in QueueTests, 7 in SettingsTests.
@Suite(.serialized) struct PropertyTests {
  // Feature: lightweight-deployment, Property 1: webhook, validation and healing jobs in any mix all complete in the unified worker.
  @Test(.tags(.property)) func jobsOfAllQueuesCompleteInTheUnifiedWorker() throws {
    let service = try TestService(["DOC_HEALING_GITHUB_WEBHOOK_SECRET": "secret"])
    defer { service.stop() }
    forAll { random in
      var tasks: [String] = []
      for _ in 0..<random.int(in: 1...6) { tasks.append(try start(&random, service)) }
      for task in tasks {
        let ended = service.ended(task)
        #expect(ended["status"] == "completed" || ended["status"] == "ignored", "\(ended.text) \(random.comment)")
      }
    }
  }

  private func start(_ random: inout SeededGenerator, _ service: TestService) throws -> String {
    let reply: Reply
    switch random.int(in: 0...2) {
    case 0:
      reply = service.deliver(
        .github, event: random.pick(["ping", "push", "star", "issues"]), body: Array(Payloads.object(&random).utf8),
        delivery: random.text(count: 20), secret: "secret")
    case 1: reply = service.post("/validate/snippet", Payloads.snippet(&random, language: random.pick(["json", "yaml", "toml"])))
    default: reply = service.post("/heal/snippet", Payloads.snippet(&random, language: random.pick(["json", "yaml", "toml"])))
    }
    try #require(reply.status == 202, "\(reply.text) \(random.comment)")
    return reply["task_id"]
  }

  // Feature: lightweight-deployment, Property 8: any valid webhook payload is accepted, queued and answered in lightweight mode.
  @Test(.tags(.property)) func anyValidPayloadIsAccepted() throws {
    let service = try TestService([
      "DOC_HEALING_GITHUB_WEBHOOK_SECRET": "one", "DOC_HEALING_GITLAB_WEBHOOK_SECRET": "two", "DOC_HEALING_GITEA_WEBHOOK_SECRET": "three",
      "DOC_HEALING_GIT_WEBHOOK_SECRET": "four",
    ])
    defer { service.stop() }
    let secrets: [Forge: String] = [.github: "one", .gitlab: "two", .gitea: "three", .git: "four"]
    forAll { random in
      let forge = random.pick(Forge.allCases)
      let delivery = random.text(count: 24)
      let reply = service.deliver(
        forge, event: random.pick(["push", "Push Hook", "pull_request", "whatever"]), body: Array(Payloads.object(&random).utf8),
        delivery: delivery, secret: secrets[forge] ?? "")
      #expect(reply.status == 202, "\(reply.text) \(random.comment)")
      #expect(reply["status"] == "queued" && reply["queue_name"] == "webhooks" && reply["delivery_id"] == delivery, random.comment)
      let task = service.ended(reply["task_id"])
      #expect(task["status"] == "ignored" || task["status"] == "completed", "\(task.text) \(random.comment)")
    }
  }

  // Feature: lightweight-deployment, Property 9: validation results are the same in lightweight and in full mode.
  // Feature: lightweight-deployment, Property 10: healing results are the same in lightweight and in full mode.
  @Test(.tags(.property), arguments: ["validate", "heal"]) func resultsAreTheSameInLightweightAndFullMode(_ verb: String) throws {
    let lightweight = try TestService()
    defer { lightweight.stop() }
    let full = try TestService(try TestServers.fullMode())
    defer { full.stop() }
    forAll { random in
      let body = Payloads.snippet(&random, language: random.pick(["json", "yaml", "toml", "json", "yaml", "toml", "python"]))
      var results: [NSDictionary] = []
      for service in [lightweight, full] {
        let reply = service.post("/\(verb)/snippet?wait=60", body)
        try #require(reply.status == 200, "\(reply.text) \(random.comment)")
        var result = try #require(reply.json["result"] as? [String: Any], "\(reply.text) \(random.comment)")
        result["duration_ms"] = nil
        results.append(result as NSDictionary)
      }
      #expect(results[0] == results[1], random.comment)
    }
  }

  // Feature: lightweight-deployment, Property 11: with memory monitoring on, memory readings appear in the log at the interval.
  @Test(.tags(.property)) func memoryReadingsAppearAtTheInterval() throws {
    forAll { random in
      let lines = Monitor<[String]>([])
      let interval = random.int(in: 1...4)
      let wanted = random.int(in: 1...4)
      let monitor = MemoryMonitor()
      let began = monotonicNow()
      try monitor.start(interval: .milliseconds(interval), logger: CapturedLog.logger(into: lines))
      let came: Void? = lines.wait(upTo: .seconds(20)) { $0.count >= wanted ? () : nil }
      monitor.stop()
      #expect(came != nil, random.comment)
      // Never more often than the interval allows, and each line has both readings.
      let readings = lines.withLock { $0 }
      #expect(monotonicNow() - began >= .milliseconds(interval * readings.count), random.comment)
      #expect(readings.allSatisfy { $0.contains("resident_kib") && $0.contains("proportional_kib") }, random.comment)
    }
  }

  @Test func memoryMonitoringIsOffAtZero() throws {
    let lines = Monitor<[String]>([])
    let monitor = MemoryMonitor()
    try monitor.start(interval: .zero, logger: CapturedLog.logger(into: lines))
    monitor.stop()
    #expect(lines.withLock { $0.isEmpty })
  }

  // Feature: lightweight-deployment, Property 6: after a restart Redis jobs are still there, memory jobs are not (and their
  // deliveries are planned anew). The queue's own part is in QueueTests.
  @Test(.tags(.property)) func afterARestartUnfinishedDeliveriesArePlannedAnew() throws {
    forAll(cases: 100) { random in
      let directory = try TemporaryDirectory("restart")
      let count = random.int(in: 1...5)
      let before = try TestService(["DOC_HEALING_GITHUB_WEBHOOK_SECRET": "secret"], workers: 0, directory: directory)
      var tasks: [String] = []
      for number in 0..<count {
        let reply = before.deliver(.github, event: "ping", body: Array("{}".utf8), delivery: "d-\(number)", secret: "secret")
        tasks.append(reply["task_id"])
      }
      before.abandon()
      let after = try TestService(["DOC_HEALING_GITHUB_WEBHOOK_SECRET": "secret"], workers: 2, directory: directory)
      defer { after.stop() }
      try after.service.startBackground()
      for (number, task) in tasks.enumerated() {
        #expect(after.get("/tasks/\(task)")["status"] == "lost", random.comment)
        expectEventually("delivery d-\(number) ends") { after.get("/deliveries/d-\(number)")["status"] == "ignored" }
        #expect(after.get("/deliveries/d-\(number)")["task_id"] != task, random.comment)
      }
    }
  }
}
