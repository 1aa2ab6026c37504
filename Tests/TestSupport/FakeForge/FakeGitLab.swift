// GitLab's REST API, version 4: routes, fields and limits as https://docs.gitlab.com/api/ has them.

import Domain
import Forges
import Foundation

struct FakeGitLab: FakeDialect {
  var forge: Forge { .gitlab }
  var prefix: String { "/api/v4" }

  func token(in headers: [String: String]) -> String? {
    if let token = headers["private-token"] { return token }
    let words = (headers["authorization"] ?? "").split(separator: " ").map(String.init)
    return words.count == 2 && words[0].lowercased() == "bearer" ? words[1] : nil
  }

  func checkHeaders(_ headers: [String: String]) throws {}

  func body(of problem: FakeProblem) -> JSON {
    let text = problem.fields.map(\.message).joined(separator: ", ")
    return ["message": .string(text.isEmpty ? "\(problem.status) \(problem.message)" : "\(problem.status) Bad request - \(text)")]
  }

  func repositoryName(_ parameters: [String: String]) -> String? { parameters["id"] }

  func payload(of event: FakeEvent, in state: FakeState) -> (name: String, body: JSON)? {
    guard let index = state.repositories.firstIndex(where: { $0.id == event.repository }) else { return nil }
    let repository = state.repositories[index]
    let project: JSON = ["path_with_namespace": .string(repository.name), "default_branch": .string(repository.defaultBranch)]
    switch event {
    case .push(_, let ref, let before, let after, let account):
      let commit: JSON = ["id": .string(after), "message": .string(repository.git.message(of: after))]
      let body: JSON = [
        "object_kind": "push", "event_name": "push", "ref": .string(ref), "before": .string(before), "after": .string(after),
        "project": project, "user_username": .string(account), "commits": .array(after.allSatisfy { $0 == "0" } ? [] : [commit]),
      ]
      return ("Push Hook", body)
    case .pull(_, let number, let action, let account):
      guard let place = try? state.pull(number, in: index) else { return nil }
      let pull = repository.pulls[place]
      let head = state.tips(of: pull, in: index).head?.hex ?? ""
      let words = [
        "opened": "open", "reopened": "reopen", "synchronize": "update", "edited": "update",
        "closed": pull.state == .merged ? "merge" : "close",
      ]
      let attributes: JSON = [
        "iid": .number(number), "action": .string(words[action] ?? action), "source_branch": .string(pull.headBranch),
        "target_branch": .string(pull.baseBranch), "last_commit": ["id": .string(head)], "target": project,
        "source": state.name(of: pull.headRepository).map { ["path_with_namespace": .string($0)] } ?? .null,
        "draft": .bool(pull.isDraft), "oldrev": action == "synchronize" ? .string(head) : .null,
      ]
      let user: JSON = ["username": .string(account)]
      return ("Merge Request Hook", ["object_kind": "merge_request", "project": project, "user": user, "object_attributes": attributes])
    case .comment(_, let number, let comment):
      let user: JSON = ["username": .string(comment.author)]
      let attributes: JSON = [
        "id": .number(comment.id), "note": .string(comment.body), "noteable_type": "MergeRequest", "action": "create",
      ]
      let request: JSON = ["iid": .number(number)]
      return (
        "Note Hook",
        ["object_kind": "note", "project": project, "user": user, "object_attributes": attributes, "merge_request": request]
      )
    }
  }

  private static let root = "/projects/{id}"
  private static let paging: [FakeField] = [.optional("per_page", .integer(1...100)), .optional("page", .integer())]
  private static let sorting: [FakeField] = [
    .optional("sort", .oneOf(["asc", "desc"])), .optional("order_by", .oneOf(["created_at", "updated_at"])),
  ]

  let routes: [FakeRoute] = reading + mergeRequests + notes + statuses

  private static let reading: [FakeRoute] = [
    FakeRoute("GET", "/user", .account) { state, call in FakeReply(json: user(call.account, state)) },
    FakeRoute("GET", "/users", .account, query: paging + [.optional("username")]) { state, call in
      let name = call.query["username"] ?? ""
      return FakeReply(json: .array(state.accounts[name] == nil ? [] : [user(name, state)]))
    },
    FakeRoute("GET", root, .read) { state, call in
      let repository = state.repositories[call.repository]
      let level = repository.permissions[call.account].map(level) ?? 0
      return FakeReply(
        json: [
          "id": .number(repository.id), "path_with_namespace": .string(repository.name),
          "default_branch": .string(repository.defaultBranch),
          "archived": .bool(repository.isArchived),
          "permissions": ["project_access": level == 0 ? .null : ["access_level": .number(level)], "group_access": .null],
        ])
    },
    FakeRoute("GET", root + "/members/all/{user}", .read) { state, call in
      let id = try call.integer("user")
      guard let name = state.accounts.first(where: { $0.value == id })?.key,
        let permission = state.repositories[call.repository].permissions[name]
      else { throw FakeProblem.notFound }
      return FakeReply(json: ["id": .number(id), "username": .string(name), "access_level": .number(level(permission)), "state": "active"])
    },
  ]

  private static func user(_ login: String, _ state: FakeState) -> JSON {
    ["id": .number(state.accounts[login] ?? 0), "username": .string(login)]
  }

  private static func level(_ permission: ForgePermission) -> Int { [0, 20, 30, 40][permission.rawValue] }

  // MARK: Merge requests

  private static let mergeRequests: [FakeRoute] = [
    FakeRoute(
      "GET", root + "/merge_requests", .read,
      query: paging + sorting + [
        .optional("source_branch"), .optional("target_branch"),
        .optional("state", .oneOf(["opened", "closed", "locked", "merged", "all"])),
      ]
    ) { state, call in
      let wanted = call.query["state"] ?? "all"
      let pulls = state.repositories[call.repository].pulls.filter { pull in
        (wanted == "all" || word(pull) == wanted) && (call.query["source_branch"] ?? pull.headBranch) == pull.headBranch
      }
      return call.page(pulls.reversed().map { mergeRequest($0, call.repository, state, isWhole: false) }, size: call.size, in: state)
    },
    FakeRoute("GET", root + "/merge_requests/{number}", .read) { state, call in
      let place = try state.pull(try call.integer("number"), in: call.repository)
      return FakeReply(json: mergeRequest(state.repositories[call.repository].pulls[place], call.repository, state))
    },
    FakeRoute(
      "POST", root + "/merge_requests", .write,
      body: [
        .required("source_branch"), .required("target_branch"), .required("title", .string(limit: 255)),
        .optional("description", .string(limit: 1_048_576)), .optional("remove_source_branch", .boolean),
      ]
    ) { state, call in
      var hub = call
      hub.body = [
        "head": call.body["source_branch"] ?? .null, "base": call.body["target_branch"] ?? .null, "title": call.body["title"] ?? .null,
        "body": call.body["description"] ?? .null,
      ]
      _ = try FakeHub.openPull(&state, hub, taken: FakeProblem(409, "Another open merge request already exists for this source branch"))
      guard let made = state.repositories[call.repository].pulls.last else { throw FakeProblem.notFound }
      return FakeReply(status: 201, json: mergeRequest(made, call.repository, state))
    },
    FakeRoute(
      "PUT", root + "/merge_requests/{number}", .write,
      body: [
        .optional("title", .string(limit: 255)), .optional("description", .string(limit: 1_048_576)),
        .optional("state_event", .oneOf(["close", "reopen"])), .optional("target_branch"),
      ]
    ) { state, call in
      var hub = call
      hub.body = ["title": call.body["title"] ?? .null, "body": call.body["description"] ?? .null]
      if let word = call.body["state_event"]?.string { hub.body["state"] = word == "close" ? "closed" : "open" }
      _ = try FakeHub.editPull(&state, hub)
      let place = try state.pull(try call.integer("number"), in: call.repository)
      return FakeReply(json: mergeRequest(state.repositories[call.repository].pulls[place], call.repository, state))
    },
    FakeRoute("GET", root + "/merge_requests/{number}/diffs", .read, query: paging) { state, call in
      let place = try state.pull(try call.integer("number"), in: call.repository)
      let files = FakeDiffFile.files(of: state.diff(of: state.repositories[call.repository].pulls[place], in: call.repository))
      let list = files.map { file -> JSON in
        [
          "old_path": .string(file.oldPath), "new_path": .string(file.path), "diff": .string(file.patch.isEmpty ? "" : file.patch + "\n"),
          "new_file": .bool(file.status == "added"), "deleted_file": .bool(file.status == "removed"),
        ]
      }
      return call.page(list, size: call.size, in: state)
    },
  ]

  private static func word(_ pull: FakePull) -> String {
    switch pull.state {
    case .open: "opened"
    case .closed: "closed"
    case .merged: "merged"
    }
  }

  private static func mergeRequest(_ pull: FakePull, _ index: Int, _ state: FakeState, isWhole: Bool = true) -> JSON {
    let (base, head) = state.tips(of: pull, in: index)
    let repository = state.repositories[index]
    let fork = state.repositories.first { $0.id == pull.headRepository && !$0.isDeleted }
    var json: [String: JSON] = [
      "iid": .number(pull.number), "state": .string(word(pull)), "draft": .bool(pull.isDraft), "title": .string(pull.title),
      "description": .string(pull.body), "author": user(pull.author, state), "labels": .array(pull.labels.map(JSON.string)),
      "source_branch": .string(pull.headBranch), "target_branch": .string(pull.baseBranch),
      "source_project_id": fork.map { .number($0.id) } ?? .null, "target_project_id": .number(repository.id),
      "sha": JSON(head?.hex), "references": ["full": .string("\(repository.name)!\(pull.number)")],
      "allow_collaboration": .bool(pull.maintainersMayPush),
    ]
    if isWhole {
      json["diff_refs"] = ["base_sha": JSON(state.mergeBase(pull, in: index)), "start_sha": JSON(base?.hex), "head_sha": JSON(head?.hex)]
    }
    return .object(json)
  }

  // MARK: Notes and discussions

  private static let body: [FakeField] = [.required("body", .string(limit: 1_000_000))]

  private static let notes: [FakeRoute] = [
    FakeRoute("GET", root + "/merge_requests/{number}/notes", .read, query: paging + sorting) { state, call in
      let place = try state.pull(try call.integer("number"), in: call.repository)
      return call.page(state.repositories[call.repository].pulls[place].comments.map { note($0, state) }, size: call.size, in: state)
    },
    FakeRoute("POST", root + "/merge_requests/{number}/notes", .read, body: body) { state, call in
      _ = try FakeHub.addComment(&state, call)
      let place = try state.pull(try call.integer("number"), in: call.repository)
      guard let added = state.repositories[call.repository].pulls[place].comments.last else { throw FakeProblem.notFound }
      return FakeReply(status: 201, json: note(added, state))
    },
    FakeRoute("PUT", root + "/merge_requests/{number}/notes/{comment}", .read, body: body) { state, call in
      try FakeHub.editComment(&state, call) { pull, index, state in
        pull.comments[index].body = call.text("body")
        pull.comments[index].updatedAt = call.now
        return FakeReply(json: note(pull.comments[index], state))
      }
    },
    FakeRoute("DELETE", root + "/merge_requests/{number}/notes/{comment}", .read) { state, call in
      try FakeHub.removeComment(&state, call)
    },
    FakeRoute("GET", root + "/merge_requests/{number}/discussions", .read, query: paging) { state, call in
      let place = try state.pull(try call.integer("number"), in: call.repository)
      let list = state.repositories[call.repository].pulls[place].reviewComments.map { comment -> JSON in
        let note: JSON = [
          "id": .number(comment.id), "body": .string(comment.body), "author": user(comment.author, state), "type": "DiffNote",
        ]
        return ["id": .string(String(comment.review)), "notes": .array([note])]
      }
      return call.page(list, size: call.size, in: state)
    },
    FakeRoute(
      "POST", root + "/merge_requests/{number}/discussions", .read,
      body: body + [
        .optional(
          "position",
          .object([
            .required("position_type", .oneOf(["text", "image", "file"])), .required("base_sha", .objectName),
            .required("start_sha", .objectName), .required("head_sha", .objectName), .required("old_path"), .required("new_path"),
            .optional("new_line", .integer()), .optional("old_line", .integer()),
          ]))
      ]
    ) { state, call in try discuss(&state, call) },
  ]

  private static func note(_ comment: FakeComment, _ state: FakeState) -> JSON {
    [
      "id": .number(comment.id), "body": .string(comment.body), "author": user(comment.author, state), "system": false, "type": .null,
      "created_at": .string(comment.createdAt.rfc3339), "updated_at": .string(comment.updatedAt.rfc3339),
    ]
  }

  private static func discuss(_ state: inout FakeState, _ call: FakeCall) throws -> FakeReply {
    let place = try state.pull(try call.integer("number"), in: call.repository)
    let pull = state.repositories[call.repository].pulls[place]
    let wrong = FakeProblem(400, "Note {:line_code=>[\"can't be blank\", \"must be a valid line code\"]}")
    guard let position = call.body["position"], let line = position["new_line"]?.number, let path = position["new_path"]?.string else {
      throw wrong
    }
    let file = FakeDiffFile.files(of: state.diff(of: pull, in: call.repository)).first { $0.path == path }
    guard let file, file.hunks.contains(where: { $0.contains(line) }), position["old_path"]?.string == file.oldPath,
      position["head_sha"]?.string == state.tips(of: pull, in: call.repository).head?.hex
    else { throw wrong }
    // A line that was added has no old number, one that stayed has.
    guard file.added.contains(line) == (position["old_line"] == nil) else { throw wrong }
    let id = state.newID()
    let added = FakeReviewComment(
      id: state.newID(), review: id, author: call.account, path: path, lines: line...line, body: call.text("body"),
      commit: position["head_sha"]?.string ?? "", createdAt: call.now)
    state.repositories[call.repository].pulls[place].reviewComments.append(added)
    state.repositories[call.repository].pulls[place].reviewCount += 1
    return FakeReply(status: 201, json: ["id": .string(String(id)), "notes": []])
  }

  // MARK: Statuses

  private static let statuses: [FakeRoute] = [
    FakeRoute(
      "GET", root + "/repository/commits/{sha}/statuses", .read,
      query: paging + [.optional("name"), .optional("ref"), .optional("all", .boolean)]
    ) { state, call in
      let latest = FakeHub.latest(state.repositories[call.repository].statuses, sha: call.parameters["sha"] ?? "")
      let list = latest.filter { (call.query["name"] ?? $0.context) == $0.context }.map { status -> JSON in
        [
          "id": .number(status.id), "status": .string(status.state), "name": .string(status.context),
          "description": .string(status.description), "target_url": JSON(status.targetURL),
        ]
      }
      return call.page(list, size: call.size, in: state)
    },
    FakeRoute(
      "POST", root + "/statuses/{sha}", .write,
      body: [
        .required("state", .oneOf(["pending", "running", "success", "failed", "canceled", "skipped"])),
        .optional("name", .string(limit: 255)),
        .optional("context", .string(limit: 255)), .optional("description", .string(limit: 255)), .optional("target_url", .address),
        .optional("ref"),
      ]
    ) { state, call in
      // The state machine of a status that has not finished: nothing goes to itself, or back.
      let name = call.body["name"]?.string ?? "default"
      let known = FakeHub.latest(state.repositories[call.repository].statuses, sha: call.parameters["sha"] ?? "").first {
        $0.context == name
      }
      let wanted = call.text("state")
      let isStuck =
        known.map { $0.state == wanted && ["pending", "running"].contains(wanted) || ($0.state, wanted) == ("running", "pending") } ?? false
      if isStuck {
        throw FakeProblem(400, "Cannot transition status via :\(wanted == "pending" ? "enqueue" : "run") from :\(known?.state ?? "")")
      }
      var hub = call
      hub.body["context"] = .string(name)
      return try FakeHub.addStatus(&state, hub, word: "status")
    },
  ]
}
