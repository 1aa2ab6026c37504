// One HTTP request as the front server handed it over: what the application needs of the FastCGI parameters, and the body.

/// An HTTP request, complete: its body has been received whole and has exactly the announced length.
public struct Request: Sendable {
  /// The method, as sent: `GET`, `POST` …
  public var method: String
  /// The path as the client sent it: percent-encoded, without the query.
  public var path: String
  /// What follows the first `?` of the target, percent-encoded; empty when there is none.
  public var query: String
  public var body: [UInt8]
  /// The client's address as the front server knows it (`REMOTE_ADDR`); empty when it did not say.
  public var remoteAddress: String
  /// The body's media type as sent; empty when there is none.
  public var contentType: String
  /// Values by name as CGI writes it: `X_GITHUB_EVENT`.
  private var headers: [String: String]

  /// - Parameter headers: by their HTTP names, in any case.
  public init(
    method: String, path: String, query: String = "", headers: [String: String] = [:], body: [UInt8] = [], remoteAddress: String = "",
    contentType: String = ""
  ) {
    self.init(
      method: method, path: path, query: query, body: body, remoteAddress: remoteAddress, contentType: contentType,
      cgiHeaders: Dictionary(headers.map { (Self.cgiName($0.key), $0.value) }, uniquingKeysWith: Self.combined))
  }

  init(
    method: String, path: String, query: String, body: [UInt8], remoteAddress: String, contentType: String, cgiHeaders: [String: String]
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.body = body
    self.remoteAddress = remoteAddress
    self.contentType = contentType
    headers = cgiHeaders
  }

  /// A header's value by its name in any case: `request[header: "x-github-event"]`. A header sent twice has both values,
  /// joined with a comma (RFC 9110, 5.3).
  public subscript(header name: String) -> String? {
    switch name.lowercased() {
    case "content-type": contentType.isEmpty ? nil : contentType
    case "content-length": String(body.count)
    default: headers[Self.cgiName(name)]
    }
  }

  static func combined(_ first: String, _ second: String) -> String { first + ", " + second }

  private static func cgiName(_ name: String) -> String {
    String(decoding: name.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : uppercased($0) }, as: UTF8.self)
  }

  private static func uppercased(_ byte: UInt8) -> UInt8 {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte ? byte - 32 : byte
  }
}
