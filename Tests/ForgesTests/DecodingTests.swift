// Payloads that the recorded ones do not contain: forks, force pushes, GitLab's merge requests, and everything odd.

import Domain
import Foundation
import Testing

@testable import Forges

private let one = String(repeating: "1", count: 40)
private let two = String(repeating: "2", count: 40)
private let zero = String(repeating: "0", count: 40)

private func decode(_ forge: Forge, _ event: String, _ json: String) -> String {
  do {
    return FixtureTests.line(try ForgeRegistry.receiver(for: forge).decode(eventName: event, payload: Array(json.utf8)))
  } catch {
    return "error \(error)"
  }
}

@Suite struct HubDecodingTests {
  private func pull(
    action: String, merged: String = "false", head: String = #"{"full_name":"a/b"}"#, changes: String = "{}", number: String = "7"
  ) -> String {
    """
    {"action":"\(action)","changes":\(changes),"repository":{"full_name":"a/b","default_branch":"main"},"pull_request":{"number":\(number),
    "merged":\(merged),"head":{"ref":"fix","sha":"\(one)","repo":\(head)},"base":{"ref":"main","sha":"\(two)","repo":{"full_name":"a/b"}}}}
    """
  }

  @Test(arguments: [
    ("opened", "opened"), ("reopened", "opened"), ("synchronize", "updated"), ("synchronized", "updated"), ("edited", "other"),
    ("closed", "closed"), ("labeled", "other"), ("ready_for_review", "updated"), ("converted_to_draft", "other"),
    ("no such action", "other"),
  ])
  func actions(_ action: String, _ kind: String) {
    for forge in [Forge.github, .gitea] {
      let line = decode(forge, "pull_request", pull(action: action))
      #expect(line == "pull request \(kind) a/b(main)#7 fix@111111111111 into main@222222222222")
    }
  }

  @Test func mergedAndRebased() {
    #expect(decode(.github, "pull_request", pull(action: "closed", merged: "true")).hasPrefix("pull request merged "))
    #expect(decode(.github, "pull_request", pull(action: "edited", changes: #"{"title":{"from":"x"}}"#)).hasPrefix("pull request other "))
    #expect(
      decode(.github, "pull_request", pull(action: "edited", changes: #"{"base":{"ref":{"from":"x"}}}"#)).hasPrefix("pull request updated ")
    )
  }

  @Test func forks() {
    #expect(decode(.github, "pull_request", pull(action: "opened", head: #"{"full_name":"c/b"}"#)).contains(" from c/b into "))
    #expect(decode(.github, "pull_request", pull(action: "opened", head: "null")).contains(" from (deleted)/(deleted) into "))
  }

  @Test func aCommitMessageKeepsSubjectAndTrailers() {
    let json = """
      {"ref":"refs/heads/main","before":"\(one)","after":"\(two)","repository":{"full_name":"a/b"},
      "head_commit":{"message":"[bot:doc-healing] Heal docs\\n\\nLong\\nbody.\\n\\nDoc-Healing-Run: 01J\\nSigned-off-by: x\\n"}}
      """
    #expect(
      decode(.github, "push", json)
        == "push a/b refs/heads/main 111111111111..222222222222 \"[bot:doc-healing] Heal docs⏎⏎Doc-Healing-Run: 01J⏎Signed-off-by: x\"")
  }

  @Test(arguments: [
    (#"{"ref":1}"#, "github push: ref has the wrong type"),
    (#"{}"#, "github push: ref is missing"),
    (#"{"ref":null}"#, "github push: ref is null"),
    (#"[]"#, "github push: the body has the wrong type"),
    (#"{"ref""#, "github push: the body is not JSON"),
    (push(ref: "main"), "github push: ref is not the full name of a ref"),
    (push(ref: "refs/heads/--upload-pack=x"), "github push: ref is not the full name of a ref"),
    (push(before: "HEAD"), "github push: before is not an object name"),
    (push(after: "\(one.dropLast())G"), "github push: after is not an object name"),
    (push(name: "../etc"), "the repository's name is not one that github gives"),
    (push(name: "a/b/c"), "the repository's name is not one that github gives"),
  ])
  func odd(_ json: String, _ error: String) { #expect(decode(.github, "push", json) == "error " + error) }

  private static func push(name: String = "a/b", ref: String = "refs/heads/main", before: String = one, after: String = two) -> String {
    #"{"ref":"\#(ref)","before":"\#(before)","after":"\#(after)","repository":{"full_name":"\#(name)"}}"#
  }

  @Test func nicetiesMayBeOdd() {
    let json = """
      {"ref":"refs/heads/main","before":"\(one)","after":"\(two)","repository":{"full_name":"a/b","default_branch":5},"head_commit":[]}
      """
    #expect(decode(.github, "push", json) == "push a/b refs/heads/main 111111111111..222222222222")
    #expect(decode(.gitea, "push", json.replacing("5", with: #""-x""#)) == "push a/b refs/heads/main 111111111111..222222222222")
  }

  @Test(arguments: [
    ("ping", "ping"), ("star", "other star"),
  ])
  func eventsWithoutALook(_ event: String, _ line: String) { #expect(decode(.github, event, "not even JSON") == line) }

  @Test func negativeNumbersAreNone() {
    #expect(
      decode(.github, "pull_request", pull(action: "opened", number: "-1"))
        == "error github pull_request: pull_request.number is not a positive number")
    #expect(decode(.github, "pull_request", pull(action: "opened", number: "1e99")).hasPrefix("error "))
  }

  @Test func aFormDecodes() {
    let form = "payload=" + (Self.push().addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
    #expect(decode(.github, "push", form) == "push a/b refs/heads/main 111111111111..222222222222")
    #expect(decode(.github, "push", "payloads=1") == "error github push: the form has no field named payload")
  }
}

@Suite struct GitLabDecodingTests {
  private func merge(_ attributes: String, changes: String = "{}") -> String {
    """
    {"object_kind":"merge_request","event_type":"merge_request","project":{"path_with_namespace":"g/sub/p","default_branch":"main"},
    "changes":\(changes),"object_attributes":{"iid":3,"source_branch":"fix","target_branch":"main","last_commit":{"id":"\(one)"},
    "target":{"path_with_namespace":"g/sub/p"},\(attributes)}}
    """
  }

  private static let same = #""source":{"path_with_namespace":"g/sub/p"}"#

  @Test(arguments: [
    (#""action":"open""#, "{}", "opened"), (#""action":"reopen""#, "{}", "opened"), (#""action":"update""#, "{}", "other"),
    (#""action":"update","oldrev":"2222222222222222222222222222222222222222""#, "{}", "updated"),
    (#""action":"update""#, #"{"target_branch":{"previous":"a","current":"b"}}"#, "updated"),
    (#""action":"update""#, #"{"title":{"previous":"a","current":"b"}}"#, "other"),
    (#""action":"update""#, #"{"draft":{"previous":true,"current":false}}"#, "updated"),
    (#""action":"update""#, #"{"draft":{"previous":false,"current":true}}"#, "other"),
    (#""action":"merge""#, "{}", "merged"), (#""action":"close""#, "{}", "closed"), (#""action":"approved""#, "{}", "other"),
    (#""action":7"#, "{}", "other"), (#""state":"opened""#, "{}", "other"),
  ])
  func mergeRequests(_ attributes: String, _ changes: String, _ kind: String) {
    for event in ["Merge Request Hook", "System Hook"] {
      let line = decode(.gitlab, event, merge("\(attributes),\(Self.same)", changes: changes))
      #expect(line == "pull request \(kind) g/sub/p(main)#3 fix@111111111111 into main@?")
    }
  }

  @Test func forks() {
    let fork = #""action":"open","source":{"path_with_namespace":"me/p"}"#
    #expect(decode(.gitlab, "Merge Request Hook", merge(fork)).contains(" from me/p into "))
    #expect(decode(.gitlab, "Merge Request Hook", merge(#""action":"open","source":null"#)).contains(" from (deleted)/(deleted) into "))
  }

  private func push(_ kind: String, ref: String = "refs/heads/main", after: String = two, commits: String) -> String {
    """
    {\(kind),"ref":"\(ref)","before":"\(one)","after":"\(after)","checkout_sha":"\(after)","total_commits_count":30,
    "project":{"path_with_namespace":"g/p","default_branch":"main","git_http_url":"http://evil.example/x.git"},"commits":\(commits)}
    """
  }

  @Test func pushes() {
    let commits = #"[{"id":"\#(one)","message":"first"},{"id":"\#(two)","message":"second\n\nbody"}]"#
    let line = #"push g/p(main) refs/heads/main 111111111111..222222222222 "second⏎⏎body""#
    #expect(decode(.gitlab, "Push Hook", push(#""object_kind":"push""#, commits: commits)) == line)
    #expect(decode(.gitlab, "System Hook", push(#""event_name":"push""#, commits: commits)) == line)
    let gone = decode(.gitlab, "Push Hook", push(#""object_kind":"push""#, after: zero, commits: "null"))
    #expect(gone == "push g/p(main) refs/heads/main 111111111111..000000000000")
  }

  @Test func othersAreNamedByTheBody() {
    #expect(decode(.gitlab, "Pipeline Hook", #"{"object_kind":"pipeline"}"#) == "other pipeline")
    #expect(decode(.gitlab, "System Hook", #"{"event_name":"repository_update"}"#) == "other repository_update")
    #expect(decode(.gitlab, "Custom Hook", #"{"object_kind":5}"#) == "other Custom Hook")
    #expect(decode(.gitlab, "Push Hook", #"{"object_kind":"push"}"#) == "error gitlab Push Hook: ref is missing")
  }
}

@Suite struct GitDecodingTests {
  private func push(_ repository: String) -> String {
    #"{"repository":"\#(repository)","ref":"refs/heads/main","before":"\#(one)","after":"\#(two)","extra":true}"#
  }

  @Test func aPush() {
    #expect(decode(.git, "push", push("/srv/x.git")) == "push /srv/x.git refs/heads/main 111111111111..222222222222")
  }

  @Test func aRepositoryThatIsNoPlace() {
    let error = "error the repository is neither an absolute path nor an https, http, ssh, git or file URL nor user@host:path"
    #expect(decode(.git, "push", push("ext::sh -c id")) == error)
  }
}
