import Domain
import Forges
import Foundation
import TestSupport
import Testing
import Threading

/// The main job, through nginx, in every mode.
@Suite(.serialized) struct EndToEndHealingTests {
  static func settings(_ mode: String) throws -> [String: String] {
    var settings = ["DOC_HEALING_DEPLOYMENT_MODE": mode]
    if mode != "lightweight" { settings["DOC_HEALING_DATABASE_URL"] = try TestServers.freshPostgreSQL() }
    if mode == "full" { settings["DOC_HEALING_REDIS_URL"] = try TestServers.freshRedis() }
    return settings
  }

  @Test(arguments: ["lightweight", "hybrid", "full"]) func aSignedWebhookEndsInAPushedRepair(_ mode: String) throws {
    let service = try ServiceUnderTest(Self.settings(mode))
    let example = try ExampleRepository()
    #expect(try service.tool(["repository", "add", example.server.path]).status == 0)
    let body = example.webhook(before: example.before, after: example.after)
    let headers = ForgeSigner.headers(
      for: .git, event: "push", delivery: "push-1", body: body, secret: Secret(service.secret), now: SystemClock().now())

    let answer = try service.client.post("/webhooks/git", headers: headers, body: body)
    #expect(answer.status == 202)
    let delivery = try service.finished("push-1")
    #expect(delivery["status"] as? String == "completed", "\(delivery) \(service.log)")

    let healed = try example.server.show("README.md", at: "doc-healing/main")
    #expect(healed == ExampleRepository.readme.replacing("parse_config", with: "load_settings"))
    let message = try example.server.git(["log", "-1", "--format=%B", "doc-healing/main"])
    #expect(message.hasPrefix("[bot:doc-healing] Repair README.md after"))
    #expect(message.contains("Doc-Healing-Run: "))
    #expect(try example.server.head("doc-healing/main~1") == example.after)

    let run = try #require(delivery["run_id"] as? String)
    let patch = try service.client.get("/runs/\(run)/patch").text
    #expect(patch.contains("+Call `load_settings(\"app.conf\")` to read the settings."))
    let check = try runCommand(["git", "-C", example.clone.path, "apply", "--check", "-"], input: patch)
    #expect(check.status == 0, "\(check.errorOutput)")

    // Once more, and under another name: one result.
    let tip = try example.server.head("doc-healing/main")
    #expect(try service.client.post("/webhooks/git", headers: headers, body: body).status == 200)
    let again = ForgeSigner.headers(
      for: .git, event: "push", delivery: "push-2", body: body, secret: Secret(service.secret), now: SystemClock().now())
    #expect(try service.client.post("/webhooks/git", headers: again, body: body).status == 202)
    _ = try service.finished("push-2")
    #expect(try example.server.head("doc-healing/main") == tip)

    // The engine's own push starts nothing.
    let own = example.webhook(before: example.after, after: tip, branch: "doc-healing/main")
    let ownHeaders = ForgeSigner.headers(
      for: .git, event: "push", delivery: "push-3", body: own, secret: Secret(service.secret), now: SystemClock().now())
    #expect(try service.client.post("/webhooks/git", headers: ownHeaders, body: own).status == 202)
    #expect(try service.finished("push-3")["status"] as? String == "ignored")
  }

  @Test func aPersonsCommitOnTheHealingBranchIsLeftAlone() throws {
    let service = try ServiceUnderTest()
    let example = try ExampleRepository()
    #expect(try service.tool(["repository", "add", example.server.path]).status == 0)
    _ = try example.clone.git(["push", "--quiet", example.server.path, "HEAD:refs/heads/doc-healing/main"])
    let body = example.webhook(before: example.before, after: example.after)
    let headers = ForgeSigner.headers(
      for: .git, event: "push", delivery: "push-1", body: body, secret: Secret(service.secret), now: SystemClock().now())
    #expect(try service.client.post("/webhooks/git", headers: headers, body: body).status == 202)
    let delivery = try service.finished("push-1")
    #expect(try example.server.head("doc-healing/main") == example.after)
    #expect((delivery["detail"] as? String)?.contains("left alone") == true)
  }

  @Test func bodiesUpToTheLimitAreTakenAndLongerOnesRefused() throws {
    let service = try ServiceUnderTest()
    func send(_ count: Int, _ delivery: String) throws -> Int {
      let body = Array(#"{"repository":"/nowhere","filler":""#.utf8) + [UInt8](repeating: 0x61, count: count) + Array(#""}"#.utf8)
      let headers = ForgeSigner.headers(
        for: .git, event: "push", delivery: delivery, body: body, secret: Secret(service.secret), now: SystemClock().now())
      return try service.client.post("/webhooks/git", headers: headers, body: body).status
    }
    #expect(try send((25 << 20) - 64, "large") == 202)
    #expect(try send(25 << 20, "too-large") == 413)
    #expect(try send(27 << 20, "far-too-large") == 413)
    #expect(try service.json("/deliveries/too-large")["status"] as? Int == 404)
  }

  @Test func aKilledResponderLosesNothingThatItAccepted() throws {
    let service = try ServiceUnderTest()
    var accepted: [String] = []
    for round in 0..<4 {
      for number in 0..<25 {
        let name = "kill-\(round)-\(number)"
        let body = Array(#"{"repository":"/nowhere/\#(name)","ref":"refs/tags/x","before":"","after":""}"#.utf8)
        let headers = ForgeSigner.headers(
          for: .git, event: "push", delivery: name, body: body, secret: Secret(service.secret), now: SystemClock().now())
        if try service.client.post("/webhooks/git", headers: headers, body: body).status == 202 { accepted.append(name) }
      }
      for process in try service.processes("responder") { kill(process, SIGKILL) }
      try service.stop()
      try service.start()
    }
    #expect(accepted.count == 100)
    for name in accepted { #expect(try service.finished(name)["status"] as? String == "ignored") }
  }

  @Test func terminationFinishesWhatIsInFlight() throws {
    let service = try ServiceUnderTest()
    let client = service.client
    let answered = Monitor<Int?>(nil)
    let asked = Monitor(false)
    let thread = try OwnedThread(name: "client") {
      asked.update { $0 = true }
      let reply = try? client.post(
        "/validate/snippet?wait=30", body: Array(#"{"file_path":"a.md","snippet_id":"1","code":"{}","language":"json"}"#.utf8))
      answered.update { $0 = reply?.status ?? 0 }
    }
    _ = asked.wait(upTo: nil) { $0 ? true : nil }
    try service.shell("stop_processes responder TERM 60 || true")
    thread.join()
    // Before the request reached the responder nginx says 503; from then on it is answered.
    #expect([200, 202, 503].contains(answered.withLock { $0 ?? 0 }))
    #expect(service.log.contains("responder ended"))
  }
}
