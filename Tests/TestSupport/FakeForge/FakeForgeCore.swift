// The way of one request through a fake forge: fault, credential, route, schema, effect, answer.

import Domain
import Forges
import Threading

/// What the server's threads share.
final class FakeForgeCore: Sendable {
  let dialect: any FakeDialect
  let clock: any WallClock
  let state = Monitor(FakeState())
  let origin = Monitor("")
  let isStopped = Monitor(false)

  init(dialect: any FakeDialect, clock: any WallClock) {
    self.dialect = dialect
    self.clock = clock
  }

  /// What may happen to an answer on its way.
  private enum Fate {
    case fine
    case instead(HTTPServer.Reply)
    case after(FakeFault.Kind)
  }

  func answer(_ request: HTTPServer.Request) -> HTTPServer.Reply {
    let (fate, latency) = state.update { state in (Self.fate(of: request, &state), state.latency) }
    var reply: HTTPServer.Reply
    switch fate {
    case .instead(let instead):
      record(request, nil, instead.status)
      reply = instead
    case .fine: reply = served(request)
    case .after(let kind):
      reply = served(request)
      Self.damage(&reply, kind)
    }
    if reply.delay != nil { reply.delay = latency }
    return reply
  }

  private static func fate(of request: HTTPServer.Request, _ state: inout FakeState) -> Fate {
    let matching = state.faults.indices.first { index in
      let fault = state.faults[index]
      return fault.count > 0 && (fault.method ?? request.method) == request.method
        && (fault.path.isEmpty || request.target.contains(fault.path))
    }
    if let index = matching {
      if state.faults[index].after > 0 {
        state.faults[index].after -= 1
        return .fine
      }
      state.faults[index].count -= 1
      switch state.faults[index].kind {
      case .status(let status, let headers, let body):
        return .instead(HTTPServer.Reply(status: status, headers: headers + [("Content-Type", "application/json")], text: body))
      case .stall: return .instead(.stall)
      case .cut: return .instead(.hangUp)
      case .loseAnswer, .halfAnswer, .cutWithin: return .after(state.faults[index].kind)
      }
    }
    guard state.lossRate > 0, Double.random(in: 0..<1, using: &state.random) < state.lossRate else { return .fine }
    return .after(.loseAnswer)
  }

  private static func damage(_ reply: inout HTTPServer.Reply, _ kind: FakeFault.Kind) {
    switch kind {
    case .loseAnswer: reply.cut = .beforeAnswer
    case .halfAnswer: reply.body = Array(reply.body.prefix(reply.body.count / 2))
    case .cutWithin: reply.cut = .after(bytes: 60)
    case .status, .stall, .cut: break
    }
  }

  private func record(_ request: HTTPServer.Request, _ account: String?, _ status: Int) {
    let target = request.target.hasPrefix(dialect.prefix) ? String(request.target.dropFirst(dialect.prefix.count)) : request.target
    let entry = FakeExchange(
      method: request.method, target: target, headers: request.headers, body: request.body, account: account, status: status)
    state.update { $0.journal.append(entry) }
  }

  // MARK: A request that is served

  private func served(_ request: HTTPServer.Request) -> HTTPServer.Reply {
    if FakeGitHTTP.isFor(request) { return FakeGitHTTP(core: self).answer(request) }
    let (reply, account) = state.update { state -> (FakeReply, String?) in
      var account: String?
      do {
        return (try route(request, &state, &account), account)
      } catch let problem as FakeProblem {
        return (refusal(problem, request, &state), account)
      } catch {
        return (FakeReply(status: 500, json: ["message": .string(String(describing: error))]), account)
      }
    }
    let answer = bytes(of: reply, to: request)
    record(request, account, answer.status)
    return answer
  }

  /// Problems of form are mistakes of the client, whatever a test expects.
  private func refusal(_ problem: FakeProblem, _ request: HTTPServer.Request, _ state: inout FakeState) -> FakeReply {
    if problem.fields.contains(where: { ["missing_field", "unknown_field", "form"].contains($0.code) }) {
      state.violations += problem.fields.map { "\(request.method) \(request.path): \($0.message)" }
    }
    return FakeReply(status: problem.status, json: dialect.body(of: problem))
  }

  private func route(_ request: HTTPServer.Request, _ state: inout FakeState, _ account: inout String?) throws -> FakeReply {
    guard request.path.hasPrefix(dialect.prefix) else { throw FakeProblem.notFound }
    let segments = FakeTarget.segments(String(request.path.dropFirst(dialect.prefix.count)))
    let matches = dialect.routes.lazy.compactMap { route in route.match(segments).map { (route, $0) } }
    guard let (route, parameters) = matches.first(where: { $0.0.method == request.method }) else {
      state.violations.append("\(request.method) \(request.path): no such route")
      throw matches.first == nil ? FakeProblem.notFound : FakeProblem(405, "Method Not Allowed")
    }
    try dialect.checkHeaders(request.headers)
    var call = FakeCall(
      method: request.method, parameters: parameters, query: FakeTarget.query(request.query), headers: request.headers, body: [:],
      repository: 0, account: "", token: nil, now: clock.now().wholeSeconds, origin: origin.withLock { $0 }, path: request.path)
    try authenticate(&call, needs: route.needs, state)
    account = call.account
    if let moved = try findRepository(&call, route, segments, request, state) { return moved }
    try checkForm(&call, route, request)
    let reply = try route.handler(&state, call)
    tell(&state)
    return reply
  }

  private func authenticate(_ call: inout FakeCall, needs: FakeNeed, _ state: FakeState) throws {
    guard let text = dialect.token(in: call.headers) else { throw FakeProblem(401, "Requires authentication") }
    if let app = state.app, FakeAppToken.isToken(text) {
      guard needs == .app else { throw FakeProblem(403, "Resource not accessible by integration") }
      try FakeAppToken.check(text, app: app, now: clock.now())
      call.account = app.slug + "[bot]"
      return
    }
    guard let token = state.tokens[text], token.expires.map({ $0 > clock.now() }) ?? true else { throw FakeProblem(401, "Bad credentials") }
    guard needs != .app else { throw FakeProblem(401, "A JSON web token could not be decoded") }
    call.token = token
    call.account = token.account
  }

  /// Finds the repository of the path and what the account may do there; an answer where it was renamed.
  private func findRepository(
    _ call: inout FakeCall, _ route: FakeRoute, _ segments: [String], _ request: HTTPServer.Request, _ state: FakeState
  ) throws -> FakeReply? {
    guard let name = dialect.repositoryName(call.parameters) else { return nil }
    guard let index = state.index(of: name), !state.repositories[index].isDeleted else { throw FakeProblem.notFound }
    let repository = state.repositories[index]
    call.repository = index
    guard route.needs != .app else { return nil }
    if repository.formerNames.contains(name.lowercased()), dialect.forge != .gitlab {
      let rest = segments.dropFirst(3).map { "/" + FakeTarget.escaped($0) }.joined() + (request.query.isEmpty ? "" : "?" + request.query)
      let place = dialect.forge == .github ? "/repositories/\(repository.id)" : "/repos/" + repository.name
      let address = call.origin + dialect.prefix + place + rest
      return FakeReply(status: call.method == "GET" ? 301 : 307, headers: [("Location", address)], json: ["message": "Moved Permanently"])
    }
    let permission = self.permission(of: call, in: repository, state)
    guard permission >= .read else { throw FakeProblem.notFound }
    let needed: ForgePermission =
      switch route.needs {
      case .admin: .admin
      case .write, .checks: .write
      default: .read
      }
    if route.needs == .checks, call.token?.installation == nil { throw FakeProblem(403, "You must authenticate via a GitHub App.") }
    guard permission >= needed else { throw FakeProblem(403, "Must have \(needed == .admin ? "admin" : "push") rights to Repository.") }
    if repository.isArchived, call.method != "GET" { throw FakeProblem(403, "Repository was archived so is read-only.") }
    return nil
  }

  private func permission(of call: FakeCall, in repository: FakeRepository, _ state: FakeState) -> ForgePermission {
    if let installation = call.token?.installation {
      return state.app?.installations[installation]?.contains(repository.name.lowercased()) == true ? .admin : .none
    }
    return repository.permissions[call.account] ?? .read
  }

  private func checkForm(_ call: inout FakeCall, _ route: FakeRoute, _ request: HTTPServer.Request) throws {
    let query = call.query.mapValues { text in
      Int(text).map(JSON.number) ?? (text == "true" || text == "false" ? .bool(text == "true") : .string(text))
    }
    var problems = FakeField.problems(route.query, query)
    if !route.body.isEmpty {
      guard request.headers["content-type"]?.hasPrefix("application/json") == true else {
        throw FakeProblem(
          415, "Unsupported Media Type", [.init(field: "Content-Type", code: "form", message: "the body is not JSON by its type")])
      }
      guard case .object(let members) = JSON(bytes: request.body) else { throw FakeProblem(400, "Problems parsing JSON") }
      call.body = members.filter { $0.value != .null }
      problems += FakeField.problems(route.body, call.body)
    } else if !request.body.isEmpty, request.method != "POST" {
      problems.append(.init(field: "body", code: "form", message: "a body that is not expected"))
    }
    guard problems.isEmpty else { throw FakeProblem(422, "Validation Failed", problems) }
  }

  private func bytes(of reply: FakeReply, to request: HTTPServer.Request) -> HTTPServer.Reply {
    if let text = reply.text {
      return HTTPServer.Reply(status: reply.status, headers: [("Content-Type", "text/plain")] + reply.headers, text: text)
    }
    let body = reply.status == 204 ? [] : reply.json.bytes
    var headers = [("Content-Type", "application/json; charset=utf-8")] + reply.headers.map { ($0.name, $0.value) }
    guard request.method == "GET", reply.status == 200, dialect.forge != .gitea else {
      return HTTPServer.Reply(status: reply.status, headers: headers.map { (name: $0.0, value: $0.1) }, body: body)
    }
    let tag = "W/\"\(String(body.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }, radix: 16))\""
    headers.append(("ETag", tag))
    let isKnown = request.headers["if-none-match"] == tag
    return HTTPServer.Reply(status: isKnown ? 304 : 200, headers: headers.map { (name: $0.0, value: $0.1) }, body: isKnown ? [] : body)
  }

  // MARK: Hooks

  /// Tells the hooks of everything that happened.
  func tell(_ state: inout FakeState) {
    let events = state.events
    state.events = []
    for event in events { tell(&state, event) }
  }

  /// Puts an event in the way of every hook that hears it.
  func tell(_ state: inout FakeState, _ event: FakeEvent) {
    guard let index = state.repositories.firstIndex(where: { $0.id == event.repository }),
      let (name, body) = dialect.payload(of: event, in: state)
    else { return }
    let isInstalled = state.app?.installations.values.contains { $0.contains(state.repositories[index].name.lowercased()) } == true
    for hook in state.repositories[index].hooks + [isInstalled ? state.app?.hook : nil].compactMap({ $0 }) {
      let number = state.newID()
      let delivery = FakeDelivery(
        id: number, key: "delivery-\(number)", event: name, body: body.bytes, at: clock.now().wholeSeconds, status: nil)
      state.outgoing.append(FakeOutgoing(repository: state.repositories[index].name, hook: hook.id, delivery: delivery))
    }
  }

  /// Sends deliveries one by one until the forge ends.
  func deliverForEver() {
    while true {
      let next: FakeOutgoing?? = state.wait(upTo: nil) { state in
        if isStopped.withLock({ $0 }) { return .some(nil) }
        return state.outgoing.isEmpty ? .none : .some(state.outgoing.removeFirst())
      }
      guard case .some(.some(let outgoing)) = next else { return }
      deliver(outgoing)
    }
  }

  private func deliver(_ outgoing: FakeOutgoing) {
    let hook: FakeHook? = state.withLock { state in
      if let hook = state.app?.hook, hook.id == outgoing.hook { return hook }
      return state.repositories.lazy.flatMap(\.hooks).first { $0.id == outgoing.hook }
    }
    guard let hook else { return }
    var delivery = outgoing.delivery
    let headers = ForgeSigner.headers(
      for: dialect.forge, event: delivery.event, delivery: delivery.key, body: delivery.body, secret: hook.secret, now: clock.now())
    var client = HTTPClient(port: hook.port)
    client.patience = 10
    delivery.status = try? client.post(hook.path, headers: headers, body: delivery.body).status
    delivery.at = clock.now().wholeSeconds
    let done = delivery
    state.update { state in
      if state.app?.hook?.id == hook.id { state.app?.hook?.deliveries.append(done) }
      for index in state.repositories.indices {
        for place in state.repositories[index].hooks.indices where state.repositories[index].hooks[place].id == hook.id {
          state.repositories[index].hooks[place].deliveries.append(done)
        }
      }
    }
  }
}
