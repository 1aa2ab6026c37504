import Domain
import Foundation
import Server
import TestSupport
import Testing

@Suite struct RouteTests {
  @Test func healthAndReadinessNeedNoToken() throws {
    let service = try TestService(["DOC_HEALING_API_TOKEN": "let-me-in-please"])
    defer { service.stop() }
    #expect(service.get("/health").status == 200)
    #expect(service.get("/ready").json["status"] as? String == "ready")
    #expect(service.get("/runs").status == 401)
    #expect(service.get("/runs", headers: ["Authorization": "Bearer let-me-in-please"]).status == 200)
    #expect(service.get("/runs", headers: ["Authorization": "Bearer let-me-in-pleasf"]).status == 401)
    let basic = Data("anyone:let-me-in-please".utf8).base64EncodedString()
    #expect(service.get("/", headers: ["Authorization": "Basic \(basic)"]).status == 200)
    #expect(service.get("/").headers["www-authenticate"]?.hasPrefix("Basic") == true)
  }

  @Test func withoutATokenOnlyThisMachineIsAnswered() throws {
    let service = try TestService()
    defer { service.stop() }
    #expect(service.get("/runs", address: "127.0.0.1").status == 200)
    #expect(service.get("/runs", address: "::1").status == 200)
    #expect(service.get("/runs", address: "203.0.113.9").status == 403)
    #expect(service.get("/runs", headers: ["X-Forwarded-For": "127.0.0.1"], address: "203.0.113.9").status == 403)
    #expect(service.get("/health", address: "203.0.113.9").status == 200)
  }

  struct Refusal: Sendable {
    var method: String
    var target: String
    var body = ""
    var status: Int
    var detail: String
  }

  @Test(arguments: [
    Refusal(method: "GET", target: "/nothing", status: 404, detail: "there is no route /nothing; docs/api.md lists them"),
    Refusal(method: "DELETE", target: "/runs", status: 405, detail: "this route takes GET, HEAD"),
    Refusal(method: "GET", target: "/webhooks/github", status: 405, detail: "this route takes POST"),
    Refusal(
      method: "POST", target: "/webhooks/svn", body: "{}", status: 404,
      detail: "webhook routes are /webhooks/github, /webhooks/gitlab, /webhooks/gitea, /webhooks/git"),
    Refusal(method: "GET", target: "/runs/none", status: 404, detail: "there is no run none"),
    Refusal(method: "GET", target: "/tasks/none", status: 404, detail: "there is no task none"),
    Refusal(method: "GET", target: "/deliveries/none", status: 404, detail: "there is no delivery none"),
    Refusal(method: "GET", target: "/runs?limit=0", status: 400, detail: "limit must be a whole number from 1 to 200"),
    Refusal(method: "GET", target: "/deliveries?status=x", status: 400, detail: "status must be one of queued, completed, ignored, dead"),
    Refusal(method: "POST", target: "/validate/snippet", body: "[", status: 400, detail: "the body does not fit: it is not JSON"),
    Refusal(method: "POST", target: "/validate/snippet", body: "{}", status: 400, detail: "file_path is missing"),
    Refusal(method: "POST", target: "/validate/snippet", body: #"{"file_path":"a.md"}"#, status: 400, detail: "code is missing"),
    Refusal(
      method: "POST", target: "/validate/snippet", body: #"{"file_path":"a.md","code":1}"#, status: 400,
      detail: "the body does not fit: in code a String was expected"),
    Refusal(
      method: "POST", target: "/heal/file", body: #"{"file_path":"a.md"}"#, status: 400, detail: "content or validation_results is missing"),
    Refusal(
      method: "POST", target: "/validate/snippet?wait=99", body: "{}", status: 400, detail: "wait must be a whole number from 0 to 60"),
  ]) func refuses(_ refusal: Refusal) throws {
    let service = try TestService(workers: 0)
    defer { service.stop() }
    let reply = service.send(refusal.method, refusal.target, body: Array(refusal.body.utf8))
    #expect(reply.status == refusal.status)
    #expect(reply["detail"] == refusal.detail)
    #expect(reply.headers["content-type"] == "application/problem+json")
  }

  @Test func aWebhookRouteWithoutItsSecretIsClosedWhereOthersAreServed() throws {
    let service = try TestService([
      "DOC_HEALING_API_HOST": "0.0.0.0", "DOC_HEALING_API_TOKEN": "let-me-in-please", "DOC_HEALING_GITHUB_WEBHOOK_SECRET": "secret",
    ])
    defer { service.stop() }
    #expect(service.post("/webhooks/gitlab", "{}").status == 403)
    #expect(service.post("/webhooks/github", "{}").status == 401)
    #expect(service.deliver(.github, event: "ping", body: Array("{}".utf8), delivery: "d-1", secret: "secret").status == 202)
  }

  @Test func aDeliveryIsAcceptedOnceAndTellsItsTask() throws {
    let service = try TestService(["DOC_HEALING_GITHUB_WEBHOOK_SECRET": "old,new"])
    defer { service.stop() }
    let body = Array(#"{"zen":"Keep it logically awesome.","repository":{"full_name":"o/n"}}"#.utf8)
    let first = service.deliver(.github, event: "ping", body: body, delivery: "d-7", secret: "new")
    #expect(first.status == 202)
    #expect(first["status"] == "queued")
    #expect(first["queue_name"] == "webhooks")
    #expect(first["delivery_id"] == "d-7")
    let again = service.deliver(.github, event: "ping", body: body, delivery: "d-7", secret: "old")
    #expect(again.status == 200)
    #expect(again["status"] == "duplicate")
    #expect(again["task_id"] == first["task_id"])
    let task = service.ended(first["task_id"])
    #expect(task["func_name"] == "process_webhook")
    #expect(task["status"] == "ignored")
    let delivery = service.get("/deliveries/d-7")
    #expect(delivery["status"] == "ignored")
    #expect(delivery["detail"] == "ping")
    #expect(delivery["task_id"] == first["task_id"])
  }

  @Test(arguments: [#"[]"#, #"{"a":"#, "", "nonsense", "{}x", "\u{FEFF}{}"]) func refusesWhatIsNotAnObject(_ body: String) throws {
    let service = try TestService(["DOC_HEALING_GITHUB_WEBHOOK_SECRET": "secret"], workers: 0)
    defer { service.stop() }
    #expect(service.deliver(.github, event: "push", body: Array(body.utf8), delivery: "d", secret: "secret").status == 400)
    #expect(service.get("/deliveries").json["items"] as? [String] == [])
  }

  @Test func aFullQueueRefusesAndKeepsNothing() throws {
    let service = try TestService(["DOC_HEALING_GITHUB_WEBHOOK_SECRET": "secret", "DOC_HEALING_MAX_QUEUE_SIZE": "3"], workers: 0)
    defer { service.stop() }
    let body = Array("{}".utf8)
    for number in 1...3 {
      #expect(service.deliver(.github, event: "ping", body: body, delivery: "d-\(number)", secret: "secret").status == 202)
    }
    for number in 4...8 {
      let reply = service.deliver(.github, event: "ping", body: body, delivery: "d-\(number)", secret: "secret")
      #expect(reply.status == 503)
      #expect(reply.headers["retry-after"] == "10")
      #expect(service.get("/deliveries/d-\(number)").status == 404)
    }
    #expect(service.deliver(.github, event: "ping", body: body, delivery: "d-1", secret: "secret").status == 200)
  }

  @Test func validatesAndHealsSnippets() throws {
    let service = try TestService()
    defer { service.stop() }
    let fine = service.post(
      "/validate/snippet?wait=30", #"{"file_path":"a.md","snippet_id":"1","code":"{\"a\": 1}","language":"json"}"#)
    #expect(fine.status == 200)
    #expect((fine.json["result"] as? [String: Any])?["valid"] as? Bool == true)
    let broken = service.post(
      "/validate/snippet?wait=30", #"{"file_path":"a.md","snippet_id":"1","code":"{\"a\": 1,}","language":"json"}"#)
    let result = broken.json["result"] as? [String: Any]
    #expect(result?["valid"] as? Bool == false)
    #expect(((result?["findings"] as? [[String: Any]])?.first)?["line"] as? Int == 1)
    let healed = service.post(
      "/heal/snippet?wait=30", #"{"file_path":"a.md","snippet_id":"1","code":"{\"a\": 1,}","language":"json","errors":[]}"#)
    #expect((healed.json["result"] as? [String: Any])?["healed_code"] as? String == #"{"a": 1}"#)
    let file = service.post("/heal/file?wait=30", ##"{"file_path":"a.md","content":"# T\n\n```json\n{\"on\": True}\n```\n"}"##)
    #expect((file.json["result"] as? [String: Any])?["healed_content"] as? String == "# T\n\n```json\n{\"on\": true}\n```\n")
  }

  @Test func metricsAreWellFormed() throws {
    let service = try TestService()
    defer { service.stop() }
    _ = service.get("/health")
    let text = service.get("/metrics").text
    for line in text.split(separator: "\n") {
      let isComment = line.hasPrefix("# HELP ") || line.hasPrefix("# TYPE ")
      #expect(isComment || line.wholeMatch(of: /[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.e+-]+/) != nil, "\(line)")
    }
    #expect(text.contains(#"doc_healing_http_requests_total{route="/health",status="200"} 1"#))
    #expect(text.contains(#"doc_healing_queue_depth{queue="webhooks"} 0"#))
  }

  /// Nobody vouches for who wrote an unsigned comment, or for what it says of a repository.
  @Test(arguments: [
    (
      "issue_comment",
      #"{"action":"created","issue":{"number":1,"pull_request":{}},"comment":{"id":1,"body":"@doc-healing undo","user":{"login":"ada"}},"#
        + #""repository":{"full_name":"o/r"},"sender":{"login":"ada"}}"#, "commands are not taken"
    ),
    ("repository", #"{"action":"deleted","repository":{"full_name":"o/r"}}"#, "news about repositories are not taken"),
  ])
  func unsignedDeliveriesCommandNothing(_ event: String, _ body: String, _ reason: String) throws {
    let service = try TestService(["DOC_HEALING_GITHUB_TOKEN": "t", "DOC_HEALING_GITHUB_API_URL": "http://127.0.0.1:9"])
    defer { service.stop() }
    let answer = service.send(
      "POST", "/webhooks/github", headers: ["x-github-event": event, "x-github-delivery": "d-\(event)"], body: Array(body.utf8))
    #expect(answer.status == 202)
    _ = service.ended(answer["task_id"])
    #expect(service.get("/deliveries/d-\(event)").text.contains(reason))
  }

  @Test func pagesEscapeWhatTheyShow() throws {
    let service = try TestService(["DOC_HEALING_GITHUB_WEBHOOK_SECRET": "secret"])
    defer { service.stop() }
    let reply = service.deliver(.github, event: "<script>alert(1)</script>", body: Array("{}".utf8), delivery: "<b>", secret: "secret")
    _ = service.ended(reply["task_id"])
    let page = service.get("/pages/deliveries").text
    #expect(page.contains("&lt;script&gt;"))
    #expect(!page.contains("<script>"))
    for target in ["/", "/pages/runs", "/pages/repositories"] { #expect(service.get(target).status == 200, "\(target)") }
    #expect(service.get("/pages/nowhere").status == 404)
  }
}
