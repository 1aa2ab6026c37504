// The way to a forge's API that all clients share: one request becomes one exchange, and its answer a value or a `ForgeAPIError`.
// Pages, ETags, rate limits, renamed repositories and refused tokens are dealt with here, once.

import Domain
import FoundationEssentials
import HTTPClient
import Synchronization
import Threading

/// Puts a credential on a request.
protocol ForgeAuthentication: Sendable {
  /// Adds the credential that is good for `authority`; may ask the forge for one.
  func authorize(_ request: inout HTTPRequest, for authority: APIRequest.Authority) throws(ForgeAPIError)

  /// The credential was answered with 401. Returns whether another one is to be had, so that it is worth asking once more.
  func refused(for authority: APIRequest.Authority) -> Bool
}

/// A token that does not change.
struct TokenAuthentication: ForgeAuthentication {
  let header: String
  let prefix: String
  let token: Secret

  func authorize(_ request: inout HTTPRequest, for authority: APIRequest.Authority) { request.setSecret(header, prefix: prefix, token) }
  func refused(for authority: APIRequest.Authority) -> Bool { false }
}

/// Where and how one forge is asked.
struct APIConnection: Sendable {
  let forge: Forge
  let transport: any HTTPTransport
  let clock: any WallClock
  /// Without a slash at its end: `https://api.github.com`.
  let base: String
  /// Nil where there is no GraphQL.
  var graphQL: String?
  /// Sent with every request.
  var headers: HTTPHeaders
  let authentication: any ForgeAuthentication
  private let cache = ETagCache()

  init(
    forge: Forge, transport: any HTTPTransport, clock: any WallClock, base: String, graphQL: String? = nil, headers: HTTPHeaders,
    authentication: any ForgeAuthentication
  ) {
    self.forge = forge
    self.transport = transport
    self.clock = clock
    self.base = base
    self.graphQL = graphQL
    self.headers = headers
    self.authentication = authentication
  }

  /// The answer as a value.
  func value<Value: Decodable>(_ type: Value.Type, _ request: APIRequest) throws(ForgeAPIError) -> Value {
    try decode(type, from: try send(request), request)
  }

  /// As `value`; nil where the forge has none.
  func valueIfAny<Value: Decodable>(_ type: Value.Type, _ request: APIRequest) throws(ForgeAPIError) -> Value? {
    do throws(ForgeAPIError) {
      return try value(type, request)
    } catch  where error.reason == .gone {
      return nil
    }
  }

  /// The items of all pages, or of those up to the first item for which `isEnough` holds.
  func list<Item: Decodable>(
    _ type: Item.Type, _ request: APIRequest, until isEnough: (Item) -> Bool = { _ in false }
  ) throws(ForgeAPIError) -> [Item] {
    var items: [Item] = []
    var request = request
    for _ in 0..<Self.maximumPages {
      let response = try send(request)
      let page = try decode([Item].self, from: response, request)
      items += page
      guard !page.contains(where: isEnough), let next = NextPage.items(of: response.headers), !page.isEmpty else { return items }
      for item in next { request.set(item.name, item.value) }
    }
    throw error(.unexpected, request, detail: "a list has more than \(Self.maximumPages) pages")
  }

  /// Sends a request whose answer's body does not matter, or is no JSON.
  @discardableResult
  func send(_ request: APIRequest) throws(ForgeAPIError) -> HTTPResponse {
    var response = try exchange(request)
    if response.status == 401, authentication.refused(for: request.authority) { response = try exchange(request) }
    if response.isSuccess { return response }
    throw APIAnswer.error(response, forge: forge, request: request, now: clock.now())
  }

  /// One exchange. A renamed repository answers with a redirect, which is followed once, within the same origin.
  private func exchange(_ request: APIRequest) throws(ForgeAPIError) -> HTTPResponse {
    var message = HTTPRequest(request.method, address(of: request), headers: headers, body: request.body)
    if !request.body.isEmpty { message.headers["Content-Type"] = "application/json" }
    if let accept = request.accept { message.headers["Accept"] = accept }
    message.maximumRedirects = 1
    message.maximumBodySize = request.maximumBodySize
    let known = request.isConditional ? cache[message.url] : nil
    if let known { message.headers["If-None-Match"] = known.tag }
    try authentication.authorize(&message, for: request.authority)
    let response = try send(message, request)
    if response.status == 304, let known { return known.response }
    if request.isConditional, response.status == 200 { cache.keep(response, for: message.url) }
    return response
  }

  private func send(_ message: HTTPRequest, _ request: APIRequest) throws(ForgeAPIError) -> HTTPResponse {
    do throws(HTTPError) {
      return try transport.send(message)
    } catch {
      let isOurs = if case .malformed = error.reason { true } else { false }
      throw self.error(
        isOurs ? .invalid(field: "address") : error.isForRetry ? .transient : .unexpected, request, detail: error.description)
    }
  }

  private func address(of request: APIRequest) -> String { request.isGraphQL ? graphQL ?? base : base + request.target }

  func decode<Value: Decodable>(_ type: Value.Type, from response: HTTPResponse, _ request: APIRequest) throws(ForgeAPIError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(response.body))
    } catch let problem as DecodingError {
      // What is no JSON at all was cut off, or came from something between us and the forge; what lacks a field will lack it again.
      if case .dataCorrupted = problem { throw error(.transient, request, status: response.status, detail: "the answer is not JSON") }
      throw error(.unexpected, request, status: response.status, detail: PayloadDecoding.field(of: problem))
    } catch {
      throw self.error(.transient, request, status: response.status, detail: "the answer is not JSON")
    }
  }

  func error(_ reason: ForgeAPIError.Reason, _ request: APIRequest, status: Int? = nil, detail: String = "") -> ForgeAPIError {
    error(reason, request.operation, status: status, detail: detail)
  }

  func error(_ reason: ForgeAPIError.Reason, _ operation: String, status: Int? = nil, detail: String = "") -> ForgeAPIError {
    ForgeAPIError(reason, operation: "\(forge.rawValue): \(operation)", status: status, detail: detail)
  }

  /// 10,000 items at GitHub's and GitLab's page size.
  private static let maximumPages = 100
}

extension HTTPError {
  /// A certificate or a limit will be the same the next time; everything else may pass.
  fileprivate var isForRetry: Bool {
    switch reason {
    case .stopped, .other: true
    default: isTransient
    }
  }
}

/// Answers that may be asked for again by their ETag: a handful of small ones, the oldest goes first.
final class ETagCache: Sendable {
  struct Entry: Sendable {
    let tag: String
    let response: HTTPResponse
  }
  private let entries = Mutex<[(url: String, entry: Entry)]>([])
  private static let capacity = 64
  private static let maximumSize = 64 << 10

  subscript(url: String) -> Entry? { entries.withLock { list in list.first { $0.url == url }?.entry } }

  func keep(_ response: HTTPResponse, for url: String) {
    guard let tag = response.headers["ETag"], tag.utf8.count <= 200, response.body.count <= Self.maximumSize else { return }
    entries.withLock { list in
      list.removeAll { $0.url == url }
      if list.count >= Self.capacity { list.removeFirst() }
      list.append((url, Entry(tag: tag, response: response)))
    }
  }
}
