// What a repository lets the engine run. The values come from `.doc-healing.yml` on the base branch, so that a stranger's pull request
// cannot switch execution on.

/// Which samples are run, and with what.
public struct ExecutionSettings: Sendable, Hashable {
  public struct Language: Sendable, Hashable {
    /// Wall-clock seconds of one sample; nil is the language's own limit (10, or 60 where it is compiled).
    public var timeout: Int?
    /// Packages that samples may import, as the language's package manager writes them: `requests>=2`, `left-pad@1.3.0`.
    public var dependencies: [String]

    public init(timeout: Int? = nil, dependencies: [String] = []) {
      self.timeout = timeout
      self.dependencies = dependencies
    }
  }

  /// The languages whose level is `execute`, by normalised name (`python`, `bash`, `javascript`, `ruby`, `go`, `rust`, `swift`, `c`).
  public var languages: [String: Language]

  public init(languages: [String: Language] = [:]) { self.languages = languages }

  /// Samples that are shown under another name belong to these languages.
  static func family(of language: String) -> String {
    switch language {
    case "pycon", "ipython": "python"
    case "console", "shell", "sh", "zsh", "shell-session", "shellsession": "bash"
    case "js", "jsx", "mjs", "cjs": "javascript"
    case "irb": "ruby"
    default: language
    }
  }

  func language(of name: String?) -> (name: String, settings: Language)? {
    guard let name else { return nil }
    let family = Self.family(of: name)
    return languages[family].map { (family, $0) }
  }
}
