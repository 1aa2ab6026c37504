// Adds an entry to a repository's `.doc-healing.yml`, as text: what people wrote stays as it is, comments and all. The result is parsed
// before it is used, so a file whose shape is not understood is refused rather than spoiled.

extension RepositoryConfiguration {
  /// The file with one more entry of `ignore`; nil where that cannot be done safely, and people must do it.
  /// - Parameters:
  ///   - bytes: the file as it is; empty for a repository without one.
  ///   - entry: its keys and values, the target first.
  public static func adding(
    ignore entry: [(key: String, value: String)], to bytes: [UInt8], knownRules: [String]? = nil
  ) -> [UInt8]? {
    let before = parse(bytes, knownRules: knownRules)
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let ending = text.contains("\r\n") ? "\r\n" : "\n"
    var lines = text.split(separator: ending, omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    let indent: String
    let place: Int
    if let start = lines.firstIndex(where: { $0.hasPrefix("ignore:") }) {
      // A list in brackets, or a value behind the colon, is for people.
      guard lines[start].dropFirst("ignore:".count).allSatisfy({ $0 == " " }) else { return nil }
      let end = lines[(start + 1)...].firstIndex { isTopLevel($0) } ?? lines.count
      let items = lines[(start + 1)..<end]
      indent = String((items.first { $0.drop { $0 == " " }.hasPrefix("- ") } ?? "  - ").prefix { $0 == " " })
      place = (items.lastIndex { !$0.allSatisfy { $0 == " " } } ?? start) + 1
    } else {
      if !lines.isEmpty { lines.append("") }
      lines.append("ignore:")
      (indent, place) = ("  ", lines.count)
    }
    lines.insert(contentsOf: self.lines(ofIgnore: entry, indent: indent), at: place)
    let result = Array((lines.joined(separator: ending) + ending).utf8)
    let after = parse(result, knownRules: knownRules)
    var expected = before.configuration
    guard let new = after.configuration.ignored.last else { return nil }
    expected.ignored.append(new)
    guard after.configuration == expected, after.mistakes.count == before.mistakes.count else { return nil }
    return result
  }

  /// The lines of one entry of `ignore`.
  public static func lines(ofIgnore entry: [(key: String, value: String)], indent: String) -> [String] {
    entry.enumerated().map { index, pair in "\(indent)\(index == 0 ? "- " : "  ")\(pair.key): \(quoted(pair.value))" }
  }

  /// Whether the file has an entry with the same target and day.
  public static func holds(ignore entry: [(key: String, value: String)], in bytes: [UInt8], knownRules: [String]? = nil) -> Bool {
    let alone = Array((["ignore:"] + lines(ofIgnore: entry, indent: "  ")).joined(separator: "\n").utf8)
    guard let wanted = parse(alone, knownRules: knownRules).configuration.ignored.first else { return false }
    return parse(bytes, knownRules: knownRules).configuration.ignored.contains { $0.target == wanted.target && $0.until == wanted.until }
  }

  /// Whether a line begins a key of the root.
  private static func isTopLevel(_ line: String) -> Bool {
    guard let first = line.first else { return false }
    return first != " " && first != "#" && first != "-"
  }

  /// A double-quoted scalar (YAML 1.2, section 7.3.1).
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      default:
        result +=
          scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0x85 || (0x2028...0x2029).contains(scalar.value)
          ? " " : String(scalar)
      }
    }
    return result + "\""
  }
}
