// One request on one easy handle. libcurl calls back with header lines, pieces of the body and, about once a second, to ask whether
// to go on; all on the thread that called.

import CCurl
import Threading

/// What one exchange has come to. Only the thread that runs it touches it.
final class CurlExchange {
  private let request: HTTPRequest
  private let stopFlag: StopFlag
  private var headers = HTTPHeaders()
  private var headerSize = 0
  private var body: [UInt8] = []
  /// Why we ended the exchange ourselves.
  private var refusal: HTTPError.Reason?

  init(request: HTTPRequest, stopFlag: StopFlag) {
    self.request = request
    self.stopFlag = stopFlag
  }

  /// Runs the request; `prepare` sets what all requests share.
  func run(
    on handle: UnsafeMutableRawPointer, within limit: Duration, prepare: (UnsafeMutableRawPointer) -> Void
  ) throws(HTTPError) -> HTTPResponse {
    curl_easy_reset(handle)
    prepare(handle)
    setTarget(on: handle, within: limit)
    let list = headerList()
    defer { curl_slist_free_all(list) }
    ccurl_set_headers(handle, list)
    var message = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
    let code = message.withUnsafeMutableBufferPointer { message in
      ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, message.baseAddress)
      return perform(on: handle)
    }
    guard code == CURLE_OK else { throw HTTPError(request, refusal ?? reason(of: code, on: handle, Self.text(of: message, code))) }
    var status = 0
    ccurl_get_number(handle, CURLINFO_RESPONSE_CODE, &status)
    return HTTPResponse(status: status, headers: headers, body: body)
  }

  private func perform(on handle: UnsafeMutableRawPointer) -> CURLcode {
    request.body.withUnsafeBytes { bytes in
      setMethod(on: handle, body: bytes)
      // The exchange outlives the call that uses the pointer.
      return withExtendedLifetime(self) {
        let pointer = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_pointer(handle, CURLOPT_HEADERDATA, pointer)
        ccurl_set_pointer(handle, CURLOPT_WRITEDATA, pointer)
        ccurl_set_pointer(handle, CURLOPT_XFERINFODATA, pointer)
        ccurl_set_receiver(handle, CURLOPT_HEADERFUNCTION) { CurlExchange.from($3)?.takeHeader($0, $1 * $2) ?? 0 }
        ccurl_set_receiver(handle, CURLOPT_WRITEFUNCTION) { CurlExchange.from($3)?.takeBody($0, $1 * $2) ?? 0 }
        ccurl_set_progress(handle) { context, _, _, _, _ in CurlExchange.from(context)?.goesOn() ?? false ? 0 : 1 }
        ccurl_set_number(handle, CURLOPT_NOPROGRESS, 0)
        return curl_easy_perform(handle)
      }
    }
  }

  private func setTarget(on handle: UnsafeMutableRawPointer, within limit: Duration) {
    ccurl_set_text(handle, CURLOPT_URL, request.url)
    ccurl_set_number(handle, CURLOPT_TIMEOUT_MS, Self.milliseconds(limit))
    ccurl_set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(min(limit, request.connectTimeout)))
    ccurl_set_number(handle, CURLOPT_FRESH_CONNECT, request.isRepeatable ? 0 : 1)
  }

  private func setMethod(on handle: UnsafeMutableRawPointer, body: UnsafeRawBufferPointer) {
    switch request.method {
    case "HEAD":
      ccurl_set_number(handle, CURLOPT_NOBODY, 1)
      return
    case "GET" where body.isEmpty:
      ccurl_set_number(handle, CURLOPT_HTTPGET, 1)
      return
    case "POST", "PUT", "PATCH": break
    default:
      ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method)
      if body.isEmpty { return }
    }
    ccurl_set_number(handle, CURLOPT_POST, 1)
    ccurl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
    // An empty body needs a pointer that is not null, else libcurl reads standard input.
    if let start = body.baseAddress {
      ccurl_set_bytes(handle, CURLOPT_POSTFIELDS, start)
    } else {
      ccurl_set_text(handle, CURLOPT_COPYPOSTFIELDS, "")
    }
    ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method)
  }

  /// The lines to send, secrets among them; the caller frees the list. libcurl adds a content type of forms and an expectation of
  /// `100 Continue` by itself: a name without a value takes them away, and `name;` is a header without a value.
  private func headerList() -> UnsafeMutablePointer<curl_slist>? {
    var list: UnsafeMutablePointer<curl_slist>?
    func append(_ line: String) { if let longer = curl_slist_append(list, line) { list = longer } }
    if request.headers["Expect"] == nil { append("Expect:") }
    if request.headers["Content-Type"] == nil { append("Content-Type:") }
    for field in request.headers.fields { append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)") }
    for field in request.secretHeaders { append("\(field.name): \(field.prefix)\(field.value.reveal())") }
    return list
  }

  private func reason(of code: CURLcode, on handle: UnsafeMutableRawPointer, _ text: String) -> HTTPError.Reason {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT: return .unreachable(text)
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER,
      CURLE_SSL_ISSUER_ERROR:
      return .untrusted(text)
    case CURLE_OPERATION_TIMEDOUT:
      return hasConnected(handle) ? .noAnswer(within: request.deadline) : .noConnection(within: request.connectTimeout)
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM: return .cutOff
    default: return .other(text)
    }
  }

  private func hasConnected(_ handle: UnsafeMutableRawPointer) -> Bool {
    var time: curl_off_t = 0
    ccurl_get_size(handle, CURLINFO_PRETRANSFER_TIME_T, &time)
    return time > 0
  }

  /// One printable line of what libcurl said, or what it says of the code in general.
  private static func text(of message: [CChar], _ code: CURLcode) -> String {
    let bytes = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let line = bytes.isEmpty ? String(cString: curl_easy_strerror(code)) : String(decoding: bytes, as: UTF8.self)
    return String(decoding: line.utf8.prefix(160).map { $0 < 0x20 || $0 >= 0x7F ? 0x3F : $0 }, as: UTF8.self)
  }

  private static func milliseconds(_ duration: Duration) -> Int {
    let parts = max(duration, .milliseconds(1)).components
    return max(1, Int(clamping: min(parts.seconds, 86_400) * 1000 + parts.attoseconds / 1_000_000_000_000_000))
  }
}

// What libcurl calls. Anything but the number of bytes given ends the exchange.
extension CurlExchange {
  private static func from(_ context: UnsafeMutableRawPointer?) -> CurlExchange? {
    context.map { Unmanaged<CurlExchange>.fromOpaque($0).takeUnretainedValue() }
  }

  /// A header line, or a status line, which begins the headers anew: what came before was an interim answer.
  private func takeHeader(_ start: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    headerSize += count
    guard headerSize <= request.maximumHeaderSize else {
      refusal = .headersTooLarge(limit: request.maximumHeaderSize)
      return 0
    }
    let line = UnsafeRawBufferPointer(start: start, count: count)
    if line.starts(with: "HTTP/".utf8) {
      headers = HTTPHeaders()
    } else if body.isEmpty, let field = HTTPHeaders.field(ofLine: line) {
      headers.add(field.name, field.value)
    }
    return count
  }

  private func takeBody(_ start: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    guard count <= request.maximumBodySize - body.count else {
      refusal = .bodyTooLarge(limit: request.maximumBodySize)
      return 0
    }
    body.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
    return count
  }

  private func goesOn() -> Bool {
    guard stopFlag.isRaised else { return true }
    refusal = .stopped
    return false
  }
}
