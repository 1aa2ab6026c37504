// Comments, installations and news about repositories: what each forge sends, and everything odd.

import Domain
import Foundation
import Testing

@testable import Forges

private func decode(_ forge: Forge, _ event: String, _ json: String) -> String {
  do {
    return FixtureTests.line(try ForgeRegistry.receiver(for: forge).decode(eventName: event, payload: Array(json.utf8)))
  } catch {
    return "error \(error)"
  }
}

@Suite struct HubCommentTests {
  private static let repository = #""repository":{"full_name":"a/b","default_branch":"main"},"sender":{"login":"ann"}"#

  private func issue(
    _ action: String = "created", pull: String = #""pull_request":{"url":"x"}"#, number: String = "7", login: String = "ann",
    body: String = #""@doc-healing undo\nnow""#, more: String = #""x":1"#
  ) -> String {
    """
    {"action":"\(action)","issue":{"number":\(number),\(pull)},"comment":{"id":12,"body":\(body),"user":{"login":"\(login)"}},
    \(Self.repository),\(more)}
    """
  }

  @Test func aCommentOnAPullRequest() {
    let line = #"comment conversation a/b(main)#7 12 by ann "@doc-healing undo⏎now""#
    #expect(decode(.github, "issue_comment", issue()) == line)
    #expect(decode(.gitea, "issue_comment", issue()) == line)
    #expect(decode(.gitea, "issue_comment", issue(pull: #""pull_request":null"#, more: #""is_pull":true"#)) == line)
    #expect(decode(.github, "issue_comment", issue(login: "renovate[bot]")).contains(" by renovate[bot] "))
  }

  @Test func othersAreNone() {
    for forge in [Forge.github, .gitea] {
      for action in ["edited", "deleted", "pinned"] { #expect(decode(forge, "issue_comment", issue(action)) == "other issue_comment") }
      #expect(decode(forge, "issue_comment", issue(pull: #""pull_request":null"#)) == "other issue_comment")
      #expect(decode(forge, "issue_comment", issue(pull: #""title":"x""#, more: #""is_pull":false"#)) == "other issue_comment")
    }
  }

  @Test func hostileValues() {
    func error(_ json: String) -> String { decode(.github, "issue_comment", json) }
    #expect(error(issue(number: "0")) == "error github issue_comment: issue.number is not a positive number")
    #expect(error(issue(login: "a b")) == "error github issue_comment: comment.user.login is not a login")
    #expect(error(issue(login: "[bot]")) == "error github issue_comment: comment.user.login is not a login")
    #expect(error(issue(login: "a\\u0000")) == "error github issue_comment: comment.user.login is not a login")
    #expect(error(issue(login: String(repeating: "a", count: 300))) == "error github issue_comment: comment.user.login is not a login")
    #expect(error(issue(body: "null")) == "error github issue_comment: comment.body is null")
    #expect(error(issue(body: "[]")) == "error github issue_comment: comment.body has the wrong type")
    #expect(error(issue().replacing("a/b", with: "../b")) == "error the repository's name is not one that github gives")
    #expect(error("{}") == "error github issue_comment: action is missing")
  }

  @Test func aLongBodyIsCutBetweenScalars() throws {
    let body = "x" + String(repeating: "é", count: 40_000)
    let event = try GitHubReceiver().decode(eventName: "issue_comment", payload: Array(issue(body: "\"\(body)\"").utf8))
    guard case .comment(let comment) = event else {
      Issue.record("not a comment")
      return
    }
    #expect(comment.isTruncated && comment.body.utf8.count == 65_535 && body.hasPrefix(comment.body))
    let whole = Event.CommentEvent(
      repository: comment.repository, number: 1, id: "1", author: "a", body: String(repeating: "x", count: 65_536), place: .review)
    #expect(!whole.isTruncated && whole.body.utf8.count == 65_536)
  }

  @Test func reviews() {
    func review(_ action: String, _ body: String) -> String {
      #"{"action":"\#(action)","review":{"id":5,"body":\#(body),"user":{"login":"bob"}},"pull_request":{"number":7},\#(Self.repository)}"#
    }
    #expect(decode(.github, "pull_request_review", review("submitted", #""hm""#)) == #"comment review a/b(main)#7 5 by bob "hm""#)
    for odd in [review("submitted", "null"), review("submitted", "\"\""), review("edited", "\"x\""), review("dismissed", "\"x\"")] {
      #expect(decode(.github, "pull_request_review", odd) == "other pull_request_review")
    }
  }

  @Test func reviewComments() {
    func comment(_ action: String) -> String {
      """
      {"action":"\(action)","comment":{"id":9,"body":"hm","user":{"login":"bob"},"path":"a.md"},"pull_request":{"number":7},\(Self.repository)}
      """
    }
    let line = #"comment reviewComment a/b(main)#7 9 by bob "hm""#
    #expect(decode(.github, "pull_request_review_comment", comment("created")) == line)
    #expect(decode(.github, "pull_request_review_comment", comment("edited")) == "other pull_request_review_comment")
  }

  @Test func reviewsOnGitea() {
    func review(_ content: String, at time: String = "2026-01-01T00:00:00Z") -> String {
      """
      {"action":"reviewed","number":7,"pull_request":{"number":7,"updated_at":"\(time)"},"review":{"type":"x","content":"\(content)"},\(Self.repository)}
      """
    }
    for event in ["pull_request_comment", "pull_request_approved", "pull_request_rejected", "pull_request_review"] {
      let line = decode(.gitea, event, review("hm"))
      #expect(line.hasPrefix("comment review a/b(main)#7 review-") && line.hasSuffix(#" by ann "hm""#))
      #expect(line == decode(.gitea, event, review("hm")) && line != decode(.gitea, event, review("hm", at: "later")))
      #expect(decode(.gitea, event, review("")) == "other \(event)")
    }
  }
}

@Suite struct GitLabCommentTests {
  private func note(_ attributes: String, on kind: String = "MergeRequest", more: String = #""merge_request":{"iid":3}"#) -> String {
    """
    {"object_kind":"note","event_type":"note","user":{"username":"ann"},"project":{"path_with_namespace":"g/p","default_branch":"main"},
    "object_attributes":{"id":12,"note":"hm","noteable_type":"\(kind)",\(attributes)},\(more)}
    """
  }

  @Test(arguments: [
    (#""action":"create""#, "conversation"), (#""action":"create","type":"DiffNote""#, "reviewComment"),
    (#""action":"create","type":null,"system":false"#, "conversation"), (#""created_at":"x","updated_at":"x""#, "conversation"),
    (#""action":"create","created_at":"x","updated_at":"y","type":"DiscussionNote""#, "conversation"),
  ])
  func comments(_ attributes: String, _ place: String) {
    #expect(decode(.gitlab, "Note Hook", note(attributes)) == "comment \(place) g/p(main)#3 12 by ann \"hm\"")
  }

  @Test func othersAreNone() {
    for attributes in [#""action":"update""#, #""created_at":"x","updated_at":"y""#, #""action":"create","system":true"#] {
      #expect(decode(.gitlab, "Note Hook", note(attributes)) == "other note")
    }
    for kind in ["Issue", "Commit", "Snippet"] {
      #expect(decode(.gitlab, "Note Hook", note(#""action":"create""#, on: kind, more: #""issue":{}"#)) == "other note")
    }
    let odd = note(#""action":"create""#, more: #""merge_request":null"#)
    #expect(decode(.gitlab, "Note Hook", odd) == "error gitlab Note Hook: merge_request, project or user is missing")
  }

  @Test func projects() {
    func news(_ name: String, _ more: String = #""old_path_with_namespace":"g/old""#) -> String {
      decode(.gitlab, "System Hook", #"{"event_name":"\#(name)","path_with_namespace":"g/new",\#(more)}"#)
    }
    #expect(news("project_rename") == "repository renamed g/new was g/old")
    #expect(news("project_transfer") == "repository transferred g/new was g/old")
    #expect(news("project_destroy", #""x":1"#) == "repository deleted g/new")
    #expect(news("project_update") == "other project_update")
    #expect(news("project_rename", #""old_path_with_namespace":"../x""#) == "error the repository's name is not one that gitlab gives")
  }
}

@Suite struct RepositoryNewsTests {
  private func news(_ action: String, changes: String = "{}") -> String {
    decode(.github, "repository", #"{"action":"\#(action)","changes":\#(changes),"repository":{"full_name":"new/name"}}"#)
  }

  @Test func repositories() {
    #expect(news("renamed", changes: #"{"repository":{"name":{"from":"old"}}}"#) == "repository renamed new/name was new/old")
    #expect(news("transferred", changes: #"{"owner":{"from":{"user":{"login":"old"}}}}"#) == "repository transferred new/name was old/name")
    let organization = #"{"owner":{"from":{"organization":{"login":"old"}}}}"#
    #expect(news("transferred", changes: organization) == "repository transferred new/name was old/name")
    for action in ["deleted", "archived", "unarchived", "renamed", "transferred"] {
      #expect(news(action, changes: "[]") == "repository \(action) new/name")
    }
    for action in ["created", "edited", "privatized", ""] { #expect(news(action) == "other repository") }
    #expect(
      news("renamed", changes: #"{"repository":{"name":{"from":"../x"}}}"#) == "error the repository's name is not one that github gives")
  }

  @Test func installations() {
    func news(_ event: String, _ action: String, _ more: String) -> String {
      decode(.github, event, #"{"action":"\#(action)","installation":{"id":1},\#(more)}"#)
    }
    let two = #"[{"full_name":"a/b"},{"full_name":"a/c"}]"#
    #expect(news("installation", "created", "\"repositories\":\(two)") == "installation created a/b,a/c")
    #expect(news("installation", "deleted", "\"repositories\":\(two)") == "installation deleted a/b,a/c")
    #expect(news("installation", "suspend", "\"x\":1") == "installation suspended ")
    #expect(news("installation", "unsuspend", "\"x\":1") == "installation unsuspended ")
    #expect(news("installation", "new_permissions_accepted", "\"x\":1") == "installation other ")
    let changed = "\"repositories_added\":\(two),\"repositories_removed\":[{\"full_name\":\"a/d\"}]"
    #expect(news("installation_repositories", "added", changed) == "installation repositoriesAdded a/b,a/c")
    #expect(news("installation_repositories", "removed", changed) == "installation repositoriesRemoved a/d")
    let odd = #""repositories":[{"full_name":"a/b"},{"full_name":"../x"},7]"#
    #expect(news("installation", "created", odd) == "installation created a/b…")
    #expect(news("installation", "created", #""repositories":7"#) == "installation created ")
  }

  @Test func manyRepositoriesAreBounded() throws {
    let names = (0..<1500).map { #"{"full_name":"a/r\#($0)"}"# }.joined(separator: ",")
    let json = #"{"action":"created","repositories":[\#(names)]}"#
    let event = try GitHubReceiver().decode(eventName: "installation", payload: Array(json.utf8))
    guard case .installation(let news) = event else {
      Issue.record("not an installation")
      return
    }
    #expect(news.repositories.count == 1000 && news.isTruncated)
  }
}

@Suite struct SenderTests {
  private let one = String(repeating: "1", count: 40)

  @Test func pushes() {
    for (forge, sender) in [(Forge.github, #""sender":{"login":"ann"}"#), (.gitlab, #""user_username":"ann""#)] {
      let json = """
        {"object_kind":"push","ref":"refs/heads/main","before":"\(one)","after":"\(one)","repository":{"full_name":"a/b"},
        "project":{"path_with_namespace":"a/b"},\(sender)}
        """
      #expect(decode(forge, "push", json).hasSuffix(" by ann"))
      #expect(!decode(forge, "push", json.replacing("ann", with: "a nn")).contains(" by "))
    }
  }

  @Test func drafts() {
    func pull(_ draft: String) -> String {
      """
      {"action":"opened","repository":{"full_name":"a/b"},"pull_request":{"number":7,\(draft),"head":{"ref":"fix","sha":"\(one)",
      "repo":{"full_name":"a/b"}},"base":{"ref":"main","sha":"\(one)","repo":{"full_name":"a/b"}}},"sender":{"login":"ann"}}
      """
    }
    #expect(decode(.github, "pull_request", pull(#""draft":true"#)).hasSuffix(" draft by ann"))
    #expect(decode(.gitea, "pull_request", pull(#""draft":false"#)).hasSuffix("111111111111 by ann"))
    #expect(decode(.gitea, "pull_request", pull(#""draft":9"#)).hasSuffix("111111111111 by ann"))
    #expect(decode(.gitea, "pull_request", pull(#""title":"WIP: x""#)).hasSuffix(" draft by ann"))
    #expect(decode(.gitea, "pull_request", pull(#""title":"[wip] x","draft":false"#)).hasSuffix("111111111111 by ann"))
  }
}
