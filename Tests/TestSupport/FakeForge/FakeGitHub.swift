// GitHub's REST API (version 2022-11-28) and the GraphQL that the client uses: routes, fields and limits as
// https://docs.github.com/en/rest and https://docs.github.com/en/graphql have them.

import Domain
import Forges
import Foundation

struct FakeGitHub: FakeDialect {
  var forge: Forge { .github }
  /// As on github.com.
  var prefix: String { "" }

  func token(in headers: [String: String]) -> String? {
    let words = (headers["authorization"] ?? "").split(separator: " ").map(String.init)
    return words.count == 2 && ["bearer", "token"].contains(words[0].lowercased()) ? words[1] : nil
  }

  func checkHeaders(_ headers: [String: String]) throws {
    let form = { (name: String, why: String) in FakeProblem(400, why, [.init(field: name, code: "form", message: why)]) }
    guard headers["user-agent"]?.isEmpty == false else {
      throw FakeProblem(403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header")
    }
    guard headers["accept"] == "application/vnd.github+json" else { throw form("Accept", "Accept is not application/vnd.github+json") }
    guard headers["x-github-api-version"] == "2022-11-28" else { throw form("X-GitHub-Api-Version", "the version is not supported") }
  }

  func body(of problem: FakeProblem) -> JSON {
    var json: [String: JSON] = ["message": .string(problem.message), "documentation_url": "https://docs.github.com/rest"]
    if !problem.fields.isEmpty {
      json["errors"] = .array(
        problem.fields.map {
          ["resource": "Resource", "field": .string($0.field), "code": .string($0.code), "message": .string($0.message)]
        })
    }
    return .object(json)
  }

  func repositoryName(_ parameters: [String: String]) -> String? {
    if let id = parameters["id"] { return id }
    guard let owner = parameters["owner"], let name = parameters["repo"] else { return nil }
    return "\(owner)/\(name)"
  }

  func payload(of event: FakeEvent, in state: FakeState) -> (name: String, body: JSON)? { FakeHub.payload(of: event, in: state) }

  private static let paging: [FakeField] = [.optional("per_page", .integer(1...100)), .optional("page", .integer())]

  /// A renamed repository's redirect names it by its id.
  let routes: [FakeRoute] = repositoryRoutes("/repos/{owner}/{repo}") + repositoryRoutes("/repositories/{id}") + accountRoutes

  private static let accountRoutes: [FakeRoute] = [
    FakeRoute("GET", "/user", .account) { state, call in
      guard call.token?.installation == nil else { throw FakeProblem(403, "Resource not accessible by integration") }
      return FakeReply(json: FakeHub.user(call.account, state))
    },
    FakeRoute("GET", "/app", .app) { state, _ in
      FakeReply(json: ["id": .number(1), "slug": .string(state.app?.slug ?? "")])
    },
    FakeRoute("POST", "/app/installations/{installation}/access_tokens", .app) { state, call in
      let installation = try call.integer("installation")
      guard let app = state.app, app.installations[installation] != nil else { throw FakeProblem.notFound }
      let text = "ghs_\(state.newID())"
      let expires = call.now.advanced(by: .seconds(3600))
      state.tokens[text] = FakeToken(account: app.slug + "[bot]", installation: installation, expires: expires)
      return FakeReply(status: 201, json: ["token": .string(text), "expires_at": expires.seconds, "permissions": ["checks": "write"]])
    },
    FakeRoute("GET", "/app/hook/deliveries", .app, query: [.optional("per_page", .integer(1...100)), .optional("cursor")]) { state, call in
      deliveries(state.app?.hook?.deliveries ?? [], call, state)
    },
    FakeRoute("POST", "/app/hook/deliveries/{delivery}/attempts", .app) { state, call in
      guard let hook = state.app?.hook else { throw FakeProblem.notFound }
      return try resend(hook, repository: "", &state, call)
    },
    FakeRoute("POST", "/graphql", .account, body: [.required("query"), .optional("variables", .object(FakeGitHubGraphQL.variables))]) {
      state, call in
      try FakeGitHubGraphQL.answer(&state, call)
    },
  ]

  private static func repositoryRoutes(_ root: String) -> [FakeRoute] {
    [
      FakeRoute("GET", root, .read) { state, call in
        let repository = state.repositories[call.repository]
        guard case .object(var json) = FakeHub.repository(repository) else { throw FakeProblem.notFound }
        if call.token?.installation == nil {
          let permission = repository.permissions[call.account] ?? .read
          json["permissions"] = [
            "admin": .bool(permission >= .admin), "push": .bool(permission >= .write), "pull": .bool(permission >= .read),
          ]
        }
        return FakeReply(json: .object(json))
      },
      FakeRoute("GET", root + "/installation", .app) { state, call in
        let name = state.repositories[call.repository].name.lowercased()
        guard let found = state.app?.installations.first(where: { $0.value.contains(name) }) else { throw FakeProblem.notFound }
        return FakeReply(json: ["id": .number(found.key), "app_id": 1])
      },
      FakeRoute("GET", root + "/collaborators/{user}/permission", .write) { state, call in
        guard let user = call.parameters["user"], state.accounts[user] != nil else { throw FakeProblem.notFound }
        let permission = state.repositories[call.repository].permissions[user] ?? .read
        return FakeReply(json: [
          "permission": .string(FakeHub.word(permission)), "role_name": .string(FakeHub.word(permission)),
          "user": FakeHub.user(user, state),
        ])
      },
    ] + pullRoutes(root) + commentRoutes(root) + checkRoutes(root) + hookRoutes(root)
  }

  private static func pullRoutes(_ root: String) -> [FakeRoute] {
    [
      FakeRoute(
        "GET", root + "/pulls", .read,
        query: paging + [
          .optional("head"), .optional("base"), .optional("state", .oneOf(["open", "closed", "all"])),
          .optional("sort", .oneOf(["created", "updated", "popularity", "long-running"])), .optional("direction", .oneOf(["asc", "desc"])),
        ]
      ) { state, call in
        let wanted = call.query["state"] ?? "open"
        let owner = state.repositories[call.repository].name.split(separator: "/")[0]
        let pulls = state.repositories[call.repository].pulls.filter { pull in
          let side =
            (state.name(of: pull.headRepository)?.split(separator: "/").first.map(String.init) ?? String(owner)) + ":" + pull.headBranch
          return (wanted == "all" || (pull.state == .open) == (wanted == "open")) && (call.query["head"] ?? side) == side
            && (call.query["base"] ?? pull.baseBranch) == pull.baseBranch
        }
        return call.page(
          pulls.reversed().map { FakeHub.pull($0, in: call.repository, state, isWhole: false) }, size: call.size, in: state)
      },
      FakeRoute("GET", root + "/pulls/{number}", .read) { state, call in
        let place = try state.pull(try call.integer("number"), in: call.repository)
        return FakeReply(json: FakeHub.pull(state.repositories[call.repository].pulls[place], in: call.repository, state))
      },
      FakeRoute(
        "POST", root + "/pulls", .write,
        body: [
          .required("title", .string(limit: 256)), .required("head"), .required("base"), .optional("body"), .optional("draft", .boolean),
          .optional("maintainer_can_modify", .boolean),
        ]
      ) { state, call in
        try FakeHub.openPull(
          &state, call, taken: .invalid("head", "A pull request already exists for \(call.text("head")).", code: "custom"))
      },
      FakeRoute(
        "PATCH", root + "/pulls/{number}", .write,
        body: [
          .optional("title", .string(limit: 256)), .optional("body"), .optional("state", .oneOf(["open", "closed"])), .optional("base"),
          .optional("maintainer_can_modify", .boolean),
        ]
      ) { state, call in try FakeHub.editPull(&state, call) },
      FakeRoute("GET", root + "/pulls/{number}/files", .read, query: paging) { state, call in
        let place = try state.pull(try call.integer("number"), in: call.repository)
        let files = FakeDiffFile.files(of: state.diff(of: state.repositories[call.repository].pulls[place], in: call.repository))
        return call.page(
          files.map { file in
            var json: [String: JSON] = ["filename": .string(file.path), "status": .string(file.status)]
            if file.status == "renamed" { json["previous_filename"] = .string(file.oldPath) }
            if !file.patch.isEmpty { json["patch"] = .string(file.patch) }
            return .object(json)
          }, size: call.size, in: state)
      },
    ]
  }

  private static func commentRoutes(_ root: String) -> [FakeRoute] {
    [
      FakeRoute("GET", root + "/issues/{number}/comments", .read, query: paging + [.optional("since", .time)]) { state, call in
        call.page(try FakeHub.comments(state, call), size: call.size, in: state)
      },
      FakeRoute("POST", root + "/issues/{number}/comments", .read, body: [.required("body", .string(limit: 65_536))]) { state, call in
        try FakeHub.addComment(&state, call)
      },
      FakeRoute("PATCH", root + "/issues/comments/{comment}", .read, body: [.required("body", .string(limit: 65_536))]) { state, call in
        try FakeHub.setComment(&state, call)
      },
      FakeRoute("DELETE", root + "/issues/comments/{comment}", .read) { state, call in try FakeHub.removeComment(&state, call) },
      FakeRoute("GET", root + "/pulls/{number}/comments", .read, query: paging) { state, call in
        let place = try state.pull(try call.integer("number"), in: call.repository)
        let comments = state.repositories[call.repository].pulls[place].reviewComments
        return call.page(
          comments.map {
            ["id": .number($0.id), "body": .string($0.body), "path": .string($0.path), "user": FakeHub.user($0.author, state)]
          },
          size: call.size, in: state)
      },
      FakeRoute(
        "POST", root + "/pulls/{number}/reviews", .read,
        body: [
          .optional("commit_id", .objectName), .optional("body"), .optional("event", .oneOf(["APPROVE", "REQUEST_CHANGES", "COMMENT"])),
          .optional(
            "comments",
            .array(
              .object([
                .required("path"), .required("body", .string(limit: 65_536)), .optional("line", .integer()),
                .optional("side", .oneOf(["LEFT", "RIGHT"])), .optional("start_line", .integer()),
                .optional("start_side", .oneOf(["LEFT", "RIGHT"])), .optional("position", .integer()),
              ]), limit: 100)),
        ]
      ) { state, call in try review(&state, call) },
    ]
  }

  private static func review(_ state: inout FakeState, _ call: FakeCall) throws -> FakeReply {
    let place = try state.pull(try call.integer("number"), in: call.repository)
    let pull = state.repositories[call.repository].pulls[place]
    let head = state.tips(of: pull, in: call.repository).head?.hex ?? ""
    let comments = call.body["comments"]?.array ?? []
    guard !comments.isEmpty || !call.text("body").isEmpty else {
      throw FakeProblem.invalid("body", "body cannot be blank", code: "missing")
    }
    guard call.body["commit_id"].map({ $0.string == head }) ?? true else {
      throw FakeProblem.invalid("commit_id", "The given commit_id is not the head of the pull request")
    }
    let files = FakeDiffFile.files(of: state.diff(of: pull, in: call.repository))
    let review = state.newID()
    var added: [FakeReviewComment] = []
    for comment in comments {
      guard let line = comment["line"]?.number, let path = comment["path"]?.string else {
        throw FakeProblem.invalid("line", "line is missing")
      }
      let first = comment["start_line"]?.number ?? line
      guard first == line || (first < line && comment["start_side"]?.string == "RIGHT") else {
        throw FakeProblem.invalid("start_line", "start_line must precede the end line.")
      }
      guard let hunk = files.first(where: { $0.path == path })?.hunks.first(where: { $0.contains(line) }) else {
        throw FakeProblem.invalid("line", "pull_request_review_thread.line must be part of the diff")
      }
      guard hunk.contains(first) else { throw FakeProblem.invalid("start_line", "start_line must be part of the same hunk as the line.") }
      added.append(
        FakeReviewComment(
          id: state.newID(), review: review, author: call.account, path: path, lines: first...line, body: comment["body"]?.string ?? "",
          commit: head, createdAt: call.now))
    }
    state.repositories[call.repository].pulls[place].reviewComments += added
    state.repositories[call.repository].pulls[place].reviewCount += 1
    return FakeReply(json: ["id": .number(review), "state": "COMMENTED"])
  }

  // MARK: Checks

  private static let output: FakeShape = .object([
    .required("title", .string(limit: 255)), .required("summary"), .optional("text"),
    .optional(
      "annotations",
      .array(
        .object([
          .required("path"), .required("start_line", .integer()), .required("end_line", .integer()), .optional("start_column", .integer()),
          .optional("end_column", .integer()), .required("annotation_level", .oneOf(["notice", "warning", "failure"])),
          .required("message", .string(limit: 65_536)), .optional("title", .string(limit: 255)),
          .optional("raw_details", .string(limit: 65_536)),
        ]), limit: 50)),
  ])

  private static let checkFields: [FakeField] = [
    .optional("details_url", .address), .optional("external_id", .string(limit: 255)),
    .optional("status", .oneOf(["queued", "in_progress", "completed"])),
    .optional("conclusion", .oneOf(["action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"])),
    .optional("started_at", .time), .optional("completed_at", .time), .optional("output", output),
  ]

  private static func checkRoutes(_ root: String) -> [FakeRoute] {
    [
      FakeRoute("POST", root + "/check-runs", .checks, body: [.required("name"), .required("head_sha", .objectName)] + checkFields) {
        state, call in
        guard state.repositories[call.repository].git.commit(call.text("head_sha")) != nil else {
          throw FakeProblem.invalid("head_sha", "No commit found for SHA: \(call.text("head_sha"))")
        }
        var check = FakeCheck(
          id: state.newID(), name: call.text("name"), head: call.text("head_sha"), externalID: "", status: "queued", conclusion: nil,
          title: "",
          summary: "", detailsURL: nil, annotations: [])
        try change(&check, call)
        state.repositories[call.repository].checks.append(check)
        return FakeReply(status: 201, json: json(of: check))
      },
      FakeRoute("PATCH", root + "/check-runs/{check}", .checks, body: [.optional("name")] + checkFields) { state, call in
        let id = try call.integer("check")
        guard let index = state.repositories[call.repository].checks.firstIndex(where: { $0.id == id }) else { throw FakeProblem.notFound }
        try change(&state.repositories[call.repository].checks[index], call)
        return FakeReply(json: json(of: state.repositories[call.repository].checks[index]))
      },
      FakeRoute(
        "GET", root + "/commits/{sha}/check-runs", .read,
        query: paging + [
          .optional("check_name"), .optional("status"), .optional("filter", .oneOf(["latest", "all"])), .optional("app_id", .integer()),
        ]
      ) { state, call in
        let checks = state.repositories[call.repository].checks.filter {
          $0.head == call.parameters["sha"] && (call.query["check_name"] ?? $0.name) == $0.name
        }
        let isAll = call.query["filter"] == "all"
        let newest = isAll ? checks : checks.filter { check in !checks.contains { $0.name == check.name && $0.id > check.id } }
        return call.page(newest.reversed().map(json), size: call.size, in: state, wrapped: "check_runs")
      },
      FakeRoute(
        "POST", root + "/statuses/{sha}", .write,
        body: [
          .required("state", .oneOf(["error", "failure", "pending", "success"])), .optional("target_url", .address),
          .optional("description", .string(limit: 140)), .optional("context"),
        ]
      ) { state, call in try FakeHub.addStatus(&state, call, word: "state") },
      FakeRoute("GET", root + "/commits/{sha}/status", .read, query: paging) { state, call in
        let sha = call.parameters["sha"] ?? ""
        return call.page(
          FakeHub.latest(state.repositories[call.repository].statuses, sha: sha).map { FakeHub.status($0, word: "state") }, size: call.size,
          in: state, wrapped: "statuses")
      },
      FakeRoute("GET", root + "/commits/{ref}", .read) { state, call in
        let git = state.repositories[call.repository].git
        let ref = call.parameters["ref"] ?? ""
        guard let id = git.commit(ref.hasPrefix("heads/") ? "refs/" + ref : ref) else {
          throw FakeProblem.invalid("sha", "No commit found for SHA: \(ref)")
        }
        return FakeReply(
          json: [
            "sha": .string(id.hex), "commit": ["message": .string(git.message(of: id.hex))],
            "parents": .array(git.parents(of: id.hex).map { ["sha": .string($0)] }),
          ])
      },
    ]
  }

  private static func change(_ check: inout FakeCheck, _ call: FakeCall) throws {
    if let status = call.body["status"]?.string { check.status = status }
    if let conclusion = call.body["conclusion"]?.string { (check.conclusion, check.status) = (conclusion, "completed") }
    if check.status == "completed", check.conclusion == nil {
      throw FakeProblem.invalid("conclusion", "conclusion is missing", code: "missing_field")
    }
    if let id = call.body["external_id"]?.string { check.externalID = id }
    if let url = call.body["details_url"]?.string { check.detailsURL = url }
    guard let output = call.body["output"] else { return }
    check.title = output["title"]?.string ?? check.title
    check.summary = output["summary"]?.string ?? check.summary
    for annotation in output["annotations"]?.array ?? [] {
      let isOneLine = annotation["start_line"] == annotation["end_line"]
      guard isOneLine || (annotation["start_column"] == nil && annotation["end_column"] == nil) else {
        throw FakeProblem.invalid("annotations", "columns are for annotations of one line")
      }
      check.annotations.append(annotation)
    }
  }

  private static func json(of check: FakeCheck) -> JSON {
    [
      "id": .number(check.id), "name": .string(check.name), "head_sha": .string(check.head), "external_id": .string(check.externalID),
      "status": .string(check.status), "conclusion": JSON(check.conclusion),
      "output": ["title": .string(check.title), "summary": .string(check.summary), "annotations_count": .number(check.annotations.count)],
    ]
  }

  // MARK: Hooks

  private static func hookRoutes(_ root: String) -> [FakeRoute] {
    [
      FakeRoute("GET", root + "/hooks", .admin, query: paging) { state, call in
        call.page(
          state.repositories[call.repository].hooks.map { ["id": .number($0.id), "config": ["url": .string($0.url)], "events": ["*"]] },
          size: call.size, in: state)
      },
      FakeRoute(
        "GET", root + "/hooks/{hook}/deliveries", .admin, query: [.optional("per_page", .integer(1...100)), .optional("cursor")]
      ) { state, call in deliveries(try hook(state, call).deliveries, call, state) },
      FakeRoute("POST", root + "/hooks/{hook}/deliveries/{delivery}/attempts", .admin) { state, call in
        try resend(try hook(state, call), repository: state.repositories[call.repository].name, &state, call)
      },
    ]
  }

  private static func hook(_ state: FakeState, _ call: FakeCall) throws -> FakeHook {
    let id = try call.integer("hook")
    guard let hook = state.repositories[call.repository].hooks.first(where: { $0.id == id }) else { throw FakeProblem.notFound }
    return hook
  }

  /// Pages by cursor: the id of the first delivery of the page.
  private static func deliveries(_ all: [FakeDelivery], _ call: FakeCall, _ state: FakeState) -> FakeReply {
    let newest = all.sorted { $0.id > $1.id }
    let cursor = call.query["cursor"]
    let rest = newest.drop { cursor != nil && "v1_\($0.id)" != cursor }
    let size = min(call.size, state.maximumPageSize)
    var reply = FakeReply(
      json: .array(
        rest.prefix(size).map { delivery in
          [
            "id": .number(delivery.id), "guid": .string(delivery.key), "delivered_at": delivery.at.seconds,
            "event": .string(delivery.event),
            "status_code": .number(delivery.status ?? 0), "status": .string(delivery.status.map(String.init) ?? "timed out"),
            "redelivery": false,
          ]
        }))
    if rest.count > size {
      let next = rest[rest.index(rest.startIndex, offsetBy: size)]
      reply.headers.append(("Link", "<\(call.origin)\(call.path)?per_page=\(call.size)&cursor=v1_\(next.id)>; rel=\"next\""))
    }
    return reply
  }

  private static func resend(_ hook: FakeHook, repository: String, _ state: inout FakeState, _ call: FakeCall) throws -> FakeReply {
    let id = try call.integer("delivery")
    guard var delivery = hook.deliveries.first(where: { $0.id == id }) else { throw FakeProblem.notFound }
    delivery.id = state.newID()
    state.outgoing.append(FakeOutgoing(repository: repository, hook: hook.id, delivery: delivery))
    return FakeReply(status: 202, json: [:])
  }
}

extension FakeCall {
  /// Items of a page that were asked for; GitHub's and GitLab's default is 30 and 20.
  var size: Int { query["per_page"].flatMap { Int($0) } ?? 30 }
}
