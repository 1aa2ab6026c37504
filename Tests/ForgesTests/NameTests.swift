import Domain
import Testing

@testable import Forges

@Suite struct RepositoryNameTests {
  @Test(arguments: [
    (Forge.github, "octocat/Hello-World"), (.github, "a/.github"), (.github, "Emu_User/x.y_z-1"), (.gitea, "a/b"),
    (.gitlab, "g/s1/s2/project"),
    (.github, "a/-b"),
  ])
  func valid(_ forge: Forge, _ name: String) throws { #expect(try RepositoryName.validated(name, forge: forge) == name) }

  @Test(arguments: [
    "", "a", "/", "a/", "/b", "a//b", "a/b/c", "a/..", "../b", "a/.", "a/b..c", "-a/b", "a/b.git", "a/b c", "a/b\n", "a/b\0", "a/é",
    "a/b?x", "a/b#x",
    "a/b@c", "a:b/c", "a\\b/c", "a/%2e%2e", "(deleted)/(deleted)", "a/" + String(repeating: "b", count: 256),
  ])
  func invalid(_ name: String) { #expect(throws: ForgeError.self) { try RepositoryName.validated(name, forge: .github) } }

  @Test func gitlabHasGroupsButNotWithoutEnd() {
    #expect(throws: ForgeError.self) { try RepositoryName.validated(String(repeating: "g/", count: 21) + "p", forge: .gitlab) }
    #expect(throws: ForgeError.self) { try RepositoryName.validated("p", forge: .gitlab) }
  }
}

@Suite struct RefNameTests {
  @Test(arguments: [
    "refs/heads/main", "refs/heads/feature/x", "refs/tags/v1.0.0", "refs/heads/ä@b", "refs/heads/a-b", "refs/pull/7/head", "refs/heads/@",
  ])
  func valid(_ ref: String) { #expect(RefName.isValid(ref)) }

  @Test(arguments: [
    "", "main", "HEAD", "refs/heads/", "refs/heads", "refs//main", "refs/heads/-x", "refs/heads/a..b", "refs/heads/a b", "refs/heads/a\n",
    "refs/heads/a~1",
    "refs/heads/a^", "refs/heads/a:b", "refs/heads/a?", "refs/heads/a*", "refs/heads/a[", "refs/heads/a\\b", "refs/heads/a@{1}",
    "refs/heads/.a",
    "refs/heads/a/.b", "refs/heads/a.lock", "refs/heads/a.lock/b", "refs/heads/a.", "refs/heads/a/", "refs/heads/a\u{7F}",
    "refs/heads/a\u{85}",
    "--upload-pack=x", "refs/heads/" + String(repeating: "a", count: 256),
  ])
  func invalid(_ ref: String) { #expect(!RefName.isValid(ref)) }
}

@Suite struct GitLocationTests {
  @Test(arguments: [
    ("/srv/git/x.git", GitLocation.Kind.local), ("/home/me/a b/ü", .local), ("file:///srv/x", .local), ("file://localhost/srv/x", .local),
    ("https://git.example.org/a/b.git", .remote(scheme: "https", host: "git.example.org")),
    ("http://127.0.0.1:3000/a/b", .remote(scheme: "http", host: "127.0.0.1")),
    ("git://example.org/x", .remote(scheme: "git", host: "example.org")),
    ("ssh://git@example.org:2222/x.git", .remote(scheme: "ssh", host: "example.org")),
    ("ssh://git@[::1]:2222/x.git", .remote(scheme: "ssh", host: "::1")),
    ("git@example.org:team/x.git", .remote(scheme: "ssh", host: "example.org")),
    ("example.org:/srv/x.git", .remote(scheme: "ssh", host: "example.org")),
  ])
  func valid(_ text: String, _ kind: GitLocation.Kind) throws { #expect(try GitLocation(text).kind == kind) }

  @Test(arguments: [
    "", "x.git", "./x", "../x", "~/x", "-x", "--upload-pack=touch /tmp/x", "ext::sh -c id", "fd::17", "file::/x", "host::path", "ext::/x",
    "/", "/..", "/srv/../etc",
    "/srv/./x", "/x\n", "/x\0", "/x\u{202E}y", "ssh://-oProxyCommand=id/x", "ssh://%2doProxyCommand=id/x", "ssh://-u@host/x", "-u@host:x",
    "-host:x", "host:-x",
    "host:", "host:../x", "https://user@host/x", "https://user:pw@host/x", "ssh://git:pw@host/x", "https://host", "https://host/",
    "https:///x", "https://host/x?y",
    "https://host/x#y", "https://host/../x", "ftp://host/x", "javascript://host/x", "file://host/x", "http+ext://host/x", "https://ho st/x",
    "a/b:c",
    "https://host:99999999/x", "https://host:/x", "ssh://[::1/x", "/" + String(repeating: "a", count: 2048),
  ])
  func invalid(_ text: String) { #expect(throws: ForgeError.self) { try GitLocation(text) } }
}

@Suite struct CloneAddressTests {
  @Test func comesFromTheConfigurationAndTheName() throws {
    #expect(try CloneAddress.url(forge: .github, name: "a/b", base: "https://github.com") == "https://github.com/a/b.git")
    #expect(
      try CloneAddress.url(forge: .gitlab, name: "a/b/c", base: "https://git.example.org/lab") == "https://git.example.org/lab/a/b/c.git")
    #expect(try CloneAddress.url(forge: .git, name: "/srv/x", base: nil) == "/srv/x")
  }

  @Test func refusesWhatHasNoBaseOrNoName() {
    #expect(throws: ForgeError(.notConfigured, "cannot clone from gitea: its address is not configured (DOC_HEALING_GITEA_URL)")) {
      try CloneAddress.url(forge: .gitea, name: "a/b", base: nil)
    }
    #expect(throws: ForgeError.self) { try CloneAddress.url(forge: .github, name: "a/../b", base: "https://github.com") }
    #expect(throws: ForgeError.self) { try CloneAddress.url(forge: .github, name: RepositoryName.deletedFork, base: "https://github.com") }
    #expect(throws: ForgeError.self) { try CloneAddress.url(forge: .git, name: "ext::id", base: nil) }
  }
}

@Suite struct OwnCommitsTests {
  @Test(arguments: [
    ("[bot:doc-healing] Heal\n\nDoc-Healing-Run: 01J", true), ("[bot:doc-healing] Heal\r\n\r\nDoc-Healing-Run: 01J\r\n", true),
    ("[bot:doc-healing] Heal", false), ("[bot:doc-healing] Heal\n\nDoc-Healing-Run: ", false), ("Heal\n\nDoc-Healing-Run: 01J", false),
    ("Revert \"[bot:doc-healing] Heal\"\n\nDoc-Healing-Run: 01J", false), ("[bot:doc-healing] Doc-Healing-Run: 01J", false), ("", false),
  ])
  func messages(_ message: String, _ isOwn: Bool) {
    #expect(OwnCommits.isOwn(message: message) == isOwn)
    #expect(OwnCommits.isOwn(message: OwnCommits.digest(message)) == isOwn)
  }

  @Test func pushes() throws {
    let id = try #require(ObjectID(String(repeating: "1", count: 40)))
    func push(_ ref: String, _ message: String?) -> Event.Push {
      Event.Push(repository: .init(name: "a/b"), ref: ref, before: id, after: id, headMessage: message)
    }
    #expect(OwnCommits.isOwn(push("refs/heads/doc-healing/main", nil)))
    #expect(!OwnCommits.isOwn(push("refs/heads/doc-healing", nil)))
    #expect(!OwnCommits.isOwn(push("refs/tags/doc-healing/x", nil)))
    #expect(OwnCommits.isOwn(push("refs/heads/main", "[bot:doc-healing] x\n\nDoc-Healing-Run: 1")))
    #expect(!OwnCommits.isOwn(push("refs/heads/main", "Fix")))
  }

  @Test func digestsAreBounded() {
    let long = String(repeating: "s", count: 10_000) + "\n\n" + String(repeating: "line\n", count: 10_000)
    #expect(OwnCommits.digest(long).utf8.count < 10_000)
    #expect(OwnCommits.digest("\n\n subject \n\n\n") == " subject ")
    #expect(OwnCommits.digest("") == "")
    #expect(OwnCommits.digest("subject") == "subject")
    #expect(OwnCommits.digest("subject\nsecond line\n") == "subject")
  }
}

@Suite struct ForgeRegistryTests {
  @Test func everyForgeIsRegisteredOnce() { #expect(ForgeRegistry.all.map(\.forge) == Forge.allCases) }

  @Test(arguments: Forge.allCases) func theReceiverOfAForgeIsItsOwn(_ forge: Forge) {
    #expect(ForgeRegistry.receiver(for: forge).forge == forge)
  }

  @Test func oddEventHeadersAreUnknown() {
    for value in ["a\nb", String(repeating: "e", count: 65), "é"] {
      #expect(GitHubReceiver().eventName(headers: WebhookHeaders(["X-GitHub-Event": value])) == "unknown")
    }
    #expect(GitLabReceiver().eventName(headers: WebhookHeaders(["X-Gitlab-Event": "Push Hook"])) == "Push Hook")
  }
}
