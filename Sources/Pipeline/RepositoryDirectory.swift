// Which repository a webhook is about. Where it is fetched from follows from the operator's configuration and the
// validated name, never from an address in the payload: a forged payload cannot make the engine talk to a host.

import Domain
import Forges
import Settings
import Storage
import Threading

/// Finds the repository of an event, and adds it when a signed webhook speaks of a new one.
public struct RepositoryDirectory: Sendable {
  let store: any Store
  let settings: Settings
  let clock: any WallClock

  public init(store: any Store, settings: Settings, clock: any WallClock) {
    self.store = store
    self.settings = settings
    self.clock = clock
  }

  /// A repository is known when it was added by `doc-healing repository add`, or when a webhook spoke of it that a secret
  /// vouches for. Nil with the reason otherwise.
  func resolve(_ reference: Event.RepositoryReference, forge: Forge) throws -> Result<Repository, Ignored> {
    for name in Self.spellings(of: reference.name, forge: forge) {
      if let known = try store.repository(forge: forge, name: name) {
        return known.enabled ? .success(known) : .failure(Ignored("repository \(known.name) is switched off"))
      }
    }
    guard !settings.takesUnsignedWebhooks(forge) else {
      return .failure(
        Ignored("repository \(reference.name) is not known, and no secret vouches for the webhook; add it with doc-healing repository add"))
    }
    let url: String
    do {
      url = try address(of: reference.name, forge: forge)
    } catch {
      return .failure(Ignored("\(error)"))
    }
    let repository = Repository(
      id: .make(at: clock.now()), forge: forge, name: reference.name, cloneURL: url, defaultBranch: reference.defaultBranch,
      createdAt: clock.now())
    return .success(try store.register(repository))
  }

  /// Where a repository is fetched from.
  func address(of name: String, forge: Forge) throws -> String {
    try CloneAddress.url(forge: forge, name: name, base: settings.cloneBase(for: forge).map { "\($0)" })
  }
}

extension RepositoryDirectory {
  /// A hook on the server may name a folder's repository by its path, its `.git` folder or a file URL.
  fileprivate static func spellings(of name: String, forge: Forge) -> [String] {
    guard forge == .git else { return [name] }
    var path = name.hasPrefix("file:///") ? String(name.dropFirst("file://".count)) : name
    guard path.hasPrefix("/") else { return [name] }
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return [path, path.hasSuffix("/.git") ? String(path.dropLast(5)) : path + "/.git"]
  }
}

/// Nothing is to be done, and why: one line.
struct Ignored: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
