// What a delivery can mean beside pushes and pull requests: comments that may hold commands, and the news about repositories
// and installations that end in a clear state instead of a failing request later.

extension Event {
  /// A comment that was just written on a pull (merge) request. Edited and deleted ones, and those elsewhere, are `.other`.
  public struct CommentEvent: Sendable, Hashable, Codable {
    /// Where it stands.
    public enum Place: String, Sendable, Codable, CaseIterable {
      /// In the pull request's conversation.
      case conversation
      /// At a line of the difference.
      case reviewComment
      /// The text of a review as a whole.
      case review
    }
    public var repository: RepositoryReference
    /// The pull request's number.
    public var number: Int
    /// The forge's name of the comment, unique among those of its place. Gitea names no reviews: a hash stands for the name then.
    public var id: String
    /// The author's login, `name[bot]` for an App on GitHub.
    public var author: String
    /// At most `maximumBody` bytes.
    public var body: String
    /// Whether the body was longer.
    public var isTruncated: Bool
    public var place: Place

    public static let maximumBody = 65_536

    /// Keeps the body's first `maximumBody` bytes.
    public init(repository: RepositoryReference, number: Int, id: String, author: String, body: String, place: Place) {
      self.repository = repository
      self.number = number
      self.id = id
      self.author = author
      self.body = Self.start(of: body)
      self.isTruncated = body.utf8.count > Self.maximumBody
      self.place = place
    }

    /// A slice that would end within a scalar ends before it.
    private static func start(of text: String) -> String {
      text.utf8.count > maximumBody ? String(text[..<text.utf8.index(text.startIndex, offsetBy: maximumBody)]) : text
    }
  }

  /// An App was installed or removed, or it was given or refused repositories.
  public struct InstallationEvent: Sendable, Hashable, Codable {
    public enum Action: String, Sendable, Codable, CaseIterable {
      case created, deleted, suspended, unsuspended, repositoriesAdded, repositoriesRemoved, other
    }
    public var action: Action
    /// Full names of the repositories that it is about, at most `maximumRepositories`; none where the forge does not list them.
    public var repositories: [String]
    /// Whether there were more, or some whose names no forge gives.
    public var isTruncated: Bool

    public static let maximumRepositories = 1000

    public init(action: Action, repositories: [String] = [], isTruncated: Bool = false) {
      self.action = action
      self.repositories = repositories
      self.isTruncated = isTruncated
    }
  }

  /// A repository has another name or owner, is gone, or was closed to writers.
  public struct RepositoryEvent: Sendable, Hashable, Codable {
    public enum Action: String, Sendable, Codable, CaseIterable { case renamed, transferred, deleted, archived, unarchived }
    public var action: Action
    /// Under its name of now; for a deleted one its last.
    public var repository: RepositoryReference
    /// Its full name before, where it has another one now and the forge said which it was.
    public var oldName: String?

    public init(action: Action, repository: RepositoryReference, oldName: String? = nil) {
      self.action = action
      self.repository = repository
      self.oldName = oldName
    }
  }
}
