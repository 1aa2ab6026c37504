// What differs from forge to forge: the addresses, the credentials, the words.

import Domain

/// One forge's way to speak.
protocol FakeDialect: Sendable {
  var forge: Forge { get }
  /// What every path of the API begins with; empty for github.com.
  var prefix: String { get }
  var routes: [FakeRoute] { get }
  /// The token in a request; nil when there is none.
  func token(in headers: [String: String]) -> String?
  /// Throws when a header is not as the forge wants it.
  func checkHeaders(_ headers: [String: String]) throws
  /// The body of an answer that is no success.
  func body(of problem: FakeProblem) -> JSON
  /// The repository that a path is about.
  func repositoryName(_ parameters: [String: String]) -> String?
  /// The payload of a hook's event; nil when this forge has no such event.
  func payload(of event: FakeEvent, in state: FakeState) -> (name: String, body: JSON)?
}

/// Something of which a forge tells its hooks.
public enum FakeEvent: Sendable {
  case push(repository: Int, ref: String, before: String, after: String, by: String)
  case pull(repository: Int, number: Int, action: String, by: String)
  case comment(repository: Int, number: Int, comment: FakeComment)

  var repository: Int {
    switch self {
    case .push(let repository, _, _, _, _), .pull(let repository, _, _, _), .comment(let repository, _, _): repository
    }
  }
}
