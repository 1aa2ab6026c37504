// One request as a route's handler sees it, and the table of routes.

import Domain
import Forges
import Foundation

/// One request, with what the path, the query and the credential said.
struct FakeCall: Sendable {
  var method: String
  /// By the names in the route.
  var parameters: [String: String]
  var query: [String: String]
  var headers: [String: String]
  var body: [String: JSON]
  /// Where the repository is in the state; 0 when the route has none.
  var repository: Int
  var account: String
  var token: FakeToken?
  var now: Timestamp
  /// `http://127.0.0.1:PORT`.
  var origin: String
  /// Path without the query, for links.
  var path: String

  func integer(_ name: String) throws -> Int {
    guard let number = parameters[name].flatMap({ Int($0) }) else { throw FakeProblem.notFound }
    return number
  }

  func text(_ name: String) -> String { body[name]?.string ?? "" }
}

/// An answer before it is bytes.
struct FakeReply: Sendable {
  var status = 200
  var headers: [(name: String, value: String)] = []
  var json: JSON = .null
  /// Instead of JSON.
  var text: String?
}

/// What an account must be allowed for a route.
enum FakeNeed: Sendable { case nothing, account, read, write, admin, app, checks }

/// One entry of a forge's reference.
struct FakeRoute: Sendable {
  let method: String
  let path: [String]
  let needs: FakeNeed
  let query: [FakeField]
  let body: [FakeField]
  let handler: @Sendable (inout FakeState, FakeCall) throws -> FakeReply

  init(
    _ method: String, _ path: String, _ needs: FakeNeed, query: [FakeField] = [], body: [FakeField] = [],
    _ handler: @escaping @Sendable (inout FakeState, FakeCall) throws -> FakeReply
  ) {
    self.method = method
    self.path = path.split(separator: "/").map(String.init)
    self.needs = needs
    self.query = query
    self.body = body
    self.handler = handler
  }

  /// The parameters of a path; nil when it is another route's.
  func match(_ segments: [String]) -> [String: String]? {
    guard segments.count == path.count else { return nil }
    var parameters: [String: String] = [:]
    for (pattern, segment) in zip(path, segments) {
      if pattern.hasPrefix("{") {
        parameters[String(pattern.dropFirst().dropLast())] = segment
      } else if pattern != segment {
        return nil
      }
    }
    return parameters
  }
}

extension FakeCall {
  /// The page of a list that was asked for, with links to the next one as all forges write them.
  func page(_ items: [JSON], size: Int, in state: FakeState, wrapped: String? = nil) -> FakeReply {
    let size = min(size, state.maximumPageSize)
    let number = max(1, query["page"].flatMap { Int($0) } ?? 1)
    let rest = items.dropFirst((number - 1) * size)
    var reply = FakeReply()
    let page = JSON.array(Array(rest.prefix(size)))
    reply.json = wrapped.map { ["total_count": .number(items.count), $0: page] } ?? page
    let hasMore = rest.count > size
    reply.headers.append(("X-Next-Page", hasMore ? String(number + 1) : ""))
    if hasMore {
      let others = query.filter { $0.key != "page" }.sorted { $0.key < $1.key }.map { "\($0.key)=\(FakeTarget.escaped($0.value))" }
      let address = origin + path + "?" + (others + ["page=\(number + 1)"]).joined(separator: "&")
      reply.headers.append(("Link", "<\(origin)\(path)?page=1>; rel=\"first\", <\(address)>; rel=\"next\""))
    }
    return reply
  }
}

/// Reads a request's target.
enum FakeTarget {
  static func segments(_ path: String) -> [String] {
    path.split(separator: "/", omittingEmptySubsequences: true).map { unescaped($0) }
  }

  static func query(_ text: String) -> [String: String] {
    var items: [String: String] = [:]
    for item in text.split(separator: "&") {
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      items[unescaped(parts[0])] = parts.count > 1 ? unescaped(parts[1]) : ""
    }
    return items
  }

  static func unescaped(_ text: some StringProtocol) -> String { String(text).removingPercentEncoding ?? String(text) }

  static func escaped(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text }
}
