// From answers to values, and back to what may be sent: what all clients share.

import Domain
import Synchronization

extension ForgePermission {
  /// The words of GitHub and Gitea.
  init(hub word: String) {
    self = ["admin": .admin, "owner": .admin, "maintain": .write, "write": .write, "triage": .read, "read": .read][word] ?? .none
  }
}

extension ForgeSteps {
  /// Asks and turns the answer into a value of ours, whose names are checked on the way.
  func checked<Answer: Decodable, Value>(
    _ request: APIRequest, _ convert: (Answer) throws(ForgeError) -> Value, of type: Answer.Type
  ) throws(ForgeAPIError) -> Value {
    try connection.converted(try connection.value(type, request), request.operation, convert)
  }
}

extension APIConnection {
  /// A value of ours from an answer; what a forge cannot have sent is not understood.
  func converted<Answer, Value>(
    _ answer: Answer, _ operation: String, _ convert: (Answer) throws(ForgeError) -> Value
  ) throws(ForgeAPIError) -> Value {
    do throws(ForgeError) {
      return try convert(answer)
    } catch {
      throw self.error(.unexpected, operation, detail: error.message)
    }
  }

  /// Refuses texts that the forge would refuse.
  func checkLength(_ text: String, _ limit: Int, field: String, _ operation: String) throws(ForgeAPIError) {
    guard APIText.length(text) > limit else { return }
    throw error(.invalid(field: field), operation, detail: "\(APIText.length(text)) characters, \(limit) allowed")
  }
}

/// A value that is asked for once and kept when it came.
final class Remembered<Value: Sendable>: Sendable {
  private let known = Mutex<Value?>(nil)

  /// Two threads may both ask the first time.
  func value(_ ask: () throws(ForgeAPIError) -> Value) throws(ForgeAPIError) -> Value {
    if let value = known.withLock({ $0 }) { return value }
    let value = try ask()
    known.withLock { $0 = value }
    return value
  }
}
