// Who may use the API and the pages (DESIGN section 6): whoever has the token; without a token, only this machine.

import FastCGI
import Settings

extension Application {
  /// Throws 401 or 403 unless the request may pass. A header that names the client's address is never believed.
  func authorize(_ request: Request, page: Bool) throws {
    guard settings.requiresToken else {
      if isLoopback(request.remoteAddress) { return }
      throw Problem.forbidden("the API is open to this machine only; set DOC_HEALING_API_TOKEN to open it to others")
    }
    let challenge = page ? "Basic realm=\"doc-healing\", charset=\"UTF-8\"" : "Bearer realm=\"doc-healing\""
    guard let header = request[header: "authorization"] else {
      throw Problem.unauthorized("send the API token as Authorization: Bearer TOKEN", challenge: challenge)
    }
    guard let given = credential(header), settings.accepts(token: given) else {
      throw Problem.unauthorized("the API token is not the one in DOC_HEALING_API_TOKEN", challenge: challenge)
    }
  }

  /// The token in a Bearer header, or the password in a Basic one (browsers cannot send Bearer).
  private func credential(_ header: String) -> [UInt8]? {
    let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard parts.count == 2 else { return nil }
    switch parts[0].lowercased() {
    case "bearer": return Array(String(parts[1]).trimmingSpaces.utf8)
    case "basic":
      guard let decoded = base64Decoded(parts[1]) else { return nil }
      guard let colon = decoded.firstIndex(of: UInt8(ascii: ":")) else { return nil }
      return Array(decoded[(colon + 1)...])
    default: return nil
    }
  }

  private func isLoopback(_ address: String) -> Bool {
    address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.") || address.isEmpty || address.hasPrefix("unix:")
  }
}

extension String {
  var trimmingSpaces: String {
    var text = Substring(self)
    while text.last == " " { text.removeLast() }
    while text.first == " " { text.removeFirst() }
    return String(text)
  }
}

/// RFC 4648 base 64; nil when it is not that.
func base64Decoded(_ text: Substring) -> [UInt8]? {
  var result: [UInt8] = []
  var bits: UInt32 = 0
  var count = 0
  for byte in text.utf8 where byte != UInt8(ascii: "=") {
    let value: UInt32
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(byte) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(byte) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(byte) + 4
    case UInt8(ascii: "+"): value = 62
    case UInt8(ascii: "/"): value = 63
    default: return nil
    }
    bits = bits << 6 | value
    count += 6
    if count >= 8 {
      count -= 8
      result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
  }
  return result
}
