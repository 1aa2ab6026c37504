// What of an answer counts: a replacement of the lines that were asked about, and nothing that a repair does not need. A model may be
// wrong, may be led by text in the repository, may be somebody else's server: the answer is judged as a stranger's pull request is.

import Domain
import FoundationEssentials

/// Why an answer is not used.
enum Rejection: String, Error, Sendable, CaseIterable {
  case notJSON = "not the JSON that was asked for"
  case otherLines = "other lines than those that were asked about"
  case tooLarge = "much longer or shorter than what stands there"
  case unchanged = "what stands there already"
  case unprintable = "characters that cannot be seen"
  case addsMarkup = "HTML or comments that were not there"
  case addsAddress = "addresses that were not there"
  case addsFence = "borders of code blocks that were not there"
  case addsMarker = "a marker that tells the checks to look away"
}

/// Reads and judges an answer.
enum ModelAnswer {
  static let maximumBytes = 16 << 10

  private struct Answer: Decodable {
    var first_line: Int
    var last_line: Int
    var replacement: String?
  }

  private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Only the names of an object, to refuse what was not asked for.
  private struct Names: Decodable {
    var names: Set<String>
    init(from decoder: any Decoder) throws {
      names = Set(try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue))
    }
  }

  /// The new text of the window's lines, with the document's line ends; nil when the model says that it does not know.
  static func replacement(from answer: String, for window: ModelWindow, _ inputs: ModelInputs) throws(Rejection) -> String? {
    guard answer.utf8.count <= maximumBytes else { throw .tooLarge }
    let bytes = Data(unwrapped(answer).utf8)
    let names: Set = ["first_line", "last_line", "replacement"]
    guard let found = try? JSONDecoder().decode(Names.self, from: bytes), found.names == names,
      let read = try? JSONDecoder().decode(Answer.self, from: bytes)
    else { throw .notJSON }
    guard read.first_line == window.firstLine, read.last_line == window.lastLine else { throw .otherLines }
    guard var text = read.replacement else { return nil }
    text = text.replacing("\r\n", with: "\n")
    if text.hasSuffix("\n"), !window.text.hasSuffix("\n") { text.removeLast() }
    let old = window.text.replacing("\r\n", with: "\n")
    try judge(text, old: old, inputs)
    return usesCRLF(window, inputs.bytes) ? text.replacing("\n", with: "\r\n") : text
  }

  /// Models like to put JSON into a code block, whatever they are told.
  private static func unwrapped(_ answer: String) -> String {
    let lines = answer.split(separator: "\n", omittingEmptySubsequences: true).filter { $0.contains { !$0.isWhitespace } }
    guard lines.count >= 3, let first = lines.first, let last = lines.last, first.hasPrefix("```"), last == "```" else { return answer }
    return lines.dropFirst().dropLast().joined(separator: "\n")
  }

  /// Whether the window's lines end with a carriage return too.
  private static func usesCRLF(_ window: ModelWindow, _ bytes: [UInt8]) -> Bool {
    window.text.contains("\r\n") || (window.span.end < bytes.count && bytes[window.span.end] == 0x0D)
  }

  private static func judge(_ new: String, old: String, _ inputs: ModelInputs) throws(Rejection) {
    guard new != old else { throw .unchanged }
    let (size, lines) = (old.utf8.count, lineCount(old))
    guard new.utf8.count <= size * 2 + 200, new.utf8.count * 2 >= size, abs(lineCount(new) - lines) <= 3 else { throw .tooLarge }
    guard new.contains(where: { !$0.isWhitespace }) else { throw .tooLarge }
    guard !new.unicodeScalars.contains(where: { isHidden($0) && !old.unicodeScalars.contains($0) }) else { throw .unprintable }
    guard fences(new) == fences(old) else { throw .addsFence }
    let lower = new.lowercased()
    let markers = (inputs.markers + ["doc-healing", "ignore -->"]).map { $0.lowercased() }
    guard !markers.contains(where: { lower.contains($0) && !old.lowercased().contains($0) }) else { throw .addsMarker }
    guard addedTags(new, old: old, isInSample: inputs.isInSample).isEmpty else { throw .addsMarkup }
    guard addedAddresses(new, old: old).isEmpty else { throw .addsAddress }
  }

  private static func lineCount(_ text: String) -> Int { text.utf8.count { $0 == 0x0A } }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control: scalar != "\n" && scalar != "\t"
    case .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  /// The lines that open or close a block of code.
  private static func fences(_ text: String) -> [String] {
    text.split(separator: "\n").map { String($0.drop { " \t>*-+".contains($0) }) }.filter { $0.hasPrefix("```") || $0.hasPrefix("~~~") }
  }

  /// Pieces that begin like HTML and do not stand in the old text. In a sample `<` is code, so only comments and closing tags count.
  private static func addedTags(_ new: String, old: String, isInSample: Bool) -> [Substring] {
    var added: [Substring] = []
    var rest = new[...]
    while let begin = rest.firstIndex(of: "<") {
      rest = rest[begin...]
      let end = rest.firstIndex { $0 == ">" || $0 == "\n" } ?? rest.endIndex
      let tag = rest[..<end]
      let next = tag.dropFirst().first
      let isTag = next.map { isInSample ? $0 == "!" || $0 == "/" : $0.isLetter || "/!?".contains($0) } ?? false
      if isTag, !old.contains(tag) { added.append(tag) }
      rest = rest.dropFirst()
    }
    for comment in ["-->", "{/*", "*/}", "{%", "&#"] where new.contains(comment) && !old.contains(comment) { added.append(comment[...]) }
    return added
  }

  /// Words that lead somewhere and do not stand in the old text: addresses, mail addresses, schemes that run something.
  private static func addedAddresses(_ new: String, old: String) -> [Substring] {
    let lower = old.lowercased()
    return new.split { $0.isWhitespace || "<>()[]\"'`".contains($0) }.filter { word in
      let text = word.lowercased()
      let leads =
        ["://", "www.", "javascript:", "vbscript:", "data:", "mailto:", "file:"].contains { text.contains($0) } || text.hasPrefix("//")
      return (leads || isMailAddress(text)) && !lower.contains(text)
    }
  }

  private static func isMailAddress(_ word: String) -> Bool {
    guard let at = word.firstIndex(of: "@"), at != word.startIndex else { return false }
    return word[..<at].last.map { $0.isLetter || $0.isNumber } ?? false && word[at...].contains(".")
  }
}
