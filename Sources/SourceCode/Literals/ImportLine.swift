// One line that imports a package, as far as an exchange of packages needs it: which module it names and what it binds. Two lines that
// bind the same from different modules say that the one package stands in for the other.

import Domain

/// A line such as `import name`, `from name import x`, `require('name')`, `use name::x`.
public struct ImportLine: Sendable, Hashable {
  /// The module as written, without what is imported from it.
  public var module: String
  /// What the line binds, in a form to be compared with another line's of the language; nil when the name of the module is what is bound.
  public var binding: String?

  enum Family { case script, python, rust, go, ruby }

  static func family(_ language: SourceLanguage?) -> Family? {
    switch language {
    case .javascript, .typescript: .script
    case .python: .python
    case .rust: .rust
    case .go: .go
    case .ruby: .ruby
    default: nil
    }
  }

  /// What a sample's line imports; nil for a language that is not read.
  public init?(_ line: String, language: String?) {
    switch language ?? "" {
    case "javascript", "typescript", "jsx", "tsx": self.init(line, .script)
    case "python": self.init(line, .python)
    case "rust": self.init(line, .rust)
    case "go": self.init(line, .go)
    case "ruby": self.init(line, .ruby)
    default: return nil
    }
  }

  init?(_ line: String, _ family: Family) {
    guard line.utf8.count <= 400 else { return nil }
    let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" }.map(String.init)
    guard let first = words.first else { return nil }
    let found: (String, String?)? =
      switch family {
      case .python: Self.python(words)
      case .script: Self.script(words)
      case .rust: Self.rust(words)
      case .go: Self.go(words)
      case .ruby: first == "require" && words.count == 2 ? Self.quoted(words[1]).map { ($0, "require") } : nil
      }
    guard let found, !found.0.isEmpty else { return nil }
    (module, binding) = found
  }

  private static func python(_ words: [String]) -> (String, String?)? {
    let code = Array(words.prefix { !$0.hasPrefix("#") })
    guard code.count >= 2 else { return nil }
    if code[0] == "from", code.count >= 4, code[2] == "import" {
      return (code[1], "from " + code[3...].joined(separator: " "))
    }
    guard code[0] == "import", !code[1].hasSuffix(",") else { return nil }
    if code.count == 4, code[2] == "as" { return (code[1], code[3]) }
    return code.count == 2 ? (code[1], nil) : nil
  }

  /// The module is the text in quotes; what is bound is the rest of the line.
  private static func script(_ words: [String]) -> (String, String?)? {
    let text = words.joined(separator: " ")
    for opening in ["require(", "from ", "import(", "import "] {
      for quote in ["'", "\""] {
        guard let mark = text.ranges(of: opening + quote).first else { continue }
        let rest = text[mark.upperBound...]
        guard let end = rest.firstIndex(of: quote.first ?? "'") else { return nil }
        let binding = text[..<mark.lowerBound] + opening + rest[rest.index(after: end)...].filter { $0 != ";" }
        return (String(rest[..<end]), String(binding))
      }
    }
    return nil
  }

  private static func rust(_ words: [String]) -> (String, String?)? {
    let code = words.first == "pub" ? Array(words.dropFirst()) : words
    guard code.count >= 2, code[0] == "use" else { return nil }
    let path = code[1...].joined(separator: " ").filter { $0 != ";" }
    guard let colons = path.ranges(of: "::").first else { return nil }
    return (String(path[..<colons.lowerBound]), String(path[colons.upperBound...]))
  }

  /// `"host/owner/name"`, with the name that it is given.
  private static func go(_ words: [String]) -> (String, String?)? {
    let code = words.first == "import" ? Array(words.dropFirst()) : words
    guard code.count == 1 || code.count == 2, let path = code.last.flatMap(quoted), path.contains(".") else { return nil }
    return (path, code.count == 2 ? code[0] : path.split(separator: "/").last.map(String.init))
  }

  private static func quoted(_ text: String) -> String? {
    guard let quote = text.first, quote == "\"" || quote == "'", text.last == quote, text.utf8.count > 2 else { return nil }
    return String(text.dropFirst().dropLast())
  }

  /// Whether it imports the package, which a manifest names so.
  func imports(_ package: String) -> Bool {
    let name = Self.folded(package)
    let written = Self.folded(module)
    guard written.hasPrefix(name) else { return false }
    return written.utf8.count == name.utf8.count || written.dropFirst(name.count).first.map { $0 == "." || $0 == "/" } == true
  }

  /// The part of the module that names the package.
  func packagePart(_ package: String) -> String { String(module.prefix(package.count)) }

  /// Python's `charset-normalizer` is imported as `charset_normalizer`, Rust's likewise.
  private static func folded(_ name: String) -> String { name.lowercased().replacing("-", with: "_") }
}
