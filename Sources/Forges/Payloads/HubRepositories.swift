// News about repositories and an App's installations, in GitHub's shapes; Gitea sends the first too.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads#repository

import Domain

/// A repository was renamed, transferred, deleted, archived or something else.
struct HubRepositoryNews: Decodable {
  struct Before: Decodable { let from: String }
  struct Renamed: Decodable { let name: Before }
  struct Owner: Decodable {
    let user: HubUser?
    let organization: HubUser?
  }
  struct OldOwner: Decodable { let from: Owner }
  struct Changes: Decodable {
    let repository: Lenient<Renamed>?
    let owner: Lenient<OldOwner>?
  }
  let action: String
  let repository: HubPush.Repository
  let changes: Lenient<Changes>?

  func event(_ decoding: PayloadDecoding) throws(ForgeError) -> Event {
    guard let action = Event.RepositoryEvent.Action(rawValue: action) else { return .other(decoding.event) }
    let repository = try decoding.repository(self.repository.full_name, defaultBranch: self.repository.default_branch?.value)
    let oldName = try oldName(after: repository.name, action).map { name throws(ForgeError) in
      try RepositoryName.validated(name, forge: decoding.forge)
    }
    return .repository(Event.RepositoryEvent(action: action, repository: repository, oldName: oldName))
  }

  /// The payload says only the part of the name that changed.
  private func oldName(after name: String, _ action: Event.RepositoryEvent.Action) -> String? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    switch action {
    case .renamed: return (changes?.value?.repository?.value?.name.from).map { "\(parts[0])/\($0)" }
    case .transferred:
      let owner = changes?.value?.owner?.value?.from
      return (owner?.user ?? owner?.organization).map { "\($0.login)/\(parts[1])" }
    case .deleted, .archived, .unarchived: return nil
    }
  }
}

/// An App was installed, removed or suspended, or its repositories changed.
struct HubInstallation: Decodable {
  struct Repository: Decodable { let full_name: String }
  typealias Repositories = Lenient<[Lenient<Repository>]>
  let action: String
  let repositories: Repositories?
  let repositories_added: Repositories?
  let repositories_removed: Repositories?

  func event(_ decoding: PayloadDecoding) -> Event {
    let action = kind
    let all = list(for: action)?.value ?? []
    let names = all.prefix(Event.InstallationEvent.maximumRepositories).compactMap { entry in
      entry.value.flatMap { try? RepositoryName.validated($0.full_name, forge: decoding.forge) }
    }
    return .installation(Event.InstallationEvent(action: action, repositories: names, isTruncated: names.count < all.count))
  }

  private var kind: Event.InstallationEvent.Action {
    switch action {
    case "created": .created
    case "deleted": .deleted
    case "suspend": .suspended
    case "unsuspend": .unsuspended
    case "added": .repositoriesAdded
    case "removed": .repositoriesRemoved
    default: .other
    }
  }

  private func list(for action: Event.InstallationEvent.Action) -> Repositories? {
    switch action {
    case .repositoriesAdded: repositories_added
    case .repositoriesRemoved: repositories_removed
    default: repositories
    }
  }
}
