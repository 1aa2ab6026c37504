// What a heading became. The headings of both versions of a page are aligned on those that stayed; a heading that went and one that
// came between the same two are a pair when they are alone there, or when their texts or sections are alike.

import Domain

/// What became of a place that links named.
public struct RenamedAnchor: Sendable, Hashable {
  /// The document of the head that has it.
  public let document: String
  public let anchor: String
  public let confidence: Double
  public let evidence: Evidence
}

struct HeadingMoves {
  private let old: Anchors
  private let new: Anchors
  private let oldDocument: Document
  private let newDocument: Document

  /// Pages with more headings are not aligned.
  static let maximumHeadings = 600

  init(from oldDocument: Document, to newDocument: Document) {
    self.oldDocument = oldDocument
    self.newDocument = newDocument
    old = Anchors(oldDocument)
    new = Anchors(newDocument)
  }

  /// The new anchors of the heading that `fragment` named, best first.
  /// - Parameter rule: of the program that shows the page, where it is known.
  func renames(of fragment: String, rule: SlugRule) -> [RenamedAnchor] {
    let name = fragment.lowercased()
    guard let index = old.titles.firstIndex(where: { $0.id?.lowercased() == name || $0.slugs.contains(name) }) else { return [] }
    guard old.titles.count <= Self.maximumHeadings, new.titles.count <= Self.maximumHeadings else { return [] }
    let title = old.titles[index]
    let rules = [rule] + SlugRule.allCases.filter { $0 != rule }
    guard let used = title.id?.lowercased() == name ? rule : rules.first(where: { title.slugs[$0.rawValue] == name }) else { return [] }
    return candidates(for: index).map { candidate, confidence, why in
      let heading = new.titles[candidate]
      return RenamedAnchor(
        document: newDocument.path, anchor: heading.id ?? heading.slugs[used.rawValue], confidence: confidence,
        evidence: Evidence(
          "the heading “\(title.text)” became “\(heading.text)”: \(why)", path: newDocument.path,
          line: newDocument.lines.lineNumber(of: heading.span.start)))
    }
  }

  /// New headings that may be what an old one became, and how sure, best first.
  private func candidates(for index: Int) -> [(Int, Double, String)] {
    let pairs = alignment()
    let low = pairs.last { $0.old < index }
    let high = pairs.first { $0.old > index }
    let title = old.titles[index]
    let gone = ((low?.old ?? -1) + 1)..<(high?.old ?? old.titles.count)
    let came = ((low?.new ?? -1) + 1)..<(high?.new ?? new.titles.count)
    let sameLevel = came.filter { new.titles[$0].level == title.level }
    let isAlone = gone.count { old.titles[$0].level == title.level } == 1 && sameLevel.count == 1
    return came.compactMap { candidate -> (Int, Double, String)? in
      let likeness = Self.likeness(title.text, new.titles[candidate].text)
      let body = Self.commonShare(section(index, old, oldDocument), section(candidate, new, newDocument))
      let isHere = isAlone && sameLevel.contains(candidate)
      var doubt = 1 - likeness * 0.7
      doubt *= 1 - body * 0.9
      if isHere { doubt *= 0.35 }
      let reasons = [
        isHere ? "it stands in the same place" : nil, body >= 0.5 ? "its section stayed" : nil,
        likeness >= 0.5 ? "the words are alike" : nil,
      ]
      guard !reasons.compactMap({ $0 }).isEmpty else { return nil }
      return (candidate, min(0.97, 1 - doubt), reasons.compactMap { $0 }.joined(separator: ", "))
    }.sorted { $0.1 > $1.1 }
  }

  /// Headings that stayed: the longest common order of equal ones (a section may have become a subsection).
  private func alignment() -> [(old: Int, new: Int)] {
    let (n, m) = (old.titles.count, new.titles.count)
    var length = Array(repeating: Array(repeating: 0, count: m + 1), count: n + 1)
    func same(_ i: Int, _ j: Int) -> Bool { old.titles[i].text == new.titles[j].text }
    for i in stride(from: n - 1, through: 0, by: -1) {
      for j in stride(from: m - 1, through: 0, by: -1) {
        length[i][j] = same(i, j) ? length[i + 1][j + 1] + 1 : max(length[i + 1][j], length[i][j + 1])
      }
    }
    var pairs: [(Int, Int)] = []
    var (i, j) = (0, 0)
    while i < n, j < m {
      if same(i, j) {
        pairs.append((i, j))
        (i, j) = (i + 1, j + 1)
      } else if length[i + 1][j] >= length[i][j + 1] {
        i += 1
      } else {
        j += 1
      }
    }
    return pairs
  }

  /// The lines between a heading and the next.
  private func section(_ index: Int, _ anchors: Anchors, _ document: Document) -> Set<ArraySlice<UInt8>> {
    let start = anchors.titles[index].span.end
    let end = index + 1 < anchors.titles.count ? anchors.titles[index + 1].span.start : document.bytes.count
    guard start <= end else { return [] }
    let lines = document.bytes[start..<end].split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
    return Set(lines.filter { $0.count > 8 })
  }

  private static func commonShare(_ first: Set<ArraySlice<UInt8>>, _ second: Set<ArraySlice<UInt8>>) -> Double {
    let larger = max(first.count, second.count)
    return larger == 0 ? 0 : Double(first.intersection(second).count) / Double(larger)
  }

  /// The share of words that two titles have in common, by their beginnings: `Sponsorship` and `Sponsors` are alike.
  private static func likeness(_ first: String, _ second: String) -> Double {
    func words(_ text: String) -> Set<String> {
      Set(text.lowercased().split { !$0.isLetter && !$0.isNumber }.map { String($0.prefix(5)) })
    }
    let (a, b) = (words(first), words(second))
    return a.isEmpty || b.isEmpty ? 0 : Double(a.intersection(b).count) / Double(min(a.count, b.count))
  }
}
