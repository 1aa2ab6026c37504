// The one client of the engine, on libcurl: blocking, called from threads that we own, safe on several at once.
//
// A request borrows an easy handle from a small pool and gives it back. A handle keeps its connections, so the next request to the
// same server finds one open. Nothing of libcurl exists before the first request: a process that never asks anybody pays nothing.
// TLS is verified always, there is no switch. A proxy comes from the environment as curl reads it (`https_proxy`, `no_proxy`).

import CCurl
import Domain
import Synchronization
import Threading

/// Sends requests with libcurl.
///
/// `@unchecked Sendable` is safe: `idle` is behind a monitor, a handle is used by the one thread that took it out, and the rest is
/// immutable or atomic.
public final class CurlTransport: HTTPTransport, @unchecked Sendable {
  /// Sent as `User-Agent`.
  public let userAgent: String
  /// A file of certificates to trust instead of the system's.
  private let certificates: String?
  private let idle = Monitor<[CurlHandle]>([])
  private let stopFlag = StopFlag()
  /// Handles kept between requests; each keeps at most `connectionsEach` connections.
  private static let maximumIdle = 8
  private static let connectionsEach = 4

  /// - Parameter certificates: path of a PEM file of the authorities to trust instead of the system's.
  public init(userAgent: String = "doc-healing", certificates: String? = nil) {
    self.userAgent = userAgent
    self.certificates = certificates
  }

  deinit { idle.withLock { handles in for handle in handles { curl_easy_cleanup(handle.pointer) } } }

  /// Ends requests that are under way within about a second, and refuses new ones: the process is ending.
  public func stop() { stopFlag.raise() }

  public func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    if let problem = Self.problem(of: request) { throw HTTPError(request, .malformed(problem)) }
    guard var address = HTTPAddress(request.url) else {
      throw HTTPError(request, .malformed("the address is not an http or https address without credentials"))
    }
    guard let handle = borrow() else { throw HTTPError(request, .other("libcurl does not start")) }
    defer { giveBack(handle) }
    let end = monotonicNow() + request.deadline
    var step = request
    for _ in 0...max(0, request.maximumRedirects) {
      if stopFlag.isRaised { throw HTTPError(request, .stopped) }
      let response = try exchange(step, with: handle, until: end)
      guard let next = Self.redirect(response, of: step, from: address) else { return response }
      guard request.maximumRedirects > 0 else { return response }
      (step, address) = next
    }
    throw HTTPError(request, .tooManyRedirects(limit: request.maximumRedirects))
  }

  private func exchange(_ request: HTTPRequest, with handle: CurlHandle, until end: Duration) throws(HTTPError) -> HTTPResponse {
    let left = end - monotonicNow()
    guard left > .zero else { throw HTTPError(request, .noAnswer(within: request.deadline)) }
    let exchange = CurlExchange(request: request, stopFlag: stopFlag)
    return try exchange.run(on: handle.pointer, within: left) { pointer in
      setCommonOptions(pointer)
    }
  }

  private func setCommonOptions(_ handle: UnsafeMutableRawPointer) {
    ccurl_allow_web_only(handle)
    ccurl_set_number(handle, CURLOPT_NOSIGNAL, 1)
    ccurl_set_number(handle, CURLOPT_SSL_VERIFYPEER, 1)
    ccurl_set_number(handle, CURLOPT_SSL_VERIFYHOST, 2)
    ccurl_set_number(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
    ccurl_set_number(handle, CURLOPT_FOLLOWLOCATION, 0)
    ccurl_set_number(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    ccurl_set_number(handle, CURLOPT_MAXCONNECTS, Self.connectionsEach)
    ccurl_set_number(handle, CURLOPT_TCP_KEEPALIVE, 1)
    ccurl_set_text(handle, CURLOPT_USERAGENT, userAgent)
    if let certificates { ccurl_set_text(handle, CURLOPT_CAINFO, certificates) }
  }

  private func borrow() -> CurlHandle? {
    guard libraryStarted else { return nil }
    if let handle = idle.withLock({ $0.popLast() }) { return handle }
    return curl_easy_init().map { CurlHandle(pointer: $0) }
  }

  private func giveBack(_ handle: CurlHandle) {
    // Forgets every option, pointers into the last request above all; connections stay.
    curl_easy_reset(handle.pointer)
    let isKept = idle.withLock { handles in
      guard handles.count < Self.maximumIdle else { return false }
      handles.append(handle)
      return true
    }
    if !isKept { curl_easy_cleanup(handle.pointer) }
  }

  private static func problem(of request: HTTPRequest) -> String? {
    guard (1...16).contains(request.method.utf8.count), request.method.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
      return "the method is not a word in capitals"
    }
    let plain = request.headers.fields.lazy.compactMap { HTTPHeaders.problem(name: $0.name, value: $0.value) }.first
    let secret = request.secretHeaders.lazy.compactMap { HTTPHeaders.problem(name: $0.name, value: $0.prefix + $0.value.reveal()) }.first
    return plain ?? secret
  }

  /// The request that a redirect asks for: to the same origin only, and with a body only where the status keeps the method.
  private static func redirect(
    _ response: HTTPResponse, of request: HTTPRequest, from address: HTTPAddress
  ) -> (HTTPRequest, HTTPAddress)? {
    guard [301, 302, 303, 307, 308].contains(response.status), let target = response.headers["Location"].flatMap(address.resolving),
      target.isSameOrigin(as: address)
    else { return nil }
    var next = request
    next.url = target.text
    if response.status == 303, request.method != "HEAD" {
      (next.method, next.body) = ("GET", [])
    } else if response.status < 307, request.method != "GET", request.method != "HEAD" {
      return nil
    }
    return (next, target)
  }
}

/// Asks those who look to end.
final class StopFlag: Sendable {
  private let flag = Atomic(false)
  func raise() { flag.store(true, ordering: .relaxed) }
  var isRaised: Bool { flag.load(ordering: .relaxed) }
}

/// A libcurl easy handle.
struct CurlHandle {
  let pointer: UnsafeMutableRawPointer
}

/// libcurl's own tables, made by the first request of the process.
private let libraryStarted = ccurl_start() == CURLE_OK
