// Git's smart HTTP, by git's own CGI program. Credentials come as basic authentication: any user, a token as the password.
// https://git-scm.com/docs/git-http-backend

import Domain
import Forges
import Foundation

struct FakeGitHTTP {
  let core: FakeForgeCore

  static func isFor(_ request: HTTPServer.Request) -> Bool { place(request.path) != nil }

  /// Repository and what is asked of it.
  private static func place(_ path: String) -> (name: String, rest: String)? {
    for rest in ["/info/refs", "/git-upload-pack", "/git-receive-pack"] where path.hasSuffix(".git" + rest) {
      return (FakeTarget.unescaped(path.dropFirst().dropLast(rest.utf8.count + 4)), rest)
    }
    return nil
  }

  func answer(_ request: HTTPServer.Request) -> HTTPServer.Reply {
    guard let (name, rest) = Self.place(request.path), let repository = find(name) else {
      return HTTPServer.Reply(status: 404, text: "no such repository")
    }
    let isPush = rest == "/git-receive-pack" || request.query.contains("service=git-receive-pack")
    guard let account = account(request, in: repository) else {
      return HTTPServer.Reply(status: 401, headers: [("WWW-Authenticate", "Basic realm=\"git\"")], text: "a token is needed")
    }
    if isPush, !mayPush(account, to: repository) || repository.isArchived {
      return HTTPServer.Reply(status: 403, text: "not allowed to push")
    }
    let before = rest == "/git-receive-pack" ? refs(of: repository) : [:]
    let reply = (try? backend(request, rest, repository, account.name)) ?? HTTPServer.Reply(status: 500, text: "git http-backend failed")
    if rest == "/git-receive-pack" { tell(repository, before: before, by: account.name) }
    core.state.update { state in
      state.journal.append(
        FakeExchange(method: request.method, target: request.target, headers: [:], body: [], account: account.name, status: reply.status))
    }
    return reply
  }

  private func find(_ name: String) -> FakeRepository? {
    core.state.withLock { state in state.index(of: name).map { state.repositories[$0] }.flatMap { $0.isDeleted ? nil : $0 } }
  }

  private func account(_ request: HTTPServer.Request, in repository: FakeRepository) -> (name: String, installation: Int?)? {
    guard let header = request.headers["authorization"], header.hasPrefix("Basic "),
      let data = Data(base64Encoded: String(header.dropFirst(6)))
    else { return nil }
    let password = String(decoding: data, as: UTF8.self).drop { $0 != ":" }.dropFirst()
    return core.state.withLock { state in
      guard let token = state.tokens[String(password)], token.expires.map({ $0 > core.clock.now() }) ?? true else { return nil }
      return (token.account, token.installation)
    }
  }

  private func mayPush(_ account: (name: String, installation: Int?), to repository: FakeRepository) -> Bool {
    core.state.withLock { state in
      if let installation = account.installation {
        return state.app?.installations[installation]?.contains(repository.name.lowercased()) ?? false
      }
      if repository.permissions[account.name] ?? .read >= .write { return true }
      // "Allow edits by maintainers": who may push to the base may push to the head of an open pull request.
      return state.repositories.contains { base in
        base.permissions[account.name] ?? .read >= .write
          && base.pulls.contains { $0.headRepository == repository.id && $0.maintainersMayPush && $0.state == .open }
      }
    }
  }

  private func backend(_ request: HTTPServer.Request, _ rest: String, _ repository: FakeRepository, _ user: String) throws
    -> HTTPServer.Reply
  {
    let scratch = try TemporaryDirectory("cgi")
    let input = try scratch.write("body", bytes: request.body)
    let environment: [String: String?] = [
      "GIT_PROJECT_ROOT": repository.git.path, "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": rest, "REQUEST_METHOD": request.method,
      "QUERY_STRING": request.query, "CONTENT_TYPE": request.headers["content-type"], "CONTENT_LENGTH": String(request.body.count),
      "HTTP_CONTENT_ENCODING": request.headers["content-encoding"], "GIT_PROTOCOL": request.headers["git-protocol"], "REMOTE_USER": user,
      "REMOTE_ADDR": "127.0.0.1", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "/nonexistent",
    ]
    let child = try ChildProcess(["sh", "-c", "exec git http-backend < \"$0\"", input], environment: environment)
    guard child.waitForEnd() == 0 else { throw FakeProblem(500, child.errorOutput) }
    return Self.parse(try readFile(child.outputPath))
  }

  /// A CGI answer: header lines, an empty line, the body.
  private static func parse(_ output: [UInt8]) -> HTTPServer.Reply {
    guard let end = output.firstRange(of: Array("\r\n\r\n".utf8)) else { return HTTPServer.Reply(status: 500, text: "no CGI answer") }
    var reply = HTTPServer.Reply(body: Array(output[end.upperBound...]))
    for line in String(decoding: output[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let (name, value) = (String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
      if name == "Status" { reply.status = Int(value.prefix(3)) ?? 500 } else { reply.headers.append((name, value)) }
    }
    return reply
  }

  private func refs(of repository: FakeRepository) -> [String: String] {
    let lines = ((try? repository.git.run(["for-each-ref", "--format=%(refname) %(objectname)", "refs/heads"])) ?? "").split(
      separator: "\n")
    return Dictionary(lines.map { line in (String(line.prefix { $0 != " " }), String(line.drop { $0 != " " }.dropFirst())) }) { $1 }
  }

  private func tell(_ repository: FakeRepository, before: [String: String], by account: String) {
    let after = refs(of: repository)
    let zero = String(repeating: "0", count: 40)
    core.state.update { state in
      for ref in Set(before.keys).union(after.keys).sorted() where before[ref] != after[ref] {
        state.moved(ref, of: repository.id, from: before[ref] ?? zero, to: after[ref] ?? zero, by: account)
      }
      core.tell(&state)
    }
  }
}
