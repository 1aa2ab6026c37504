// Paths that a document names without linking to them: in code spans (`src/engine/run.py`) and in the commands of shell samples
// (`python scripts/build.py --all`). What stands there is a path only if some tree has it, so candidates are cheap and many.

import Domain

/// Words of a document that may be a path of the repository.
public struct PathMention: Sendable, Hashable {
  /// Without `./` in front and a slash at the end.
  public let path: String
  /// The bytes of the word as written, with both.
  public let span: Span
  public let isCommand: Bool

  private init(path: String, span: Span, isCommand: Bool) {
    self.path = path
    self.span = span
    self.isCommand = isCommand
  }

  /// The word of a finding; nil when it is no path.
  public init?(_ word: String, span: Span) {
    guard let mention = Self.mention(Array(word.utf8)[...], isCommand: false) else { return nil }
    self.init(path: mention.path, span: span, isCommand: false)
  }

  /// Mentions of a document, in its order.
  public static func all(in document: Document) -> [PathMention] {
    var mentions: [PathMention] = []
    for reference in document.references where reference.kind == .codeSpan && reference.span.count <= 300 {
      add(document.bytes[reference.span.range], isCommand: false, to: &mentions)
    }
    for snippet in document.snippets where shells.contains(snippet.language ?? "") {
      for line in snippet.lines {
        let text = document.bytes[line.span.range]
        if text.first(where: { $0 != 0x20 }) == UInt8(ascii: "#") { continue }
        add(text, isCommand: true, to: &mentions)
      }
    }
    return mentions.sorted { $0.span < $1.span }
  }

  private static let shells: Set<String> = ["bash", "sh", "shell", "zsh", "fish", "console", "shellsession", "powershell", "terminal"]

  private static func add(_ text: ArraySlice<UInt8>, isCommand: Bool, to mentions: inout [PathMention]) {
    var position = text.startIndex
    while position < text.endIndex {
      while position < text.endIndex, !isPath(text[position]) { position += 1 }
      let start = position
      while position < text.endIndex, isPath(text[position]) { position += 1 }
      guard position > start, isFree(before: start, in: text), isFree(after: position, in: text) else { continue }
      if let mention = mention(text[start..<position], isCommand: isCommand) { mentions.append(mention) }
    }
  }

  private static func mention(_ word: ArraySlice<UInt8>, isCommand: Bool) -> PathMention? {
    var word = word
    while let last = word.last, last == UInt8(ascii: ".") || last == UInt8(ascii: ",") { word.removeLast() }
    var path = word
    while path.starts(with: [UInt8(ascii: "."), UInt8(ascii: "/")]) { path = path.dropFirst(2) }
    while path.last == UInt8(ascii: "/") { path.removeLast() }
    guard let first = path.first, first != UInt8(ascii: "/"), first != UInt8(ascii: "-"), path.count >= 3 else { return nil }
    let slashes = path.count { $0 == UInt8(ascii: "/") }
    guard slashes > 0 || path.dropFirst().contains(UInt8(ascii: ".")) else { return nil }
    return PathMention(
      path: String(decoding: path, as: UTF8.self), span: Span(word.startIndex, word.endIndex), isCommand: isCommand)
  }

  private static func isPath(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= 97 && byte | 0x20 <= 122) || (byte >= 48 && byte <= 57) || byte == 45 || byte == 46 || byte == 47 || byte == 95
      || byte == 43
      || byte >= 0x80
  }

  /// What stands before a path: nothing, a blank, a quote, `=` of an option; not `$`, `@`, `~`, `{`, `:` of a URL.
  private static func isFree(before index: Int, in text: ArraySlice<UInt8>) -> Bool {
    guard index > text.startIndex else { return true }
    return [0x20, 0x09, UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "="), UInt8(ascii: "("), UInt8(ascii: ",")].contains(
      text[index - 1])
  }

  /// What stands behind one: not a placeholder or a pattern that goes on.
  private static func isFree(after index: Int, in text: ArraySlice<UInt8>) -> Bool {
    guard index < text.endIndex else { return true }
    return ![
      UInt8(ascii: "*"), UInt8(ascii: "{"), UInt8(ascii: "<"), UInt8(ascii: "$"), UInt8(ascii: "@"), UInt8(ascii: "~"), UInt8(ascii: "%"),
    ]
    .contains(text[index])
  }
}

/// Where a mentioned path is counted from, and what it was at the base.
public struct LostPath: Sendable, Hashable {
  /// The path at the base.
  public let path: String
  public let isFolder: Bool
  /// The folder from which the document counts; empty for the root.
  public let root: String
}

extension LinkHistory {
  /// The path that a document of the head mentions, if the base had it and the head has it nowhere; nil otherwise.
  public func lostPath(_ mention: PathMention, in document: String) -> LostPath? {
    guard let base, !mention.path.isEmpty else { return nil }
    if roots(of: document).contains(where: { root in PathIndex.resolve(mention.path, from: root).map(head.exists) ?? true }) { return nil }
    for root in roots(of: oldPath(of: document)) {
      guard let path = PathIndex.resolve(mention.path, from: root), !path.isEmpty, base.exists(path) else { continue }
      let isFolder = base.paths.hasFolder(path)
      // A name alone is a path only at the root it was at, and only if nobody else has it.
      if !mention.path.contains("/"), base.paths.files(named: mention.path).count != 1 || !head.paths.files(named: mention.path).isEmpty {
        return nil
      }
      if head.isIgnored(path) || head.isBeyond(path) || head.exists(path) { return nil }
      return LostPath(path: path, isFolder: isFolder, root: root)
    }
    return nil
  }

  /// Where a lost path is now.
  public func move(of lost: LostPath) -> Move? { lost.isFolder ? moves?.folder(lost.path) : moves?.file(lost.path) }

  /// A mention written for another path, counted from where it was counted.
  public func rewritten(_ mention: String, _ lost: LostPath, to path: String, in document: String) -> String? {
    let old = oldPath(of: document)
    let depth = old.split(separator: "/").count - 1 - lost.root.split(separator: "/").count
    let root = lost.root.isEmpty || depth < 0 ? "" : document.split(separator: "/").dropLast(1 + depth).joined(separator: "/")
    let relative = path.isInside(root) ? path.relative(to: root) : path
    guard !relative.isEmpty, relative != "." else { return nil }
    let start = mention.hasPrefix("./") ? "./" : ""
    return start + relative + (mention.hasSuffix("/") && !relative.hasSuffix("/") ? "/" : "")
  }

  /// The folder of a document and the folders over it, the root last.
  private func roots(of document: String) -> [String] {
    var roots: [String] = []
    var folder = PathIndex.folder(of: document[...])
    while !folder.isEmpty {
      roots.append(String(folder))
      folder = PathIndex.folder(of: folder)
    }
    return roots + [""]
  }
}
