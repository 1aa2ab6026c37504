// The two ways in which forges sign: HMAC-SHA256 of the body in hexadecimal (GitHub, Gitea, Forgejo, our plain git hook), and
// Standard Webhooks (GitLab's signing token; https://github.com/standard-webhooks/standard-webhooks). Digests are decoded
// strictly, so that exactly one text is right, and compared by swift-crypto in constant time.

import Crypto
import Domain
import FoundationEssentials

enum HexSignature {
  /// Checks the lower-case hexadecimal digest of `body` against each secret.
  static func verify(_ text: some StringProtocol, body: [UInt8], secrets: [Secret]) -> Verification {
    guard !secrets.isEmpty else { return .refused(.noSecret) }
    guard let digest = bytes(text), digest.count == SHA256.byteCount else { return .refused(.malformed) }
    let isRight = secrets.contains { isValid(digest, body: body, key: $0.revealBytes()) }
    return isRight ? .verified : .refused(.wrong)
  }

  /// Checks the value of an `X-Hub-Signature-256` header: `sha256=` and the digest.
  static func verifyHub(_ headers: WebhookHeaders, body: [UInt8], secrets: [Secret]) -> Verification {
    guard let header = headers["x-hub-signature-256"] else {
      return .refused(secrets.isEmpty ? .noSecret : headers["x-hub-signature"] == nil ? .missing : .outdated)
    }
    guard header.hasPrefix("sha256=") else { return .refused(secrets.isEmpty ? .noSecret : .malformed) }
    return verify(header.dropFirst("sha256=".count), body: body, secrets: secrets)
  }

  /// The lower-case hexadecimal digest of a body.
  static func make(body: [UInt8], secret: Secret) -> String {
    hex(HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: secret.revealBytes())))
  }

  static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil when the text is not pairs of lower-case digits.
  private static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    guard text.utf8.count.isMultiple(of: 2), text.utf8.count <= 128 else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text.utf8 {
      guard let digit = digit(character) else { return nil }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return bytes
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case 0x30...0x39: character - 0x30
    case 0x61...0x66: character - 0x61 + 10
    default: nil
    }
  }

  private static func isValid(_ digest: [UInt8], body: [UInt8], key: [UInt8]) -> Bool {
    !key.isEmpty && HMAC<SHA256>.isValidAuthenticationCode(digest, authenticating: body, using: SymmetricKey(data: key))
  }
}

/// `webhook-id`, `webhook-timestamp` and `webhook-signature: v1,<base64>`, several separated by spaces.
enum StandardWebhook {
  /// How far the sender's clock may be from ours.
  static let tolerance = Duration.seconds(300)

  /// The key of a `whsec_<base64>` secret; nil when it is not one.
  static func key(_ secret: Secret) -> [UInt8]? {
    let text = secret.reveal()
    guard text.hasPrefix("whsec_") else { return nil }
    return strictBase64(text.dropFirst("whsec_".count)).flatMap { $0.isEmpty ? nil : $0 }
  }

  static func verify(headers: WebhookHeaders, body: [UInt8], keys: [[UInt8]], now: Timestamp) -> Verification {
    guard let signatures = headers["webhook-signature"], let id = headers["webhook-id"] else { return .refused(.missing) }
    guard let time = headers["webhook-timestamp"] else { return .refused(.missing) }
    guard time.utf8.count <= 12, time.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let seconds = Int64(time) else {
      return .refused(.malformed)
    }
    let digests = signatures.split(separator: " ").prefix(8).compactMap(digest)
    guard !digests.isEmpty, id.utf8.count <= 256 else { return .refused(.malformed) }
    let distance = now.since(Timestamp(milliseconds: seconds * 1000))
    guard distance <= tolerance, distance >= .zero - tolerance else { return .refused(.stale) }
    let isRight = keys.contains { key in
      let code = code(id: id, time: time, body: body, key: key)
      return digests.contains { code == $0 }
    }
    return isRight ? .verified : .refused(.wrong)
  }

  /// The header's value: `v1,<base64>`.
  static func make(id: String, time: String, body: [UInt8], key: [UInt8]) -> String {
    "v1," + Data(code(id: id, time: time, body: body, key: key)).base64EncodedString()
  }

  /// HMAC-SHA256 over `id.timestamp.body`. Its `==` with bytes is swift-crypto's and takes constant time.
  private static func code(id: String, time: String, body: [UInt8], key: [UInt8]) -> HMAC<SHA256>.MAC {
    var code = HMAC<SHA256>(key: SymmetricKey(data: key))
    code.update(data: Array("\(id).\(time).".utf8))
    code.update(data: body)
    return code.finalize()
  }

  private static func digest(_ signature: Substring) -> [UInt8]? {
    guard signature.hasPrefix("v1,"), let digest = strictBase64(signature.dropFirst(3)) else { return nil }
    return digest.count == SHA256.byteCount ? digest : nil
  }

  /// Nil unless the text is the one canonical way to write its bytes.
  private static func strictBase64(_ text: Substring) -> [UInt8]? {
    guard text.utf8.count <= 1024, let data = Data(base64Encoded: String(text)) else { return nil }
    return data.base64EncodedString() == text ? Array(data) : nil
  }
}

/// The key of a delivery whose forge names none.
enum BodyHash {
  /// `sha256:` and the digest of event and body, so that the same body under another event is another delivery.
  static func key(event: String, body: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(data: Array(event.utf8) + [0])
    hash.update(data: body)
    return "sha256:" + HexSignature.hex(hash.finalize())
  }
}
