// The words of one command, and what a word can be the name of.

/// Words apart from each other; one in backticks or quotes is one word, without them.
struct CommandWords {
  private var text: Substring
  /// What `peek` has read already, and where it ended.
  private var read: (word: String, after: Substring)?

  init(_ line: String) { text = line[...] }

  mutating func peek() -> String? {
    if read == nil { read = Self.word(at: text) }
    return read?.word
  }

  mutating func next() -> String? {
    guard let word = peek(), let after = read?.after else { return nil }
    (text, read) = (after, nil)
    return word
  }

  /// Everything that was not taken yet, as it stands.
  var rest: String { Self.trimmed(text) }

  private static func word(at text: Substring) -> (String, Substring)? {
    let start = text.drop { $0 == " " || $0 == "\t" }
    guard let first = start.first else { return nil }
    if first == "`" || first == "\"" {
      let inner = start.dropFirst()
      if let end = inner.firstIndex(of: first), end > inner.startIndex { return (String(inner[..<end]), inner[inner.index(after: end)...]) }
    }
    let end = start.firstIndex { $0 == " " || $0 == "\t" } ?? start.endIndex
    return (String(start[..<end]), start[end...])
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }
}

/// The name of a finding: the first hexadecimal characters of its fingerprint, perhaps with an ellipsis, or the whole with its number.
struct FindingName {
  let text: String

  init?(_ word: String) {
    let (hex, number) = Self.parts(word)
    guard (CommandParser.shortestFinding...64).contains(hex.utf8.count), hex.utf8.allSatisfy(Self.isHexadecimal) else { return nil }
    guard let number else {
      text = hex
      return
    }
    guard (1...6).contains(number.utf8.count), number.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    text = hex + "-" + number
  }

  /// Whether a word is like the start of one, only too short.
  static func isShortened(_ word: String) -> Bool {
    let hex = parts(word).hex
    return !hex.isEmpty && hex.utf8.allSatisfy(isHexadecimal) && hex.utf8.contains { (0x30...0x39).contains($0) }
  }

  private static func parts(_ word: String) -> (hex: String, number: String?) {
    var word = CommandParser.plain(word).lowercased()[...]
    if word.hasPrefix("#") { word.removeFirst() }
    while word.hasSuffix("…") { word.removeLast() }
    guard let dash = word.firstIndex(of: "-") else { return (String(word), nil) }
    return (String(word[..<dash]), String(word[word.index(after: dash)...]))
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
}

/// The path of a document, as a comment may name it.
enum DocumentPath {
  private static let extensions: Set<String> = [
    "md", "markdown", "mdown", "mkd", "mdx", "mdc", "qmd", "rmd", "rst", "rest", "txt", "adoc", "asciidoc", "asc", "ipynb", "html", "htm",
  ]

  static func looksLikeOne(_ word: String) -> Bool {
    if word.contains("/") { return true }
    guard let dot = word.lastIndex(of: "."), dot > word.startIndex else { return false }
    return extensions.contains(word[word.index(after: dot)...].lowercased())
  }

  /// Relative to the repository's root; nil for what is not: absolute, with `..`, an address, with control characters.
  static func normalized(_ word: String) -> String? {
    var path = word[...]
    while path.hasPrefix("./") { path = path.dropFirst(2) }
    guard (1...1024).contains(path.utf8.count), !path.hasPrefix("/"), !path.contains("://"), !path.contains("\\") else { return nil }
    guard !path.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return nil }
    let components = path.split(separator: "/", omittingEmptySubsequences: false)
    for (index, component) in components.enumerated() {
      if component == "." || component == ".." || component.isEmpty && index < components.count - 1 { return nil }
    }
    return String(path)
  }
}
