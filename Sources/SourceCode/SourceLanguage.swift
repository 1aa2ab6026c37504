// Which language a file is in, by its name alone: a hostile file is never asked.

/// A language whose declarations the scanner knows.
public enum SourceLanguage: String, Sendable, Codable, CaseIterable, Hashable {
  case python, javascript, typescript, go, rust, java, c, cpp, csharp, kotlin, php, ruby, swift

  /// The language of a path by its file name, or nil for anything that is not source code of a known language.
  public init?(path: String) {
    let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.index(after: $0)...] } ?? path[...]
    if let language = Self.byFileName[String(name)] {
      self = language
      return
    }
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return nil }
    guard let language = Self.byExtension[name[name.index(after: dot)...].lowercased()] else { return nil }
    self = language
  }

  /// Whether blocks are drawn by indentation (Ruby's `end` always stands in the column of its opener).
  var isIndented: Bool { self == .python || self == .ruby }

  /// Whether a line break may end a statement.
  var newlineEndsStatement: Bool {
    switch self {
    case .javascript, .typescript, .go, .kotlin, .swift, .python, .ruby: true
    case .rust, .java, .c, .cpp, .csharp, .php: false
    }
  }

  private static let byFileName: [String: SourceLanguage] = ["Rakefile": .ruby, "Gemfile": .ruby, "Guardfile": .ruby, "Dangerfile": .ruby]

  private static let byExtension: [String: SourceLanguage] = [
    "py": .python, "pyi": .python, "pyx": .python,
    "js": .javascript, "mjs": .javascript, "cjs": .javascript, "jsx": .javascript,
    "ts": .typescript, "mts": .typescript, "cts": .typescript, "tsx": .typescript,
    "go": .go, "rs": .rust, "java": .java,
    "c": .c, "h": .c,
    "cc": .cpp, "cpp": .cpp, "cxx": .cpp, "hpp": .cpp, "hh": .cpp, "hxx": .cpp,
    "cs": .csharp, "kt": .kotlin, "kts": .kotlin, "php": .php,
    "rb": .ruby, "rake": .ruby, "gemspec": .ruby,
    "swift": .swift,
  ]
}
