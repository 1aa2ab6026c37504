// What is left of some texts in the head's code. Every file is read once for all of them; most files only pass a filter that looks
// for the longest word of each, and a text that is found in use is not looked for again.

import Domain

/// Where a text still stands.
struct LiteralRemains {
  /// A place that keeps it alive.
  var use: (path: String, line: Int)?
  /// A line of the change that names it beside what it became.
  var alias: (path: String, line: Int)?
}

/// Searches the head's tree.
struct LiteralSearch {
  private(set) var remains: [String: LiteralRemains] = [:]
  private(set) var skips: [Skip] = []
  private(set) var hasFailed = false

  private let change: LiteralChange
  private let limits: AnalysisLimits
  private var index: LiteralIndex
  /// The lost flags that an argument parser may make of a name.
  private let flagsBySource: [String: [String]]

  init(_ lost: some Collection<String>, _ change: LiteralChange, in head: any Checkout, limits: AnalysisLimits) {
    self.change = change
    self.limits = limits
    let sources = lost.filter(LiteralShape.isFlag).flatMap { flag in Self.sources(ofFlag: flag).map { ($0, [flag]) } }
    flagsBySource = Dictionary(sources, uniquingKeysWith: +)
    let texts = Set(lost).union(flagsBySource.keys).union(lost.filter(LiteralShape.isEnvironmentVariable).flatMap(Self.parts))
    index = LiteralIndex(texts)
    for text in texts { remains[text] = LiteralRemains() }
    var bytesRead = 0
    for entry in head.entries where !index.isEmpty && !hasFailed {
      guard entry.kind == .file || entry.kind == .executable else { continue }
      let role = LiteralRole(path: entry.path)
      guard role.keepsAlive else { continue }
      guard entry.size <= limits.fileBytes else {
        if role.isProject {
          skips.append(Skip(path: entry.path, reason: .tooLarge, detail: "\(entry.size) bytes of at most \(limits.fileBytes)"))
        }
        continue
      }
      bytesRead += entry.size
      guard bytesRead <= limits.treeBytes, let bytes = try? head.read(entry, limit: limits.fileBytes) else {
        hasFailed = true
        return
      }
      inspect(bytes, entry.path, role)
    }
  }

  // MARK: One file

  private mutating func inspect(_ bytes: [UInt8], _ path: String, _ role: LiteralRole) {
    let occurrences = index.occurrences(in: bytes)
    guard !occurrences.isEmpty else { return }
    let text = LiteralText(bytes, role)
    var declared: Set<String>?
    for occurrence in occurrences {
      for flag in flagsBySource[occurrence.text] ?? [] where remains[flag]?.use == nil {
        let arguments = declared ?? Self.arguments(bytes, role)
        declared = arguments
        if arguments.contains(flag) { settle(flag, path, text?.line(at: occurrence.range.lowerBound) ?? 0) }
      }
      if remains[occurrence.text]?.use == nil { found(occurrence.text, at: occurrence.range.lowerBound, text, path) }
    }
  }

  private static func arguments(_ bytes: [UInt8], _ role: LiteralRole) -> Set<String> {
    guard case .code(let language) = role, let source = try? Lexer.lex(bytes, as: language) else { return [] }
    return Set(ArgumentDeclarations(source).found.map(\.text))
  }

  /// Parts that the code may put a variable's name together from: `APP_CACHE_DIR` of `APP_` and `CACHE_DIR`, or of a setting `cache_dir`.
  static func parts(ofVariable name: String) -> [String] {
    let words = name.split(separator: "_")
    var parts = [name.lowercased()]
    for length in 1..<max(2, words.count) {
      let tail = words.suffix(length).joined(separator: "_")
      parts.append("_" + tail)
      if length >= 2 && length < words.count { parts += [tail, tail.lowercased()] }
    }
    return parts
  }

  /// `--dry-run` may be made of `dry-run`, `dry_run` and `dryRun`.
  static func sources(ofFlag flag: String) -> [String] {
    let name = flag.drop { $0 == "-" }
    let words = name.split(separator: "-")
    let camel = words.enumerated().map { $0.offset == 0 ? String($0.element) : $0.element.prefix(1).uppercased() + $0.element.dropFirst() }
    return [String(name), words.joined(separator: "_"), camel.joined()]
  }

  private mutating func found(_ name: String, at start: Int, _ text: LiteralText?, _ path: String) {
    guard let text, let atom = text.atom(at: start) else { return settle(name, path, 0) }
    // An address in a comment is as good as one in code.
    guard atom.zone != .comment || LiteralShape.isAddress(name) else { return }
    let line = text.line(at: start)
    if isAlias(name, line, text, path) {
      if remains[name]?.alias == nil { remains[name]?.alias = (path, line) }
    } else {
      settle(name, path, line)
    }
  }

  private mutating func settle(_ name: String, _ path: String, _ line: Int) {
    remains[name]?.use = (path, line)
    // A name that flags are made of is looked for until its flags are found.
    if flagsBySource[name]?.contains(where: { remains[$0]?.use == nil }) != true { index.remove(name) }
  }

  private static let retiringWords = ["deprecat", "legacy", "obsolete"]

  /// Whether the line, or one near it, was written by the change and names what the text became as well; or the line was written by
  /// the change and is marked as deprecated.
  private func isAlias(_ name: String, _ line: Int, _ text: LiteralText, _ path: String) -> Bool {
    let targets = (change.votes.targets[name] ?? []).union(change.retired[name]?.map(\.new) ?? [])
    guard !targets.isEmpty, let written = change.written[path] else { return false }
    for number in max(1, line - 3)...min(text.lines.count, line + 3) where written.contains(number) {
      let range = text.lines[number - 1]
      let names = Set(text.atoms(in: range.startIndex..<range.endIndex).map(text.text))
      if names.contains(name), !names.isDisjoint(with: targets) { return true }
    }
    guard written.contains(line) else { return false }
    let around = text.lines[max(0, line - 3)..<line].map { String(decoding: $0.prefix(400), as: UTF8.self).lowercased() }
    return around.contains { line in Self.retiringWords.contains(where: line.contains) }
  }
}

/// Where a name ends and a longer one would go on.
enum LiteralBoundary {
  /// Whether neither side continues the text: `--dry` is not in `--dry-run`, `max` is not in `max_size`.
  static func isWhole(_ range: Range<Int>, in bytes: [UInt8]) -> Bool {
    if range.lowerBound > 0 {
      let before = bytes[range.lowerBound - 1]
      if LiteralShape.isWordByte(before) || before == LiteralShape.dash { return false }
    }
    guard range.upperBound < bytes.count else { return true }
    let after = bytes[range.upperBound]
    if LiteralShape.isWordByte(after) { return false }
    if after == LiteralShape.dash, range.upperBound + 1 < bytes.count { return !LiteralShape.isWordByte(bytes[range.upperBound + 1]) }
    return true
  }
}

extension LiteralText {
  /// The 1-based line of a byte.
  func line(at offset: Int) -> Int {
    var (low, high) = (0, lines.count)
    while low + 1 < high {
      let middle = (low + high) / 2
      if lines[middle].startIndex <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }
}
