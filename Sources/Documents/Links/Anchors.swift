// The places of a document that links can name: ids that authors gave, and what programs make of headings. Which program will show
// the page is rarely certain, so an anchor that any of them makes is there; only what none makes is missing.

import Domain
import Synchronization

/// The anchors of one document; computed once.
public struct Anchors: Sendable {
  /// One heading and what rules make of it, numbers of doubles included, in the order of `SlugRule.allCases`.
  struct Title: Sendable, Hashable {
    let level: Int
    let text: String
    let span: Span
    let id: String?
    let slugs: [String]
  }
  let titles: [Title]
  /// Ids that are written in the document.
  private let ids: Set<String>
  /// Everything that can be named, in lower case.
  private let known: Set<String>
  /// What few links ask for.
  private let rest: Rest
  /// Whether it looks like a page of its own: a part that is composed into another has no title, or settings for a generator.
  let isWhole: Bool

  public init(_ document: Document) {
    var counts = Array(repeating: [String: Int](), count: SlugRule.allCases.count)
    var titles: [Title] = []
    var ids = Set(document.references.lazy.filter { $0.kind == .anchor }.map(\.text))
    var known: Set<String> = []
    for heading in document.headings {
      let text = HeadingText(heading.text)
      let slugs = SlugRule.allCases.map { rule in
        let slug = rule.slug(text.text)
        let count = counts[rule.rawValue][slug, default: 0]
        counts[rule.rawValue][slug] = count + 1
        return count == 0 ? slug : "\(slug)\(rule.doubleMark)\(count)"
      }
      known.formUnion(slugs)
      if let other = HeadingText.withoutShortNames(text.text) { known.formUnion(SlugRule.allCases.map { $0.slug(other) }) }
      if let id = text.id { ids.insert(id) }
      titles.append(Title(level: heading.level, text: text.text, span: heading.span, id: text.id, slugs: slugs))
    }
    ids.formUnion(Self.writtenIDs(document.bytes))
    known.formUnion(ids.map { $0.lowercased() })
    isWhole = document.frontMatter == nil && document.headings.contains { $0.level == 1 }
    (self.titles, self.ids, self.known) = (titles, ids, known)
    rest = Rest(document)
  }

  /// What is read in a page's bytes when the first of its links names no heading and no id; once, however many there are.
  private final class Rest: Sendable {
    struct Found {
      let headingLines: Set<String>
      let words: Set<String>
      let isOpen: Bool
    }
    private let document: Document
    private let kept = Mutex<Found?>(nil)

    init(_ document: Document) { self.document = document }

    var found: Found {
      kept.withLock { kept in
        if let kept { return kept }
        let found = Found(
          headingLines: Anchors.headingLines(document.bytes), words: Anchors.markedWords(document.bytes), isOpen: Anchors.isOpen(document))
        kept = found
        return found
      }
    }
  }

  /// Whether a link can name the place: letter case does not count, forges find it anyway.
  public func has(_ fragment: String) -> Bool {
    let name = fragment.lowercased()
    if known.contains(name) || (name.hasPrefix("user-content-") && known.contains(String(name.dropFirst(13)))) { return true }
    return rest.found.headingLines.contains(name)
  }

  /// The anchor of the only heading whose words are those of a fragment, or begin or end with them.
  func likely(_ fragment: String, rule: SlugRule) -> (anchor: String, isSame: Bool)? {
    let wanted = Self.wordsOf(fragment)
    guard wanted.joined().utf8.count >= 4 else { return nil }
    let same = titles.filter { Self.wordsOf($0.text) == wanted }
    let singular = wanted.map(Self.singular)
    let alike = titles.filter { Self.wordsOf($0.text).map(Self.singular) == singular }
    let near = titles.filter { title in
      let words = Self.wordsOf(title.text).map(Self.singular)
      return words.count == singular.count + 1 && (words.dropFirst().elementsEqual(singular) || words.dropLast().elementsEqual(singular))
    }
    let closest = !same.isEmpty ? same : !alike.isEmpty ? alike : near
    guard closest.count == 1, let only = closest.first else { return nil }
    return (only.id ?? only.slugs[rule.rawValue], !same.isEmpty)
  }

  private static func singular(_ word: String) -> String { word.utf8.count > 3 && word.hasSuffix("s") ? String(word.dropLast()) : word }

  private static func wordsOf(_ text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }

  /// Whether the page may have places that its own bytes do not show: includes, macros, components, generated parts; or the place's
  /// name stands in it in a form that is not read as an id.
  func mayHave(_ fragment: String) -> Bool {
    let found = rest.found
    return found.isOpen || found.words.contains(fragment)
  }

  private static func isOpen(_ document: Document) -> Bool {
    let code = (document.snippets.map(\.span) + document.references.filter { $0.kind == .codeSpan }.map(\.span)).sorted()
    return openMarks.contains { mark in
      var position = 0
      let needle = Array(mark.utf8)
      while let found = document.bytes.firstRange(of: needle, from: position) {
        guard let sample = code.last(startingBefore: found.lowerBound), found.lowerBound < sample.end else { return true }
        position = sample.end
      }
      return false
    }
  }

  private static let openMarks = [
    "{{", "{%", "--8<--", "\n:::", "```{", ".. include", ".. auto", "include::", "{!", "<<<", "[[toc", "\nimport ", "<!-- snippet",
    "@include",
  ]

  /// What rules make of every line that begins as a heading does, even inside of samples and of blocks that only a generator knows
  /// (tabs, admonitions): there a generator may see a heading that the reader of the format does not.
  private static func headingLines(_ bytes: [UInt8]) -> Set<String> {
    var slugs: Set<String> = []
    for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) where line.count <= 400 {
      let rest = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ">") }
      guard rest.first == UInt8(ascii: "#") else { continue }
      let text = HeadingText(plain(rest.drop { $0 == UInt8(ascii: "#") || $0 == 0x20 })).text
      slugs.formUnion(SlugRule.allCases.map { $0.slug(text) })
    }
    return slugs
  }

  /// Without the marks of links: of `[text](target)` the text.
  private static func plain(_ line: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    var isTarget = false
    var previous: UInt8 = 0
    for byte in line {
      if isTarget {
        isTarget = byte != UInt8(ascii: ")")
      } else if byte == UInt8(ascii: "("), previous == UInt8(ascii: "]") {
        isTarget = true
      } else {
        result.append(byte)
      }
      previous = byte
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// What stands behind `=`, a quote, a bracket: names that some program may take for an id.
  private static func markedWords(_ bytes: [UInt8]) -> Set<String> {
    var words: Set<String> = []
    var position = 0
    while position < bytes.count {
      let mark = bytes[position]
      position += 1
      guard marks.contains(mark) else { continue }
      let start = position
      while position < bytes.count, isWord(bytes[position]) { position += 1 }
      if position > start, position - start < 200 { words.insert(String(decoding: bytes[start..<position], as: UTF8.self)) }
    }
    return words
  }

  private static let marks = Set("=\"'([<".utf8)

  private static func isWord(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= 97 && byte | 0x20 <= 122) || (byte >= 48 && byte <= 57) || byte == 45 || byte == 46 || byte == 58 || byte == 95
  }

  /// `{#id}`, `{ #id }`, `{: #id }` anywhere, `[[id]]`, `[#id]`, `(id)=`, `.. _id:` at the beginning of a line.
  private static func writtenIDs(_ bytes: [UInt8]) -> Set<String> {
    var ids: Set<String> = []
    func take(_ start: Int, until stops: Set<UInt8>) {
      var end = start
      while end < bytes.count, end - start < 200, !stops.contains(bytes[end]), bytes[end] > 0x20 { end += 1 }
      if end > start, end < bytes.count { ids.insert(String(decoding: bytes[start..<end], as: UTF8.self)) }
    }
    for index in bytes.indices {
      switch bytes[index] {
      case UInt8(ascii: "{"):
        var at = index + 1
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == UInt8(ascii: ":") { at += 1 }
        if at < bytes.count, bytes[at] == UInt8(ascii: "#") { take(at + 1, until: [UInt8(ascii: "}")]) }
      case UInt8(ascii: "["):
        guard index + 2 < bytes.count, index == 0 || bytes[index - 1] == 0x0A else { continue }
        if bytes[index + 1] == UInt8(ascii: "[") || bytes[index + 1] == UInt8(ascii: "#") {
          take(index + 2, until: [UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ".")])
        }
      case UInt8(ascii: "("):
        if index == 0 || bytes[index - 1] == 0x0A { take(index + 1, until: [UInt8(ascii: ")")]) }
      case UInt8(ascii: "."):
        guard index + 4 < bytes.count, bytes[(index + 1)...(index + 3)].elementsEqual(". _".utf8) else { continue }
        take(index + 4, until: [UInt8(ascii: ":")])
      default: continue
      }
    }
    return ids
  }
}

extension Array where Element == UInt8 {
  /// Where a text first occurs.
  func firstRange(of needle: [UInt8], from start: Int = 0) -> Range<Int>? {
    guard let first = needle.first, count >= needle.count else { return nil }
    return withUnsafeBufferPointer { bytes in
      var position = start
      while position + needle.count <= bytes.count {
        if bytes[position] == first {
          var matched = 1
          while matched < needle.count, bytes[position + matched] == needle[matched] { matched += 1 }
          if matched == needle.count { return position..<(position + matched) }
        }
        position += 1
      }
      return nil
    }
  }
}

extension Array where Element == Span {
  /// The last of ascending spans that begins at or before a byte.
  func last(startingBefore offset: Int) -> Span? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].start <= offset { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? self[low - 1] : nil
  }
}
