// Text of repositories and people inside our own Markdown: it is shown, and can neither call anybody, nor link, nor end what it
// stands in.

/// Renders untrusted text for comments and checks.
enum MarkdownText {
  /// A code span that shows the text; long text is cut.
  static func code(_ text: String, limit: Int = 160) -> String {
    let line = oneLine(text, limit: limit)
    let fence = String(repeating: "`", count: longestRun(of: "`", in: line) + 1)
    let isPadded = line.hasPrefix("`") || line.hasSuffix("`") || line.isEmpty
    return isPadded ? "\(fence) \(line) \(fence)" : fence + line + fence
  }

  /// Prose: what would be markup is escaped, `@` calls nobody, addresses do not become links. Code spans stay what they are.
  static func prose(_ text: String, limit: Int = 300) -> String {
    var result = ""
    for (index, part) in oneLine(text, limit: limit).split(separator: "`", omittingEmptySubsequences: false).enumerated() {
      result += index % 2 == 1 ? code(String(part)) : escaped(part)
    }
    return result
  }

  /// What stands in a cell of a table. A bar would end the cell, in a code span too.
  static func cell(_ markdown: String) -> String {
    markdown.replacing("\\|", with: "|").replacing("|", with: "\\|")
  }

  /// A fenced block that the text cannot end.
  static func block(_ text: String, language: String = "") -> String {
    let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: text) + 1))
    return "\(fence)\(language)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(fence)"
  }

  private static func escaped(_ text: Substring) -> String {
    var result = ""
    for character in text.replacing("www.", with: "www\u{2060}.") {
      switch character {
      case "\\", "*", "_", "{", "}", "[", "]", "<", ">", "#", "|", "~", "!", "&": result += "\\\(character)"
      // A word joiner behind them, which nobody sees: forges then find no name and no address.
      case "@": result += "@\u{2060}"
      case ":": result += ":\u{2060}"
      default: result.append(character)
      }
    }
    return result
  }

  static func oneLine(_ text: String, limit: Int) -> String {
    let line = String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
    return line.count > limit ? line.prefix(limit - 1) + "…" : line
  }

  /// Control characters, and those that turn the direction of text.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
      || (0x2066...0x2069).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
  }

  private static func longestRun(of character: Character, in text: String) -> Int {
    var longest = 0
    var run = 0
    for next in text {
      run = next == character ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
}
