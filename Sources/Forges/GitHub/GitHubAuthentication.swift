// How GitHub is told who we are: a token, or an App.
//
// An App signs a JSON Web Token with its private key (RS256; RFC 7515, RFC 7518 section 3.3) and trades it for a token of one
// installation, which is good for an hour and kept until shortly before its end.
// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app

import Crypto
import CryptoExtras
import Domain
import FoundationEssentials
import HTTPClient
import Threading

/// What GitHub is asked with.
public enum GitHubAccess: Sendable {
  /// A personal token, or one that GitHub Actions or another App got for an installation (`ghs_…`).
  case token(Secret)
  /// An App: its id (or client id) and its private key in PEM.
  case app(id: String, privateKey: Secret)

  /// Whether checks can be shown as check runs: only Apps may write those.
  var isApp: Bool {
    switch self {
    case .app: true
    case .token(let token): token.reveal().hasPrefix("ghs_")
    }
  }
}

/// Signs as an App.
struct AppSigner: Sendable {
  let id: String
  private let key: _RSA.Signing.PrivateKey

  /// Throws one line, without the key, when the text is no private key of RSA.
  init(id: String, privateKey: Secret) throws(ForgeAPIError) {
    self.id = id
    // It goes into JSON as it is.
    guard !id.isEmpty, id.utf8.allSatisfy({ RepositoryName.isAlphanumeric($0) || $0 == 0x2E || $0 == 0x2D || $0 == 0x5F }) else {
      throw ForgeAPIError(.invalid(field: "App id"), operation: "github: read the App's id")
    }
    do {
      key = try _RSA.Signing.PrivateKey(pemRepresentation: privateKey.reveal())
    } catch {
      let detail = "not an RSA private key of at least 2,048 bits in PEM"
      throw ForgeAPIError(.invalid(field: "private key"), operation: "github: read the App's private key", detail: detail)
    }
  }

  /// A token that says "I am this App" for the next nine minutes: GitHub takes ten at most, and their clock may be a minute off.
  func token(at now: Timestamp) throws(ForgeAPIError) -> Secret {
    let seconds = now.milliseconds / 1000
    let claims = Array(#"{"exp":\#(seconds + 540),"iat":\#(seconds - 60),"iss":"\#(id)"}"#.utf8)
    let text = Self.base64URL(Array(#"{"alg":"RS256","typ":"JWT"}"#.utf8)) + "." + Self.base64URL(claims)
    do {
      let signature = try key.signature(for: SHA256.hash(data: Array(text.utf8)), padding: .insecurePKCS1v1_5)
      return Secret(text + "." + Self.base64URL(Array(signature.rawRepresentation)))
    } catch {
      throw ForgeAPIError(.unexpected, operation: "github: sign as the App", detail: "the key cannot sign")
    }
  }

  /// Base 64 with the alphabet for addresses and without padding.
  static func base64URL(_ bytes: [UInt8]) -> String {
    let text = Data(bytes).base64EncodedString().utf8.prefix { $0 != 0x3D }.map { $0 == 0x2B ? 0x2D : $0 == 0x2F ? 0x5F : $0 }
    return String(decoding: text, as: UTF8.self)
  }
}

/// An App's credentials: its own signature for the account, a token of the installation for a repository.
///
/// One thread asks for an installation's token while others wait for it.
final class AppAuthentication: ForgeAuthentication {
  private let signer: AppSigner
  private let transport: any HTTPTransport
  private let clock: any WallClock
  private let base: String
  private let headers: HTTPHeaders
  private let state = Monitor(State())

  private struct State {
    /// By repository in lower case.
    var installations: [String: Int] = [:]
    var tokens: [Int: Token] = [:]
    /// Repositories whose token a thread is asking for.
    var asking: Set<String> = []
  }

  private struct Token {
    var value: Secret
    var expires: Timestamp
  }

  /// A token is not used in its last minutes: a request may take a while.
  private static let margin = Duration.seconds(300)
  /// More than any engine serves; all are forgotten then.
  private static let maximumInstallations = 10_000

  init(signer: AppSigner, transport: any HTTPTransport, clock: any WallClock, base: String, headers: HTTPHeaders) {
    self.signer = signer
    self.transport = transport
    self.clock = clock
    self.base = base
    self.headers = headers
  }

  func authorize(_ request: inout HTTPRequest, for authority: APIRequest.Authority) throws(ForgeAPIError) {
    switch authority {
    case .account: request.setSecret("Authorization", prefix: "Bearer ", try signer.token(at: clock.now()))
    case .repository(let name): request.setSecret("Authorization", prefix: "Bearer ", try token(for: name.lowercased()))
    }
  }

  /// A token of an installation may be revoked (the App was suspended, or its permissions changed): the next one may be good.
  func refused(for authority: APIRequest.Authority) -> Bool {
    guard case .repository(let name) = authority else { return false }
    return state.update { state in
      guard let installation = state.installations.removeValue(forKey: name.lowercased()) else { return false }
      return state.tokens.removeValue(forKey: installation) != nil
    }
  }

  /// The token for a repository, for git over https too.
  func token(for repository: String) throws(ForgeAPIError) -> Secret {
    while true {
      let now = clock.now()
      // Nil: this thread is to ask.
      let known: Secret?? = state.wait(upTo: .seconds(60)) { state -> Secret?? in
        if let token = Self.usable(state, repository, now) { return .some(token) }
        return state.asking.insert(repository).inserted ? .some(nil) : .none
      }
      guard let known else { continue }
      if let token = known { return token }
      defer { state.update { _ = $0.asking.remove(repository) } }
      return try ask(for: repository)
    }
  }

  private static func usable(_ state: State, _ repository: String, _ now: Timestamp) -> Secret? {
    guard let installation = state.installations[repository], let token = state.tokens[installation] else { return nil }
    return token.expires.since(now) > margin ? token.value : nil
  }

  private func ask(for repository: String) throws(ForgeAPIError) -> Secret {
    let connection = APIConnection(
      forge: .github, transport: transport, clock: clock, base: base, headers: headers,
      authentication: SignatureAuthentication(signer: signer, clock: clock))
    let installation = try installation(of: repository, connection)
    let request = APIRequest(
      "POST", ["app", "installations", String(installation), "access_tokens"], authority: .account, "ask for an installation's token")
    let answer = try connection.value(GitHubInstallationToken.self, request)
    let token = Token(value: Secret(answer.token), expires: answer.expires_at.timestamp)
    state.update { state in
      if state.installations.count >= Self.maximumInstallations { (state.installations, state.tokens) = ([:], [:]) }
      state.installations[repository] = installation
      state.tokens[installation] = token
    }
    return token.value
  }

  private func installation(of repository: String, _ connection: APIConnection) throws(ForgeAPIError) -> Int {
    if let known = state.withLock({ $0.installations[repository] }) { return known }
    let path = try GitHubClient.path(of: repository, "find the App's installation") + ["installation"]
    return try connection.value(GitHubInstallation.self, APIRequest("GET", path, authority: .account, "find the App's installation")).id
  }
}

/// The App's own signature on every request.
private struct SignatureAuthentication: ForgeAuthentication {
  let signer: AppSigner
  let clock: any WallClock

  func authorize(_ request: inout HTTPRequest, for authority: APIRequest.Authority) throws(ForgeAPIError) {
    request.setSecret("Authorization", prefix: "Bearer ", try signer.token(at: clock.now()))
  }
  func refused(for authority: APIRequest.Authority) -> Bool { false }
}
