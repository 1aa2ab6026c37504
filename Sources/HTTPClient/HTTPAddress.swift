// Where a request goes. libcurl's own reader of addresses, so that what is checked here is what is then asked: two readers that
// disagree about the host are how a redirect carries a token away.

import CCurl

/// An http or https address without credentials.
public struct HTTPAddress: Sendable, Hashable {
  /// `http` or `https`.
  public let scheme: String
  /// IPv6 in brackets.
  public let host: String
  /// The scheme's own when the address names none.
  public let port: Int
  /// Begins with a slash; without the query.
  public let path: String
  /// The whole address, without its fragment.
  public let text: String

  /// Nil when the text is not such an address.
  public init?(_ text: String) { self.init(text, relativeTo: nil) }

  /// What a `Location` or a `Link` of an answer from here means; nil when it is not an http or https address.
  public func resolving(_ reference: String) -> HTTPAddress? { HTTPAddress(reference, relativeTo: self) }

  /// Whether both lie on one server: scheme, host and port are equal.
  public func isSameOrigin(as other: HTTPAddress) -> Bool {
    scheme == other.scheme && port == other.port && host.lowercased() == other.host.lowercased()
  }

  private init?(_ text: String, relativeTo base: HTTPAddress?) {
    guard text.utf8.count <= 8192, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let handle = curl_url() else { return nil }
    defer { curl_url_cleanup(handle) }
    if let base { guard curl_url_set(handle, CURLUPART_URL, base.text, 0) == CURLUE_OK else { return nil } }
    guard curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK else { return nil }
    curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
    guard let scheme = Self.part(CURLUPART_SCHEME, of: handle), scheme == "http" || scheme == "https",
      Self.part(CURLUPART_USER, of: handle) == nil, Self.part(CURLUPART_PASSWORD, of: handle) == nil,
      let host = Self.part(CURLUPART_HOST, of: handle), !host.isEmpty,
      let port = Self.part(CURLUPART_PORT, of: handle).flatMap({ Int($0) }),
      let path = Self.part(CURLUPART_PATH, of: handle), let whole = Self.part(CURLUPART_URL, of: handle)
    else { return nil }
    (self.scheme, self.host, self.port, self.path, self.text) = (scheme, host, port, path, whole)
  }

  private static func part(_ part: CURLUPart, of handle: OpaquePointer) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    // Only the port itself has a default; in a whole address the scheme's own stays unwritten.
    let flags = part == CURLUPART_PORT ? UInt32(CURLU_DEFAULT_PORT) : 0
    guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }
}
