// Checks the JSON Web Tokens with which an App says who it is, by GitHub's rules.
// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app

import Crypto
import CryptoExtras
import Domain
import Foundation

enum FakeAppToken {
  static func isToken(_ text: String) -> Bool { text.split(separator: ".").count == 3 }

  static func check(_ text: String, app: FakeApp, now: Timestamp) throws {
    let parts = text.split(separator: ".").map { decoded(String($0)) }
    guard let header = parts[0].flatMap(JSON.init(bytes:)), header["alg"]?.string == "RS256",
      let claims = parts[1].flatMap(JSON.init(bytes:)),
      let signature = parts[2]
    else { throw FakeProblem(401, "A JSON web token could not be decoded") }
    let signed = text.utf8.prefix(text.utf8.count - (text.split(separator: ".").last?.utf8.count ?? 0) - 1)
    let key = try _RSA.Signing.PublicKey(pemRepresentation: app.publicKey)
    let isRight = key.isValidSignature(
      _RSA.Signing.RSASignature(rawRepresentation: Data(signature)), for: SHA256.hash(data: Data(signed)), padding: .insecurePKCS1v1_5)
    guard isRight, claims["iss"]?.string == app.id else { throw FakeProblem(401, "A JSON web token could not be decoded") }
    let seconds = Int(now.milliseconds / 1000)
    guard let issued = claims["iat"]?.number, issued <= seconds else {
      throw FakeProblem(401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
    }
    guard let expires = claims["exp"]?.number, expires > seconds, expires - seconds <= 600 else {
      throw FakeProblem(401, "'Expiration time' claim ('exp') is too far in the future")
    }
  }

  private static func decoded(_ text: String) -> [UInt8]? {
    let plain = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
    return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)).map { Array($0) }
  }

  /// A key pair for tests' Apps, in PEM; made once, since it takes a second.
  static let keys = Result { () throws -> (privateKey: Secret, publicKey: String) in
    let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    return (Secret(key.pemRepresentation), key.publicKey.pemRepresentation)
  }
}

extension FakeForge {
  /// Registers an App with new keys, installed on repositories; returns its private key.
  public func addApp(id: String, slug: String, on repositories: Set<String>) throws -> Secret {
    let keys = try FakeAppToken.keys.get()
    addApp(id: id, slug: slug, publicKey: keys.publicKey, on: repositories)
    return keys.privateKey
  }
}
