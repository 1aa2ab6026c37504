// AWS Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html. The request is
// written down in one canonical way, hashed, and the hash is signed with a key that is good for one day, region and service.
// Checked against the published test suite.

import Crypto
import Domain
import FoundationEssentials
import HTTPClient
import Threading

/// What signs requests to AWS.
public struct AWSCredentials: Sendable, Hashable {
  public var accessKeyID: String
  public var secretAccessKey: Secret
  /// Of temporary credentials.
  public var sessionToken: Secret?

  public init(accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
  }
}

/// Signs requests without a query to one service.
struct AWSSignature: Sendable {
  var credentials: AWSCredentials
  var region: String
  var service: String

  /// Signs the request's headers and body and adds what the signature needs.
  func sign(_ request: inout HTTPRequest, to address: HTTPAddress, at time: Timestamp) {
    let moment = Self.moment(time)
    request.headers["X-Amz-Date"] = moment
    let isDefaultPort = address.port == (address.scheme == "https" ? 443 : 80)
    var signed = [("host", address.host + (isDefaultPort ? "" : ":\(address.port)")), ("x-amz-date", moment)]
    if let type = request.headers["Content-Type"] { signed.append(("content-type", type)) }
    if let token = credentials.sessionToken {
      request.setSecret("X-Amz-Security-Token", token)
      signed.append(("x-amz-security-token", token.reveal()))
    }
    let value = authorization(method: request.method, path: address.path, headers: signed, body: request.body, moment: moment)
    request.setSecret("Authorization", Secret(value))
  }

  /// The value of `Authorization`.
  /// - Parameters:
  ///   - path: as it is sent; it is encoded once more, as every service but S3 wants it.
  ///   - headers: what is signed; equal names in the order in which they are sent.
  ///   - moment: `20150830T123600Z`.
  func authorization(method: String, path: String, headers: [(name: String, value: String)], body: [UInt8], moment: String) -> String {
    let scope = "\(moment.prefix(8))/\(region)/\(service)/aws4_request"
    let fields = Dictionary(grouping: headers) { $0.name.lowercased() }.sorted { $0.key < $1.key }
    let names = fields.map(\.key).joined(separator: ";")
    let lines = fields.map { "\($0.key):\($0.value.map { Self.trimmed($0.value) }.joined(separator: ","))\n" }.joined()
    let segments = path.split(separator: "/", omittingEmptySubsequences: false).map { Self.encoded(String($0)) }
    let canonical = [method, segments.joined(separator: "/"), "", lines, names, Self.hash(body)].joined(separator: "\n")
    let toSign = ["AWS4-HMAC-SHA256", moment, scope, Self.hash(Array(canonical.utf8))].joined(separator: "\n")
    var key = Array("AWS4".utf8) + credentials.secretAccessKey.revealBytes()
    for part in [String(moment.prefix(8)), region, service, "aws4_request", toSign] { key = Self.code(part, key: key) }
    return "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), Signature=\(Self.hex(key))"
  }

  /// Everything but letters, digits and `-._~` as `%XX`.
  static func encoded(_ text: String) -> String {
    var result: [UInt8] = []
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in text.utf8 {
      let isPlain = (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) && byte < 0x80 || "-._~".utf8.contains(byte)
      result += isPlain ? [byte] : [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// `20150830T123600Z`.
  static func moment(_ time: Timestamp) -> String {
    let text = time.rfc3339.utf8.filter { (0x30...0x39).contains($0) || $0 == 0x54 }
    return String(decoding: text.prefix(15), as: UTF8.self) + "Z"
  }

  /// Without white space at its ends, and with one space for each run of it.
  private static func trimmed(_ value: String) -> String { value.split { $0 == " " || $0 == "\t" }.joined(separator: " ") }

  private static func hash(_ bytes: [UInt8]) -> String { hex(Array(SHA256.hash(data: bytes))) }

  private static func code(_ text: String, key: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
