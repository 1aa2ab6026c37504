// Which repository a delivery is about, as far as the responder needs it: deliveries of one repository are processed in the
// order they came. Only the worker decodes the event; a name that cannot be found costs order, nothing else.

import Domain

extension ForgeReceiver {
  /// Checks that the document is one JSON object and returns the name that orders it; both in one pass over the bytes.
  /// Throws when it is not; the route answers 400 then.
  public func orderingName(in document: [UInt8]) throws(ForgeError) -> String {
    do {
      let names = try PayloadScanner.strings(at: forge.repositoryNamePaths, in: document)
      let name = names.compactMap { $0 }.first ?? ""
      return name.utf8.count <= 512 ? name : ""
    } catch {
      throw ForgeError(.notJSON, "the body is not a JSON object: \(error)")
    }
  }
}

extension Forge {
  /// Where payloads of this forge name their repository, best first.
  fileprivate var repositoryNamePaths: [[String]] {
    switch self {
    case .github, .gitea: [["repository", "full_name"]]
    case .gitlab: [["project", "path_with_namespace"], ["path_with_namespace"]]
    case .git: [["repository"]]
    }
  }
}
