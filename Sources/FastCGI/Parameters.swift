// The CGI parameters of one request: libfcgi's array of `NAME=value` strings, sorted into what the application needs.

struct Parameters {
  /// What the request says about its body's length.
  enum BodyLength: Equatable {
    /// The method has a body and no length was given.
    case missing
    case malformed
    case bytes(Int)
  }

  private var method = ""
  private var target = ""
  private var documentPath = ""
  private var scriptPath = ""
  private var pathInfo = ""
  private var query = ""
  private var remoteAddress = ""
  private var contentType = ""
  private var contentLength = ""
  private var headers: [String: String] = [:]

  /// - Parameter entries: as libfcgi keeps them: terminated strings, then nil.
  init(_ entries: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
    guard var next = entries else { return }
    headers.reserveCapacity(16)
    while let entry = next.pointee {
      let text = String(cString: entry)
      if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
        set(text[..<equals], String(text[text.index(after: equals)...]))
      }
      next += 1
    }
  }

  init(_ entries: [(String, String)]) {
    for (name, value) in entries { set(name[...], value) }
  }

  private mutating func set(_ name: Substring, _ value: String) {
    switch name {
    case "REQUEST_METHOD": method = value
    case "REQUEST_URI": target = value
    case "DOCUMENT_URI": documentPath = value
    case "SCRIPT_NAME": scriptPath = value
    case "PATH_INFO": pathInfo = value
    case "QUERY_STRING": query = value
    case "REMOTE_ADDR": remoteAddress = value
    case "CONTENT_TYPE": contentType = value
    case "CONTENT_LENGTH": contentLength = value
    case let name where name.hasPrefix("HTTP_"):
      let key = String(name.dropFirst(5))
      headers[key] = headers[key].map { Request.combined($0, value) } ?? value
    default: break
    }
  }

  var bodyLength: BodyLength {
    if contentLength.isEmpty { return ["POST", "PUT", "PATCH"].contains(method) ? .missing : .bytes(0) }
    if contentLength == "-1" { return .missing }  // what Caddy says of a chunked body
    guard contentLength.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return .malformed }
    return .bytes(Int(contentLength) ?? .max)  // only digits: what Int cannot hold is merely too large
  }

  /// The request, or nil when its method, target or a header may not be handed on.
  func request(body: [UInt8]) -> Request? {
    let (path, targetQuery) = split(target.isEmpty ? fallbackPath : target)
    let texts = [path, query, targetQuery, remoteAddress, contentType] + headers.values
    guard isMethod, path.utf8.first == UInt8(ascii: "/") || path == "*", texts.allSatisfy(Self.isPlain) else { return nil }
    return Request(
      method: method, path: path, query: query.isEmpty ? targetQuery : query, body: body, remoteAddress: remoteAddress,
      contentType: contentType, cgiHeaders: headers)
  }

  /// Without `REQUEST_URI` the path comes decoded; servers that send it so are rare.
  private var fallbackPath: String { documentPath.isEmpty ? scriptPath + pathInfo : documentPath }

  private var isMethod: Bool {
    1...32 ~= method.utf8.count && method.utf8.allSatisfy { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 || $0 == UInt8(ascii: "-") }
  }

  private func split(_ target: String) -> (path: String, query: String) {
    guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (target, "") }
    return (String(target[..<mark]), String(target[target.index(after: mark)...]))
  }

  /// No control characters but the tab: a line break in a value would be a second header where it is written out again.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }
  }
}
