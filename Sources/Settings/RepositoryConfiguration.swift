// How a repository configures its own healing: `.doc-healing.yml` at its root, for a pull request that of the base branch.
// It comes from whoever may push, so it is data to be judged: bounded in size and depth, without anchors, and a mistake in it
// is told with its line while everything else in the file still counts.

/// What `.doc-healing.yml` says.
public struct RepositoryConfiguration: Sendable, Equatable {
  /// Where it stands, from the repository's root.
  public static let fileName = ".doc-healing.yml"
  /// In bytes; a larger file is a mistake.
  public static let sizeLimit = 64 * 1024

  /// Which files are documentation.
  public struct Documentation: Sendable, Equatable {
    public var include: [Glob]
    public var exclude: [Glob] = []

    /// Whether a path, relative to the root, is included and not excluded.
    public func selects(_ path: String) -> Bool {
      include.contains { $0.matches(path) } && !exclude.contains { $0.matches(path) }
    }
  }

  /// How far a sample of a language is checked.
  public enum Level: String, Sendable, CaseIterable { case syntax, resolve, execute }

  public struct Language: Sendable, Equatable {
    public var enabled = true
    /// Seconds; nil is the language's own limit.
    public var timeout: Int?
    /// Packages that samples may import.
    public var dependencies: [String] = []
    /// Nil is the language's own.
    public var level: Level?
  }

  public struct Validation: Sendable, Equatable {
    /// Publish verified fixes; without it they are only reported.
    public var autoCorrect = true
    /// Fixes below it are reported, not applied; 0 to 1.
    public var confidenceThreshold = 0.8
    /// Never commit: offer every fix for review.
    public var requireManualReview = false
    /// Findings that remain fail the check.
    public var blockOnFailure = false
    public var maxConcurrentSnippets = 4
    /// The share of a rule's repairs that people must have accepted for it to go on repairing here; 0 to 1, 0 never demotes.
    public var acceptanceThreshold = 0.5
    /// Whether the service's language model, if it has one, may be asked about this repository. It cannot be switched on here.
    public var languageModel = true
  }

  public struct Notifications: Sendable, Equatable {
    public var prComments = true
    public var statusChecks = true
    public var reviewComments = true
  }

  /// Findings that are left alone: one of the three, until a day, for a reason.
  public struct IgnoreEntry: Sendable, Equatable {
    public enum Target: Sendable, Equatable {
      /// The beginning of a finding's fingerprint.
      case finding(String)
      case rule(String)
      case file(Glob)
    }

    public var target: Target
    /// The last day that it counts: `2027-01-31`; nil is for ever.
    public var until: String?
    public var reason: String?

    public init(target: Target, until: String? = nil, reason: String? = nil) {
      self.target = target
      self.until = until
      self.reason = reason
    }

    /// Whether it covers such a finding on a day (`2026-11-24`).
    public func covers(rule: String, path: String, fingerprint: String, on day: String) -> Bool {
      if let until, until < day { return false }
      switch target {
      case .finding(let name):
        // A whole name names only itself: `3f9…` and `3f9…-2` are two.
        let whole = fingerprint.prefix { $0 != "-" }
        return name.contains("-") || name.utf8.count >= whole.utf8.count ? name == fingerprint : fingerprint.hasPrefix(name)
      case .rule(let name): return rule == name
      case .file(let glob): return glob.matches(path)
      }
    }
  }

  public struct SnippetMarkers: Sendable, Equatable {
    /// Languages of code blocks that are checked; empty is every language that the engine knows.
    public var codeBlockLanguages: [String] = []
    /// Before a code block: leave it alone.
    public var ignoreMarker = "<!-- doc-healing:ignore -->"
  }

  public var enabled = true
  public var documentation: Documentation
  /// By lower-case name.
  public var languages: [String: Language] = [:]
  /// Rules that are switched on or off, by name; the others are as the engine has them.
  public var rules: [String: Bool] = [:]
  public var validation = Validation()
  public var notifications = Notifications()
  public var snippetMarkers = SnippetMarkers()
  /// Branches whose pushes are healed; empty is the default branch where a forge has pull requests, and else every branch.
  public var branches: [Glob] = []
  /// Findings that are left alone.
  public var ignored: [IgnoreEntry] = []

  /// What counts where nothing is configured: every file of a format that is read.
  public init() { documentation = Documentation(include: Self.everyFile) }

  private static let everyFile = ["**"].compactMap { try? Glob($0) }

  /// What counts when the file cannot be read at all: find, but publish nothing, since it might have said so.
  static var cautious: RepositoryConfiguration {
    var configuration = RepositoryConfiguration()
    configuration.validation.autoCorrect = false
    configuration.validation.languageModel = false
    return configuration
  }
}

/// Something in the file that does not count, and why.
public struct ConfigurationMistake: Sendable, Hashable {
  /// 1-based.
  public var line: Int
  /// One sentence, lower case.
  public var message: String

  public init(line: Int, message: String) {
    self.line = line
    self.message = message
  }
}
