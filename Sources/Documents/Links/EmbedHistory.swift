// What is wrong with an embed: its file is gone, its region is gone, its copy is not what the file says any more.

import Domain

/// What an embed is.
public enum EmbedVerdict: Sendable, Hashable {
  case sound, unknown
  /// The file is not there. `was`: its path at the base.
  case missingFile(was: String?)
  /// The file has no such part.
  case missingPart(file: String)
  /// The copy in the document is not that part of the file. `now`: its lines; `wasEqual`: whether it was at the base.
  case staleCopy(file: String, now: [UInt8], wasEqual: Bool)
}

extension LinkHistory {
  /// What an embed of a document of the head is.
  public func verdict(_ embed: Embed, in document: Document) -> EmbedVerdict {
    if embed.notation == .markdownSnippets { return snippetVerdict(embed, document) }
    guard let file = Self.file(embed, document.path, head) else {
      let was = base.flatMap { Self.file(embed, oldPath(of: document.path), $0) }
      if was != nil { return .missingFile(was: was) }
      return isCertain(embed, document.path) ? .missingFile(was: nil) : .unknown
    }
    guard embed.part != .whole || embed.copy != nil, let bytes = headRevision.bytes(at: file, limit: 1 << 20) else { return .sound }
    let source = SourceParts(bytes)
    guard let lines = source.lines(embed.part, embed.notation) else {
      return embed.notation == .asciiDoc || embed.notation == .vitePress ? .unknown : .missingPart(file: file)
    }
    if case .region(let name) = embed.part, embed.notation == .codeInclude, !source.hasWord(name),
      let old = oldFile(of: embed, in: document.path),
      let before = baseRevision?.bytes(at: old, limit: 1 << 20), SourceParts(before).hasWord(name)
    {
      // The tool takes any line that contains the name; but the name that the author meant is gone.
      return .missingPart(file: file)
    }
    guard let copy = embed.copy else { return .sound }
    return copyVerdict(document, copy, file, lines) {
      let old = self.oldPath(of: file)
      return self.baseRevision?.bytes(at: old, limit: 1 << 20).flatMap { SourceParts($0).lines(embed.part, embed.notation) }
    }
  }

  /// The file at the base that an embed took in.
  public func oldFile(of embed: Embed, in document: String) -> String? { base.flatMap { Self.file(embed, oldPath(of: document), $0) } }

  /// The path of an embed's file: counted from the document, from the roots of its sites, from the root.
  private static func file(_ embed: Embed, _ document: String, _ index: LinkIndex) -> String? {
    let folder = String(PathIndex.folder(of: document[...]))
    let sites = index.sites(of: document)
    var path = embed.path[...]
    var roots: [String] = []
    switch embed.notation {
    case .sphinx where path.hasPrefix("/"): roots = sites.filter { $0.generator == .sphinx }.map(\.folder)
    case .vitePress where path.hasPrefix("@/"):
      path = path.dropFirst(2)
      roots = sites.flatMap { $0.pages.map(\.folder) }
    case .pymdownx: roots = [""] + sites.flatMap { [$0.folder] + $0.pages.map(\.folder) } + [folder]
    case .embedme: roots = [folder, ""]
    default: roots = [folder]
    }
    for root in roots {
      let plain = String(path.drop { $0 == "/" && root != folder })
      if let found = PathIndex.resolve(plain, from: root), index.paths.hasFile(found) { return found }
    }
    return nil
  }

  /// Whether nothing but the tree can have the file.
  private func isCertain(_ embed: Embed, _ document: String) -> Bool {
    let generators = head.sites(of: document).map(\.generator)
    switch embed.notation {
    case .mdBook: guard generators.contains(.mdBook) else { return false }
    case .sphinx: guard generators.contains(.sphinx) else { return false }
    case .embedme: break
    default: return false
    }
    guard let plain = PathIndex.resolve(embed.path, from: PathIndex.folder(of: document[...])) else { return false }
    return !head.isIgnored(plain) && !head.isBeyond(plain) && !LinkCertainty.isPlaceholder(embed.path)
  }

  private func copyVerdict(
    _ document: Document, _ copy: Span, _ file: String, _ lines: [ArraySlice<UInt8>], before: () -> [ArraySlice<UInt8>]?
  ) -> EmbedVerdict {
    let shown = SourceParts(Array(document.bytes[copy.range])).normalized()
    let now = SourceParts.normalized(lines)
    if shown == now { return .sound }
    let wasEqual = before().map { SourceParts.normalized($0) == shown } ?? false
    return .staleCopy(file: file, now: Array(now.joined(separator: [0x0A])), wasEqual: wasEqual)
  }

  /// A copy between marks names its region alone: the region is looked for in the whole tree.
  private func snippetVerdict(_ embed: Embed, _ document: Document) -> EmbedVerdict {
    guard case .region(let name) = embed.part, let copy = embed.copy else { return .unknown }
    let places = head.snippetFiles(named: name) { headRevision.bytes(at: $0, limit: 1 << 20) }
    guard places.count == 1, let file = places.first, let bytes = headRevision.bytes(at: file, limit: 1 << 20),
      let lines = SourceParts(bytes).lines(embed.part, .markdownSnippets)
    else { return .unknown }
    return copyVerdict(document, copy, file, lines) {
      self.baseRevision?.bytes(at: self.oldPath(of: file), limit: 1 << 20).flatMap { SourceParts($0).lines(embed.part, .markdownSnippets) }
    }
  }
}

/// A file by lines, and the parts of it that marks name.
public struct SourceParts {
  public let all: [ArraySlice<UInt8>]

  public init(_ bytes: [UInt8]) {
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    all = lines.map { $0.last == 0x0D ? $0.dropLast() : $0 }
  }

  /// The lines of a part; nil when the file has no such part.
  func lines(_ part: Embed.Part, _ notation: Embed.Notation) -> [ArraySlice<UInt8>]? {
    switch part {
    case .whole: return all
    case .lines(let first, let last):
      guard first >= 1, first <= all.count, last.map({ $0 >= first }) ?? true else { return nil }
      return Array(all[(first - 1)..<min(all.count, last ?? all.count)])
    case .region(let name): return region(name, notation)
    }
  }

  private func region(_ name: String, _ notation: Embed.Notation) -> [ArraySlice<UInt8>]? {
    let word = Array(name.utf8)
    switch notation {
    case .codeInclude, .sphinx: return all.contains { Array($0).firstRange(of: word) != nil } ? [] : nil
    case .mdBook: return between(["ANCHOR: \(name)", "ANCHOR:\(name)"], ["ANCHOR_END: \(name)", "ANCHOR_END:\(name)"])
    case .asciiDoc: return between(["tag::\(name)[]"], ["end::\(name)[]"])
    case .vitePress, .pymdownx, .embedme: return between(["#region \(name)", "region \(name)"], ["endregion"])
    case .markdownSnippets:
      return between(["begin-snippet: \(name)", "startcode \(name)", "#region \(name)"], ["end-snippet", "endcode", "#endregion"])
    }
  }

  /// The lines between two marks, each of which stands as a whole word.
  private func between(_ starts: [String], _ ends: [String]) -> [ArraySlice<UInt8>]? {
    guard let first = all.firstIndex(where: { Self.has(starts, $0) }) else { return nil }
    let last = all[(first + 1)...].firstIndex { Self.has(ends, $0) } ?? all.count
    return Array(all[(first + 1)..<last])
  }

  private static func has(_ marks: [String], _ line: ArraySlice<UInt8>) -> Bool {
    let text = Array(line)
    return marks.contains { mark in
      guard let found = text.firstRange(of: Array(mark.utf8)) else { return false }
      return found.upperBound == text.count || text[found.upperBound] <= 0x20 || mark.hasSuffix("]") || !isWord(text[found.upperBound])
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= 97 && byte | 0x20 <= 122) || (byte >= 48 && byte <= 57) || byte == 45 || byte == 95
  }

  /// Whether a name stands in the file by itself, and not as a part of a longer one.
  func hasWord(_ name: String) -> Bool {
    let word = Array(name.utf8)
    return all.contains { line in
      let text = Array(line)
      var position = 0
      while let found = text.firstRange(of: word, from: position) {
        let isStart = found.lowerBound == 0 || !Self.isWord(text[found.lowerBound - 1])
        if isStart, found.upperBound == text.count || !Self.isWord(text[found.upperBound]) { return true }
        position = found.lowerBound + 1
      }
      return false
    }
  }

  func normalized() -> [[UInt8]] { Self.normalized(all) }

  /// Without common indentation, blanks at the ends of lines, and blank lines at both ends.
  static func normalized(_ lines: [ArraySlice<UInt8>]) -> [[UInt8]] {
    var trimmed = lines.map { line in line.lastIndex { $0 > 0x20 }.map { line[...$0] } ?? [] }
    while trimmed.first?.isEmpty == true { trimmed.removeFirst() }
    while trimmed.last?.isEmpty == true { trimmed.removeLast() }
    let indent = trimmed.filter { !$0.isEmpty }.map { $0.prefix { $0 == 0x20 || $0 == 0x09 }.count }.min() ?? 0
    return trimmed.map { Array($0.dropFirst(min(indent, $0.count))) }
  }
}
