// What GitHub and Gitea have in common: the shapes that GitHub invented.

import Domain
import Forges

enum FakeHub {
  static func user(_ login: String, _ state: FakeState) -> JSON {
    ["login": .string(login), "id": .number(state.accounts[login] ?? 0), "type": .string(login.hasSuffix("[bot]") ? "Bot" : "User")]
  }

  static func repository(_ repository: FakeRepository) -> JSON {
    [
      "id": .number(repository.id), "full_name": .string(repository.name),
      "name": .string(String(repository.name.split(separator: "/").last ?? "")),
      "default_branch": .string(repository.defaultBranch), "archived": .bool(repository.isArchived), "private": true,
    ]
  }

  static func pull(_ pull: FakePull, in index: Int, _ state: FakeState, isWhole: Bool = true) -> JSON {
    let repository = state.repositories[index]
    let (base, head) = state.tips(of: pull, in: index)
    let fork = state.repositories.first { $0.id == pull.headRepository && !$0.isDeleted }
    let owner = fork?.name.split(separator: "/").first.map(String.init) ?? "unknown"
    var json: [String: JSON] = [
      "number": .number(pull.number), "state": .string(pull.state == .open ? "open" : "closed"), "title": .string(pull.title),
      "body": pull.body.isEmpty ? .null : .string(pull.body), "user": user(pull.author, state),
      "labels": .array(pull.labels.map { ["name": .string($0)] }), "draft": .bool(pull.isDraft),
      "merged_at": pull.state == .merged ? "2026-01-01T00:00:00Z" : .null,
      "head": [
        "ref": .string(pull.headBranch), "sha": .string(head?.hex ?? ""), "label": .string("\(owner):\(pull.headBranch)"),
        "repo": fork.map(FakeHub.repository) ?? .null,
      ],
      "base": ["ref": .string(pull.baseBranch), "sha": .string(base?.hex ?? ""), "repo": FakeHub.repository(repository)],
      "html_url": .string("https://forge.example/\(repository.name)/pull/\(pull.number)"),
    ]
    if isWhole {
      json["merged"] = .bool(pull.state == .merged)
      json["maintainer_can_modify"] = .bool(pull.maintainersMayPush)
    }
    return .object(json)
  }

  static func comment(_ comment: FakeComment, _ state: FakeState) -> JSON {
    [
      "id": .number(comment.id), "body": .string(comment.body), "user": user(comment.author, state),
      "created_at": comment.createdAt.seconds,
      "updated_at": comment.updatedAt.seconds,
    ]
  }

  static func status(_ status: FakeStatus, word: String) -> JSON {
    [
      "id": .number(status.id), word: .string(status.state), "context": .string(status.context), "description": .string(status.description),
      "target_url": JSON(status.targetURL),
    ]
  }

  /// The newest status of each context.
  static func latest(_ statuses: [FakeStatus], sha: String) -> [FakeStatus] {
    Dictionary(statuses.filter { $0.sha == sha }.map { ($0.context, $0) }) { $0.id > $1.id ? $0 : $1 }.values.sorted { $0.id > $1.id }
  }

  static func word(_ permission: ForgePermission) -> String { ["none", "read", "write", "admin"][permission.rawValue] }

  // MARK: Effects

  static func addComment(_ state: inout FakeState, _ call: FakeCall) throws -> FakeReply {
    let place = try state.pull(try call.integer("number"), in: call.repository)
    let comment = FakeComment(id: state.newID(), author: call.account, body: call.text("body"), createdAt: call.now, updatedAt: call.now)
    state.repositories[call.repository].pulls[place].comments.append(comment)
    let number = state.repositories[call.repository].pulls[place].number
    state.events.append(.comment(repository: state.repositories[call.repository].id, number: number, comment: comment))
    return FakeReply(status: 201, json: FakeHub.comment(comment, state))
  }

  /// Every comment of the repository's pull requests, for change by its author.
  static func editComment(
    _ state: inout FakeState, _ call: FakeCall, _ body: (inout FakePull, Int, inout FakeState) -> FakeReply
  ) throws -> FakeReply {
    let id = try call.integer("comment")
    for place in state.repositories[call.repository].pulls.indices {
      guard let index = state.repositories[call.repository].pulls[place].comments.firstIndex(where: { $0.id == id }) else { continue }
      var pull = state.repositories[call.repository].pulls[place]
      let isAllowed =
        pull.comments[index].author == call.account || state.repositories[call.repository].permissions[call.account] ?? .read >= .write
      guard isAllowed else { throw FakeProblem(403, "Must have admin rights to Repository.") }
      let reply = body(&pull, index, &state)
      state.repositories[call.repository].pulls[place] = pull
      return reply
    }
    throw FakeProblem.notFound
  }

  static func setComment(_ state: inout FakeState, _ call: FakeCall) throws -> FakeReply {
    try editComment(&state, call) { pull, index, state in
      pull.comments[index].body = call.text("body")
      pull.comments[index].updatedAt = call.now
      return FakeReply(json: FakeHub.comment(pull.comments[index], state))
    }
  }

  static func removeComment(_ state: inout FakeState, _ call: FakeCall) throws -> FakeReply {
    try editComment(&state, call) { pull, index, _ in
      pull.comments.remove(at: index)
      return FakeReply(status: 204)
    }
  }

  /// Comments since a time, as text in the query.
  static func comments(_ state: FakeState, _ call: FakeCall) throws -> [JSON] {
    let place = try state.pull(try call.integer("number"), in: call.repository)
    let since = call.query["since"] ?? ""
    return state.repositories[call.repository].pulls[place].comments
      .filter { ($0.updatedAt.seconds.string ?? "") >= since }.map { comment($0, state) }
  }

  static func openPull(_ state: inout FakeState, _ call: FakeCall, taken: FakeProblem) throws -> FakeReply {
    let index = call.repository
    let head = call.text("head").split(separator: ":").last.map(String.init) ?? ""
    let git = state.repositories[index].git
    guard let tip = git.tip(of: head) else { throw FakeProblem.invalid("head", "head is invalid") }
    guard let base = git.tip(of: call.text("base")) else { throw FakeProblem.invalid("base", "base is invalid") }
    guard tip != base else { throw FakeProblem.invalid("base", "No commits between \(call.text("base")) and \(head)", code: "custom") }
    let id = state.repositories[index].id
    let open = state.repositories[index].pulls.filter { $0.state == .open && $0.headRepository == id }
    let isTaken = open.contains { $0.headBranch == head && $0.baseBranch == call.text("base") }
    if isTaken { throw taken }
    state.repositories[index].lastNumber += 1
    let pull = FakePull(
      number: state.repositories[index].lastNumber, title: call.text("title"), body: call.text("body"), author: call.account, state: .open,
      isDraft: call.body["draft"]?.bool ?? false, labels: [], headRepository: id, headBranch: head, baseBranch: call.text("base"),
      maintainersMayPush: false)
    state.repositories[index].pulls.append(pull)
    state.events.append(.pull(repository: id, number: pull.number, action: "opened", by: call.account))
    return FakeReply(status: 201, json: FakeHub.pull(pull, in: index, state))
  }

  static func editPull(_ state: inout FakeState, _ call: FakeCall) throws -> FakeReply {
    let place = try state.pull(try call.integer("number"), in: call.repository)
    var pull = state.repositories[call.repository].pulls[place]
    if let title = call.body["title"]?.string { pull.title = title }
    if let body = call.body["body"]?.string { pull.body = body }
    if let base = call.body["base"]?.string { pull.baseBranch = base }
    let before = pull.state
    if let word = call.body["state"]?.string, pull.state != .merged { pull.state = word == "closed" ? .closed : .open }
    state.repositories[call.repository].pulls[place] = pull
    let action = pull.state == before ? "edited" : pull.state == .closed ? "closed" : "reopened"
    state.events.append(
      .pull(repository: state.repositories[call.repository].id, number: pull.number, action: action, by: call.account))
    return FakeReply(json: FakeHub.pull(pull, in: call.repository, state))
  }

  static func addStatus(_ state: inout FakeState, _ call: FakeCall, word: String) throws -> FakeReply {
    let sha = call.parameters["sha"] ?? ""
    guard state.repositories[call.repository].git.commit(sha) != nil else {
      throw FakeProblem.invalid("sha", "No commit found for SHA: \(sha)")
    }
    let status = FakeStatus(
      id: state.newID(), sha: sha, context: call.body["context"]?.string ?? "default", state: call.text("state"),
      description: call.text("description"), targetURL: call.body["target_url"]?.string)
    state.repositories[call.repository].statuses.append(status)
    return FakeReply(status: 201, json: FakeHub.status(status, word: word))
  }

  // MARK: Events

  /// The payload of an event in GitHub's shape, which Gitea's nearly is.
  static func payload(of event: FakeEvent, in state: FakeState) -> (name: String, body: JSON)? {
    guard let index = state.repositories.firstIndex(where: { $0.id == event.repository }) else { return nil }
    let repository = FakeHub.repository(state.repositories[index])
    switch event {
    case .push(_, let ref, let before, let after, let account):
      let isGone = after.allSatisfy { $0 == "0" }
      let message = state.repositories[index].git.message(of: after)
      return (
        "push",
        [
          "ref": .string(ref), "before": .string(before), "after": .string(after), "repository": repository, "sender": user(account, state),
          "pusher": ["name": .string(account)], "head_commit": isGone ? .null : ["id": .string(after), "message": .string(message)],
          "commits": [],
        ]
      )
    case .pull(_, let number, let action, let account):
      guard let place = try? state.pull(number, in: index) else { return nil }
      return (
        "pull_request",
        [
          "action": .string(action), "number": .number(number), "repository": repository, "sender": user(account, state),
          "pull_request": pull(state.repositories[index].pulls[place], in: index, state),
        ]
      )
    case .comment(_, let number, let comment):
      return (
        "issue_comment",
        [
          "action": "created", "repository": repository, "sender": user(comment.author, state), "comment": FakeHub.comment(comment, state),
          "issue": ["number": .number(number), "pull_request": ["url": "https://forge.example/"]], "is_pull": true,
        ]
      )
    }
  }
}
