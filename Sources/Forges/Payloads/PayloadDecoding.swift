// From JSON to the few fields that an event needs. Fields that are only nice to have are `Lenient`: an odd value in one of
// them must not cost the delivery.

import Domain
import FoundationEssentials

/// A value that is nil when it is there but odd.
struct Lenient<Value: Decodable>: Decodable {
  let value: Value?

  init(from decoder: any Decoder) { value = try? Value(from: decoder) }
}

/// One delivery on its way to an `Event`: knows what to call it in an error.
struct PayloadDecoding {
  let forge: Forge
  let event: String

  func decode<Payload: Decodable>(_ type: Payload.Type, from document: [UInt8]?) throws(ForgeError) -> Payload {
    guard let document else { throw error(.notJSON, "the form has no field named payload") }
    do {
      return try JSONDecoder().decode(type, from: Data(document))
    } catch let problem as DecodingError {
      throw described(problem)
    } catch {
      throw self.error(.notJSON, "the body is not JSON")
    }
  }

  func objectID(_ text: String, field: String) throws(ForgeError) -> ObjectID {
    guard let id = ObjectID(text) else { throw error(.badReference, "\(field) is not an object name") }
    return id
  }

  func ref(_ text: String, field: String) throws(ForgeError) -> String {
    guard RefName.isValid(text) else { throw error(.badReference, "\(field) is not the full name of a ref") }
    return text
  }

  func branch(_ text: String, field: String) throws(ForgeError) -> String {
    guard RefName.isValid(branch: text) else { throw error(.badReference, "\(field) is not the name of a branch") }
    return text
  }

  func number(_ number: Int, field: String) throws(ForgeError) -> Int {
    guard number > 0 else { throw error(.missingField, "\(field) is not a positive number") }
    return number
  }

  /// A login that a forge can have given: letters, digits and `-._`, with `[bot]` at the end for an App on GitHub.
  func login(_ text: String, field: String) throws(ForgeError) -> String {
    guard LoginName.isValid(text) else { throw error(.badName, "\(field) is not a login") }
    return text
  }

  /// Nil for a login that is none: it is only nice to have.
  func sender(_ text: String?) -> String? { text.flatMap { LoginName.isValid($0) ? $0 : nil } }

  /// A reference to a repository with a validated name; a default branch that is none is left out.
  func repository(_ name: String, defaultBranch: String?) throws(ForgeError) -> Event.RepositoryReference {
    let branch = defaultBranch.flatMap { RefName.isValid(branch: $0) ? $0 : nil }
    return Event.RepositoryReference(name: try RepositoryName.validated(name, forge: forge), defaultBranch: branch)
  }

  func error(_ code: ForgeError.Code, _ what: String) -> ForgeError { ForgeError(code, "\(forge.rawValue) \(event): \(what)") }

  /// Names the field by our own keys; nothing of the payload gets into the text.
  private func described(_ problem: DecodingError) -> ForgeError {
    if case .dataCorrupted = problem { return error(.notJSON, "the body is not JSON") }
    return error(.missingField, Self.field(of: problem))
  }

  /// Which of our fields a problem is about, in words.
  static func field(of problem: DecodingError) -> String {
    func name(_ path: [any CodingKey]) -> String { path.isEmpty ? "the body" : path.map(\.stringValue).joined(separator: ".") }
    switch problem {
    case .keyNotFound(let key, let context): return "\(name(context.codingPath + [key])) is missing"
    case .valueNotFound(_, let context): return "\(name(context.codingPath)) is null"
    case .typeMismatch(_, let context): return "\(name(context.codingPath)) has the wrong type"
    case .dataCorrupted: return "the body is not JSON"
    @unknown default: return "the body cannot be decoded"
    }
  }
}
