// One HTTP response, and its form in CGI: a `Status` line, headers, an empty line, the body.

/// An HTTP response. `Content-Length` is added; do not set it.
public struct Response: Sendable {
  /// 100 to 599.
  public var status: Int
  /// In the order in which they are sent. A name that is no token or a value with a control character makes the whole
  /// response a 500: a line break must never become a second header.
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]

  public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A response of plain text.
  public init(status: Int, text: String) {
    self.init(status: status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array(text.utf8))
  }

  /// A problem description (RFC 9457) for what is refused before the application sees it. `title` must need no JSON escapes.
  static func refusal(_ status: Int, _ title: StaticString) -> Response {
    Response(
      status: status, headers: [("Content-Type", "application/problem+json")],
      body: Array(#"{"title":"\#(title)","status":\#(status)}"#.utf8))
  }

  /// Status line and headers in CGI form with the empty line, or nil when one of them may not be sent.
  var head: [UInt8]? {
    guard 100...599 ~= status, headers.allSatisfy({ Self.isToken($0.name) && Self.isFieldValue($0.value) }) else { return nil }
    var lines = "Status: \(status) \(Self.reason(status))\r\n"
    for header in headers { lines += "\(header.name): \(header.value)\r\n" }
    lines += "Content-Length: \(body.count)\r\n\r\n"
    return Array(lines.utf8)
  }

  /// Some servers send a line without a reason on as an invalid one.
  private static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 303: "See Other"
    case 304: "Not Modified"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 409: "Conflict"
    case 411: "Length Required"
    case 413: "Content Too Large"
    case 415: "Unsupported Media Type"
    case 422: "Unprocessable Content"
    case 429: "Too Many Requests"
    case 500: "Internal Server Error"
    case 503: "Service Unavailable"
    default: ["Information", "Success", "Redirection", "Client Error", "Server Error"][status / 100 - 1]
    }
  }

  private static func isToken(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
      }
  }

  private static func isFieldValue(_ value: String) -> Bool {
    value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }
  }
}
