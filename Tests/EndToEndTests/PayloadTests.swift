import Domain
import Forges
import Foundation
import TestSupport
import Testing
import Threading

/// Every recorded payload, through nginx: accepted when signed, refused when not, once when repeated.
@Suite struct EndToEndPayloadTests {
  @Test func everyPayloadIsAcceptedRefusedAndDeduplicated() throws {
    // Nothing is fetched: the forges are at a closed port of this machine.
    let nowhere = "http://127.0.0.1:9"
    let service = try ServiceUnderTest([
      "DOC_HEALING_GITHUB_API_URL": nowhere, "DOC_HEALING_GITLAB_URL": nowhere, "DOC_HEALING_GITEA_URL": nowhere,
    ])
    var count = 0
    for (forge, event, path) in try Self.payloads() {
      let body = try readFile(path)
      let delivery = "payload-\(count)"
      let headers = ForgeSigner.headers(
        for: forge, event: event, delivery: delivery, body: body, secret: Secret(service.secret), now: SystemClock().now())
      let forged = ForgeSigner.headers(
        for: forge, event: event, delivery: delivery, body: body, secret: Secret("another secret"), now: SystemClock().now())
      #expect(try service.client.post("/webhooks/\(forge.rawValue)", headers: forged, body: body).status == 401, "\(path)")
      let first = try service.client.post("/webhooks/\(forge.rawValue)", headers: headers, body: body)
      #expect(first.status == 202, "\(path): \(first.text)")
      let second = try service.client.post("/webhooks/\(forge.rawValue)", headers: headers, body: body)
      #expect(second.status == 200, "\(path): \(second.text)")
      #expect(second.text.contains(#""status":"duplicate""#), "\(path)")
      count += 1
    }
    #expect(count > 100)
  }

  /// The fixtures of ForgesTests, with the event that GitHub's folders name.
  private static func payloads() throws -> [(Forge, String, String)] {
    var found: [(Forge, String, String)] = []
    let root = "\(ServiceUnderTest.project)/Tests/ForgesTests/Fixtures"
    for forge in Forge.allCases {
      for name in try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(forge.rawValue)").sorted() where name.hasSuffix(".json") {
        found.append((forge, String(name.split(separator: "/")[0].prefix(40)), "\(root)/\(forge.rawValue)/\(name)"))
      }
    }
    return found
  }
}
