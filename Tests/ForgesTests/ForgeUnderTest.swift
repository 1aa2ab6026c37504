// A fake forge with a repository and a pull request, and the client that is tested against it. Every test of the conformance suite
// runs once for each kind.

import Domain
import Forges
import HTTPClient
import TestSupport
import Testing
import Threading

/// A forge, with a kind of credential where that makes a difference.
enum ForgeKind: String, Sendable, CaseIterable, CustomTestStringConvertible {
  case githubToken, githubApp, gitlab, gitea
  var testDescription: String { rawValue }

  var forge: Forge {
    switch self {
    case .githubToken, .githubApp: .github
    case .gitlab: .gitlab
    case .gitea: .gitea
    }
  }
}

struct ForgeUnderTest {
  static let name = "octo/hello"
  static let helper = "helper"
  let kind: ForgeKind
  let fake: FakeForge
  let client: any ForgeClient
  /// Whom the client acts as.
  let account: String
  let clock = ManualClock()

  /// A guide of forty lines on `main`; `topic` changes lines 10 and 11, adds a file, and is pull request 1, opened by `ada`.
  init(_ kind: ForgeKind, transport: any HTTPTransport = CurlTransport()) throws {
    self.kind = kind
    fake = try FakeForge(kind.forge, clock: clock)
    try fake.addRepository(Self.name, files: ["docs/guide.md": Self.guide, "a.txt": "a\n"])
    fake.permit("ada", .write, in: Self.name)
    let changed = Self.guide.replacing("line 10\n", with: "line ten\n").replacing("line 11\n", with: "line eleven\n")
    try fake.commit(["docs/guide.md": changed, "docs/new page.md": "one\ntwo\nthree\n"], to: "topic", from: "main", in: Self.name)
    fake.addPull(from: "topic", title: "Rename things", body: "Why not.", labels: ["docs"], in: Self.name)
    (client, account) = try Self.client(kind, fake, clock, transport)
  }

  static let guide = (1...40).map { "line \($0)\n" }.joined()

  private static func client(
    _ kind: ForgeKind, _ fake: FakeForge, _ clock: ManualClock, _ transport: any HTTPTransport
  ) throws -> (any ForgeClient, String) {
    switch kind {
    case .githubToken:
      let token = fake.addToken(for: helper, permissions: [name: .admin])
      return (try GitHubClient(address: fake.apiAddress, access: .token(token), transport: transport, clock: clock), helper)
    case .githubApp:
      let key = try fake.addApp(id: "4711", slug: "doc-healing", on: [name])
      let access = GitHubAccess.app(id: "4711", privateKey: key)
      return (try GitHubClient(address: fake.apiAddress, access: access, transport: transport, clock: clock), "doc-healing[bot]")
    case .gitlab:
      let token = fake.addToken(for: helper, permissions: [name: .admin])
      return (GitLabClient(address: fake.url, token: token, transport: transport, clock: clock), helper)
    case .gitea:
      let token = fake.addToken(for: helper, permissions: [name: .admin])
      return (GiteaClient(address: fake.url, token: token, transport: transport, clock: clock), helper)
    }
  }

  var head: ObjectID { get throws { try #require(fake.repository(Self.name).git.tip(of: "topic")) } }

  /// What every test ends with: nothing was asked that the forge's reference does not have.
  func expectNoViolations(sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(fake.violations == [], sourceLocation: sourceLocation)
  }

  /// Requests so far, as `METHOD /path`.
  var requests: [String] { fake.journal.map { "\($0.method) \($0.path)" } }
}
