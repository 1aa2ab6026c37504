// Gitea's and Forgejo's REST API, version 1: routes, fields and limits as https://docs.gitea.com/api/ has them.

import Domain
import Forges
import Foundation

struct FakeGitea: FakeDialect {
  var forge: Forge { .gitea }
  var prefix: String { "/api/v1" }

  func token(in headers: [String: String]) -> String? {
    let words = (headers["authorization"] ?? "").split(separator: " ").map(String.init)
    return words.count == 2 && ["bearer", "token"].contains(words[0].lowercased()) ? words[1] : nil
  }

  func checkHeaders(_ headers: [String: String]) throws {}

  func body(of problem: FakeProblem) -> JSON {
    let text = problem.fields.isEmpty ? problem.message : "[" + problem.fields.map(\.message).joined(separator: "; ") + "]"
    return ["message": .string(text), "url": "https://forge.example/api/swagger"]
  }

  func repositoryName(_ parameters: [String: String]) -> String? {
    guard let owner = parameters["owner"], let name = parameters["repo"] else { return nil }
    return "\(owner)/\(name)"
  }

  /// As GitHub's, but for the word for a head that moved.
  func payload(of event: FakeEvent, in state: FakeState) -> (name: String, body: JSON)? {
    guard let (name, body) = FakeHub.payload(of: event, in: state) else { return nil }
    guard case .object(var members) = body, members["action"] == "synchronize" else { return (name, body) }
    members["action"] = "synchronized"
    return (name, .object(members))
  }

  private static let root = "/repos/{owner}/{repo}"
  private static let paging: [FakeField] = [.optional("limit", .integer(1...50)), .optional("page", .integer())]

  let routes: [FakeRoute] = reading + writing + reviews

  private static let reading: [FakeRoute] = [
    FakeRoute("GET", "/user", .account) { state, call in FakeReply(json: FakeHub.user(call.account, state)) },
    FakeRoute("GET", root, .read) { state, call in
      let repository = state.repositories[call.repository]
      guard case .object(var json) = FakeHub.repository(repository) else { throw FakeProblem.notFound }
      let permission = repository.permissions[call.account] ?? .read
      json["permissions"] = [
        "admin": .bool(permission >= .admin), "push": .bool(permission >= .write), "pull": .bool(permission >= .read),
      ]
      json["empty"] = false
      return FakeReply(json: .object(json))
    },
    FakeRoute("GET", root + "/collaborators/{user}/permission", .write) { state, call in
      guard let user = call.parameters["user"], state.accounts[user] != nil else { throw FakeProblem.notFound }
      let permission = state.repositories[call.repository].permissions[user] ?? .read
      return FakeReply(json: ["permission": .string(FakeHub.word(permission)), "user": FakeHub.user(user, state)])
    },
    FakeRoute(
      "GET", root + "/pulls", .read, query: paging + [.optional("state", .oneOf(["open", "closed", "all"]))]
    ) { state, call in
      let wanted = call.query["state"] ?? "open"
      let pulls = state.repositories[call.repository].pulls.filter {
        wanted == "all" || ($0.state == ForgePullRequest.State.open) == (wanted == "open")
      }
      return call.page(pulls.reversed().map { pull($0, call, state) }, size: call.limit, in: state)
    },
    FakeRoute("GET", root + "/pulls/{number}", .read) { state, call in
      // `/pulls/1.diff` is the same route.
      let text = call.parameters["number"] ?? ""
      let number = Int(text.hasSuffix(".diff") ? String(text.dropLast(5)) : text) ?? 0
      let place = try state.pull(number, in: call.repository)
      let found = state.repositories[call.repository].pulls[place]
      if text.hasSuffix(".diff") { return FakeReply(text: state.diff(of: found, in: call.repository)) }
      return FakeReply(json: pull(found, call, state))
    },
    // Not paged.
    FakeRoute("GET", root + "/issues/{number}/comments", .read, query: [.optional("since", .time), .optional("before", .time)]) {
      state, call in
      FakeReply(json: .array(try FakeHub.comments(state, call)))
    },
    FakeRoute("GET", root + "/commits/{sha}/status", .read, query: paging) { state, call in
      let latest = FakeHub.latest(state.repositories[call.repository].statuses, sha: call.parameters["sha"] ?? "")
      return FakeReply(
        json: [
          "state": "pending", "statuses": .array(latest.map { FakeHub.status($0, word: "status") }), "total_count": .number(latest.count),
        ])
    },
  ]

  private static let writing: [FakeRoute] = [
    FakeRoute(
      "POST", root + "/pulls", .write,
      body: [.required("head"), .required("base"), .required("title", .string(limit: 255)), .optional("body")]
    ) { state, call in
      let reply = try FakeHub.openPull(&state, call, taken: FakeProblem(409, "pull request already exists for these targets"))
      guard let made = state.repositories[call.repository].pulls.last else { return reply }
      return FakeReply(status: 201, json: pull(made, call, state))
    },
    FakeRoute(
      "PATCH", root + "/pulls/{number}", .write,
      body: [
        .optional("title", .string(limit: 255)), .optional("body"), .optional("state", .oneOf(["open", "closed"])), .optional("base"),
      ]
    ) { state, call in
      _ = try FakeHub.editPull(&state, call)
      let place = try state.pull(try call.integer("number"), in: call.repository)
      return FakeReply(status: 201, json: pull(state.repositories[call.repository].pulls[place], call, state))
    },
    FakeRoute("POST", root + "/issues/{number}/comments", .read, body: [.required("body")]) { state, call in
      try FakeHub.addComment(&state, call)
    },
    FakeRoute("PATCH", root + "/issues/comments/{comment}", .read, body: [.required("body")]) { state, call in
      try FakeHub.setComment(&state, call)
    },
    FakeRoute("DELETE", root + "/issues/comments/{comment}", .read) { state, call in try FakeHub.removeComment(&state, call) },
    FakeRoute(
      "POST", root + "/statuses/{sha}", .write,
      body: [
        .required("state", .oneOf(["pending", "success", "error", "failure", "warning"])), .optional("context", .string(limit: 255)),
        .optional("description"), .optional("target_url", .address),
      ]
    ) { state, call in try FakeHub.addStatus(&state, call, word: "status") },
  ]

  private static let reviews: [FakeRoute] = [
    FakeRoute("GET", root + "/pulls/{number}/reviews", .read, query: paging) { state, call in
      let place = try state.pull(try call.integer("number"), in: call.repository)
      let comments = state.repositories[call.repository].pulls[place].reviewComments
      let ids = Set(comments.map(\.review)).sorted()
      let list = ids.map { id -> JSON in
        let own = comments.filter { $0.review == id }
        return [
          "id": .number(id), "user": FakeHub.user(own.first?.author ?? "", state), "state": "COMMENT", "comments_count": .number(own.count),
        ]
      }
      return call.page(list, size: call.limit, in: state)
    },
    FakeRoute("GET", root + "/pulls/{number}/reviews/{review}/comments", .read) { state, call in
      let place = try state.pull(try call.integer("number"), in: call.repository)
      let id = try call.integer("review")
      let own = state.repositories[call.repository].pulls[place].reviewComments.filter { $0.review == id }
      return FakeReply(json: .array(own.map { ["id": .number($0.id), "body": .string($0.body), "path": .string($0.path)] }))
    },
    FakeRoute(
      "POST", root + "/pulls/{number}/reviews", .read,
      body: [
        .optional("event", .oneOf(["APPROVED", "PENDING", "COMMENT", "REQUEST_CHANGES"])), .optional("body"),
        .optional("commit_id", .objectName),
        .optional(
          "comments",
          .array(
            .object([
              .required("path"), .required("body"), .optional("new_position", .integer(0...Int.max)),
              .optional("old_position", .integer(0...Int.max)),
            ]), limit: 100)),
      ]
    ) { state, call in
      let place = try state.pull(try call.integer("number"), in: call.repository)
      let pull = state.repositories[call.repository].pulls[place]
      let files = FakeDiffFile.files(of: state.diff(of: pull, in: call.repository))
      let review = state.newID()
      for comment in call.body["comments"]?.array ?? [] {
        let line = comment["new_position"]?.number ?? 0
        let path = comment["path"]?.string ?? ""
        guard files.contains(where: { $0.path == path && $0.hunks.contains { $0.contains(line) } }) else {
          throw FakeProblem.invalid("new_position", "the line is not in the diff")
        }
        let added = FakeReviewComment(
          id: state.newID(), review: review, author: call.account, path: path, lines: line...line, body: comment["body"]?.string ?? "",
          commit: call.text("commit_id"), createdAt: call.now)
        state.repositories[call.repository].pulls[place].reviewComments.append(added)
      }
      state.repositories[call.repository].pulls[place].reviewCount += 1
      return FakeReply(json: ["id": .number(review), "state": "COMMENT"])
    },
  ]

  /// As GitHub's, with Gitea's name for the permission to push.
  private static func pull(_ pull: FakePull, _ call: FakeCall, _ state: FakeState) -> JSON {
    guard case .object(var json) = FakeHub.pull(pull, in: call.repository, state) else { return .null }
    json["maintainer_can_modify"] = nil
    json["allow_maintainer_edit"] = .bool(pull.maintainersMayPush)
    return .object(json)
  }
}

extension FakeCall {
  /// Items of a page that were asked for; Gitea's default is 30.
  fileprivate var limit: Int { query["limit"].flatMap { Int($0) } ?? 30 }
}
