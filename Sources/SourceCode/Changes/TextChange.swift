// Votes of the raw text, counted: which words, names with their neighbour and package names one change replaced by others, and
// whether the head still has them. Where declarations speak of a name they have the word; these answer for all other names.

import Domain
import Synchronization

/// A text that the change replaced everywhere: a package, an import path, a member with its owner, a word that no declaration
/// index knows.
public struct TextRename: Sendable, Hashable {
  public var old: String
  public var new: String
  /// 0 to 1.
  public var confidence: Double
  /// Whether the text is a package's own name: then it stands for it in prose and in the addresses of registries, too.
  public var isPackage: Bool
  /// Other spellings of the old text that must be gone with it.
  var spellings: [String] = []
  /// What changed in a path: some word of it must be gone, or the path may still lead somewhere.
  var core: [String] = []
  /// A package that the project depends on: a plain word, which means it in code only.
  public var isDependency = false
  /// Whether the project's own code changed so, not only tests and examples.
  var isInCode = true
  /// Whether its first word is what changed: then nothing may stand before it on its path.
  public var startsPath: Bool { core.first.map { old.hasPrefix($0) } ?? false }
  public var evidence: [Evidence]
}

/// Counts substitutions over all changed files.
struct TextVotes {
  private struct Pair: Hashable {
    var old: String
    var new: String
  }

  private struct Tally {
    var code = 0
    var other = 0
    var manifests = 0
    var files = 0
    var lastFile = -1
    var path: String
    var line: Int
    var core: String
    var isDependency = false
    /// Votes of files that had the new text before: there nothing was given a new name.
    var known = 0
  }

  private static let maximumPairs = 20_000
  private var tallies: [Pair: Tally] = [:]
  private var targets: [String: [String]] = [:]
  /// Package names that a manifest had and has no more, and the only one that it has instead.
  private var packages: [(old: String, new: String, path: String)] = []
  private(set) var skips: [Skip] = []

  mutating func add(_ substitutions: [TextSubstitution], file: Int, path: String, old: [UInt8], new: [UInt8]) {
    let role = PathRole(path: path)
    let isManifest = PackageNames.isManifest(path)
    guard !substitutions.isEmpty else { return }
    let (imports, newImports) = (ImportedWords(old), ImportedWords(new))
    let before = KnownWords(old)
    for substitution in substitutions {
      if let root = substitution.root, substitution.old.utf8.contains(UInt8(ascii: ".")),
        !imports.mayMean(root) || !newImports.mayMean(String(substitution.new.prefix { $0 != "." }))
      {
        continue
      }
      let pair = Pair(old: substitution.old, new: substitution.new)
      guard tallies[pair] != nil || tallies.count < Self.maximumPairs else { continue }
      var tally = tallies[pair] ?? Tally(path: path, line: substitution.line, core: substitution.core)
      tally.isDependency = tally.isDependency || isManifest && substitution.isDependency
      if tallies[pair] == nil { targets[pair.old, default: []].append(pair.new) }
      if isManifest { tally.manifests += 1 } else if role == .code { tally.code += 1 } else { tally.other += 1 }
      if before.contains(substitution.new) { tally.known += 1 }
      if tally.lastFile != file { tally.files += 1 }
      tally.lastFile = file
      tallies[pair] = tally
    }
  }

  /// What a manifest calls its packages, before and after.
  mutating func add(manifest path: String, old: [String], new: [String]) {
    let gone = Set(old).subtracting(new)
    let appeared = Set(new).subtracting(old)
    guard gone.count == 1, appeared.count == 1, let before = gone.first, let after = appeared.first else { return }
    packages.append((before, after, path))
  }

  /// The renames that the votes decide for, by old text.
  func renames() -> [String: TextRename] {
    var renames: [String: TextRename] = [:]
    for (old, news) in targets {
      guard let rename = decided(old, news), NameStrength.isName(rename.new) else { continue }
      guard NameStrength.of(old) != .none || rename.isDependency && old.utf8.count >= 5 && NameStrength.isName(old) else { continue }
      renames[old] = rename
    }
    for package in packages { add(package, &renames) }
    return renames
  }

  private func add(_ package: (old: String, new: String, path: String), _ renames: inout [String: TextRename]) {
    func folded(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }
    let evidence = Evidence("the package \(package.old) is called \(package.new) now", path: package.path)
    // Python's registry takes `a_b` and `a-b` for one package, and code can only say `a_b`.
    guard folded(package.old) != folded(package.new) else { return }
    for (old, new) in [(package.old, package.new), (folded(package.old), folded(package.new))] where old != new && old.utf8.count > 3 {
      let votes = tallies[Pair(old: old, new: new)].map { $0.code + $0.other + $0.manifests } ?? 0
      renames[old] = TextRename(
        old: old, new: new, confidence: votes > 1 ? 0.95 : 0.85, isPackage: true, spellings: [package.old, folded(package.old)],
        evidence: [evidence])
    }
  }

  private func decided(_ old: String, _ news: [String]) -> TextRename? {
    let counted = news.compactMap { new in tallies[Pair(old: old, new: new)].map { (new: new, tally: $0) } }
    func votes(_ tally: Tally) -> Int { tally.code + tally.other + tally.manifests }
    let all = counted.reduce(0) { $0 + votes($1.tally) }
    guard let best = counted.max(by: { (votes($0.tally), $1.new) < (votes($1.tally), $0.new) }) else { return nil }
    if best.tally.manifests > 0, best.tally.code == 0, Self.isRespelled(old, best.new) { return nil }
    let share = Double(votes(best.tally)) / Double(max(1, all))
    guard share >= 0.75, best.tally.known * 2 <= votes(best.tally) else { return nil }
    let confidence = Self.confidence(best.tally.code, best.tally.other, best.tally.manifests, best.tally.files) * (share < 1 ? 0.95 : 1)
    let (count, files) = (votes(best.tally), best.tally.files)
    let places = "\(count) \(count == 1 ? "line" : "lines") in \(files) \(files == 1 ? "file" : "files")"
    let evidence = Evidence("\(places) changed from \(old) to \(best.new)", path: best.tally.path, line: best.tally.line)
    return TextRename(
      old: old, new: best.new, confidence: confidence, isPackage: false,
      core: best.tally.core.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "$" }.map(String.init),
      isDependency: best.tally.isDependency && NameStrength.of(old) == .none,
      isInCode: best.tally.code + best.tally.manifests > 0, evidence: [evidence])
  }

  /// A manifest that writes `a-b` for `a_b` names the same package.
  private static func isRespelled(_ old: String, _ new: String) -> Bool {
    old.lowercased().replacing("-", with: "_") == new.lowercased().replacing("-", with: "_")
  }

  /// Tests and examples follow the code, or are rewritten: alone they count less.
  private static func confidence(_ code: Int, _ other: Int, _ manifests: Int, _ files: Int) -> Double {
    let votes = code + other + manifests
    if code + manifests == 0 { return votes >= 4 && files >= 2 ? 0.8 : votes >= 2 ? 0.65 : 0.3 }
    if manifests > 0 && code + other == 0 { return votes >= 1 ? 0.7 : 0 }
    if votes >= 4 && files >= 2 { return 0.93 }
    if votes >= 3 { return 0.88 }
    return votes == 2 ? 0.75 : 0.45
  }
}

/// Which single words a text has; read when first asked.
private final class KnownWords {
  private let bytes: [UInt8]
  private lazy var words = Set(bytes.split { !Self.isPart($0) }.lazy.filter { $0.count <= 100 }.map { String(decoding: $0, as: UTF8.self) })

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether the text is one word, hyphens included, and stands there.
  func contains(_ text: String) -> Bool { text.utf8.allSatisfy(Self.isPart) && words.contains(text) }

  private static func isPart(_ byte: UInt8) -> Bool { TextToken.isWordByte(byte) || byte == UInt8(ascii: "-") }
}

/// Words on the import lines of a text: what they name is no variable.
private struct ImportedWords {
  private let words: Set<String>

  init(_ bytes: [UInt8]) {
    var words: Set<String> = []
    for line in bytes.split(separator: 0x0A).prefix(400) {
      let text = line.drop { $0 == 0x20 || $0 == 0x09 }
      guard Self.begins(text) else { continue }
      words.formUnion(
        text.prefix(400).split { !TextToken.isWordByte($0) }.map { String(decoding: $0, as: UTF8.self) })
    }
    self.words = words
  }

  private static func begins(_ line: ArraySlice<UInt8>) -> Bool {
    if ["import ", "from ", "use ", "pub use ", "using ", "require", "#include", "const ", "\""].contains(where: {
      line.starts(with: $0.utf8)
    }) {
      return !line.starts(with: "const ".utf8) || line.contains(UInt8(ascii: "\"")) || line.contains(UInt8(ascii: "'"))
    }
    // Go's `alias "path"`.
    let words = line.split(separator: 0x20)
    return words.count == 2 && words[1].first == UInt8(ascii: "\"")
  }

  /// A capital begins a type, which no sample renames for itself.
  func mayMean(_ root: String) -> Bool {
    root.utf8.first.map { $0 >= 0x41 && $0 <= 0x5A } == true || words.contains(root)
  }
}

/// How much a text says by itself.
enum NameStrength {
  case none
  /// Only with its path: `client.close`, `hyper::Server`.
  case path
  /// Anywhere: `parse_config`, `onClose`, `tower-x`.
  case word

  static func of(_ text: String) -> NameStrength {
    let bytes = Array(text.utf8)
    guard bytes.count >= 3, bytes.contains(where: isLetter), !bytes.contains(UInt8(ascii: "@")) else { return .none }
    let words = bytes.split { !TextToken.isWordByte($0) }
    guard words.allSatisfy({ $0.contains(where: isLetter) }) else { return .none }
    if bytes.last == UInt8(ascii: ":") { return bytes.count >= 7 ? .path : .none }
    if words.count > 1 {
      if bytes.contains(UInt8(ascii: "/")) { return words.count > 2 && bytes.count >= 12 ? .path : .none }
      if let last = words.last, bytes.contains(UInt8(ascii: ".")), isFileEnding(last) { return .none }
      let isPath = bytes.contains(UInt8(ascii: ".")) || bytes.contains(UInt8(ascii: ":"))
      return isPath ? .path : words.allSatisfy { $0.count >= 2 } && bytes.count >= 8 ? .word : .none
    }
    // Nobody writes `_section` in prose.
    if bytes.count >= 5, bytes[0] == UInt8(ascii: "_"), bytes.drop(while: { $0 == UInt8(ascii: "_") }).count >= 4 { return .word }
    guard bytes.count >= 6 else { return .none }
    return NameWords(text).words.count > 1
      && !text.utf8.allSatisfy({ !isLetter($0) || $0 < 0x60 && !text.utf8.contains(UInt8(ascii: "_")) })
      ? .word : .none
  }

  /// `CHANGES.rst` is a file; files have rules of their own.
  private static func isFileEnding(_ word: ArraySlice<UInt8>) -> Bool {
    let ending = String(decoding: word, as: UTF8.self)
    return SourceLanguage(path: "x." + ending) != nil
      || ["md", "rst", "txt", "json", "yaml", "yml", "toml", "html", "css", "lock", "cfg", "ini", "sh", "xml", "adoc", "mdx"].contains(
        ending)
  }

  /// Whether a text can be what a name became: no number, no version.
  static func isName(_ text: String) -> Bool {
    let words = text.utf8.split { !TextToken.isWordByte($0) }
    return text.utf8.count >= 2 && !words.isEmpty && words.allSatisfy { $0.contains(where: isLetter) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A || byte >= 0x61 && byte <= 0x7A || byte >= 0x80 }
}

/// Which of some texts the head's code still has.
final class TextSearch: Sendable {
  private let head: any Checkout
  private let limits: AnalysisLimits
  private let texts: Set<String>
  private let onlyManifests: Bool
  private let content: (any ContentCache)?
  private let found = Mutex<(alive: Set<String>, failure: (any Error)?)?>(nil)

  init(
    _ texts: Set<String>, in head: any Checkout, limits: AnalysisLimits, onlyManifests: Bool = false, content: (any ContentCache)? = nil
  ) {
    self.content = content
    self.texts = texts
    self.onlyManifests = onlyManifests
    self.head = head
    self.limits = limits
  }

  /// Whether no code of the head has the text any more; false as well when that cannot be told.
  func isGone(_ text: String) -> Bool {
    found.withLock { found in
      let result = found ?? search()
      found = result
      return result.failure == nil && texts.contains(text) && !result.alive.contains(text)
    }
  }

  var failure: String? { found.withLock { $0?.failure.map { "\($0)" } } }

  private func search() -> (alive: Set<String>, failure: (any Error)?) {
    var alive: Set<String> = []
    do {
      var finder = TextFinder(texts)
      var words = CodeWords(head, content, limits)
      let query = WordQuery(texts)
      var bytesRead = 0
      for entry in head.entries where entry.kind == .file || entry.kind == .executable {
        guard entry.size <= limits.fileBytes, isSearched(entry.path) else { continue }
        bytesRead += entry.size
        guard bytesRead <= limits.treeBytes else { throw RemainingUses.TooMuchCode(limit: limits.treeBytes) }
        guard let bytes = try words.bytes(of: entry, having: query) else { continue }
        for match in finder.matches(in: bytes) where alive.insert(match.text).inserted { finder.remove(match.text) }
      }
    } catch { return (alive, error) }
    return (alive, nil)
  }

  private func isSearched(_ path: String) -> Bool {
    guard PathRole(path: path) == .code else { return false }
    return !onlyManifests && SourceLanguage(path: path) != nil || PackageNames.isManifest(path)
  }
}

/// Finds some texts in bytes, each as a whole: one pass, a table look-up for each word.
public struct TextFinder: Sendable {
  /// A place where a text stands.
  public struct Match: Sendable, Hashable {
    public var text: String
    public var range: Range<Int>
  }

  /// The texts by the hash of their first word, longest first.
  private var byFirstWord: [UInt64: [[UInt8]]] = [:]

  public init(_ texts: some Sequence<String>) {
    for text in texts { byFirstWord[Self.key(Array(text.utf8)), default: []].append(Array(text.utf8)) }
    for key in byFirstWord.keys { byFirstWord[key]?.sort { $0.count > $1.count } }
  }

  public var isEmpty: Bool { byFirstWord.isEmpty }

  private static func key(_ text: [UInt8]) -> UInt64 { identifierHash(text.prefix(while: TextToken.isWordByte)) }

  public mutating func remove(_ text: String) {
    let bytes = Array(text.utf8)
    byFirstWord[Self.key(bytes)]?.removeAll { $0 == bytes }
    if byFirstWord[Self.key(bytes)]?.isEmpty == true { byFirstWord[Self.key(bytes)] = nil }
  }

  /// Every match, in order, none inside another. A text ends where its last word ends, and neither begins nor ends at a hyphen.
  /// Of several texts that stand at one place it is the longest that `accept` takes.
  public func matches(in bytes: [UInt8], where accept: (String) -> Bool = { _ in true }) -> [Match] {
    var matches: [Match] = []
    var index = 0
    while index < bytes.count {
      guard TextToken.isWordByte(bytes[index]) else {
        index += 1
        continue
      }
      let start = index
      var hash = fnvOffset
      while index < bytes.count, TextToken.isWordByte(bytes[index]) {
        hash = (hash ^ UInt64(bytes[index])) &* fnvPrime
        index += 1
      }
      for text in byFirstWord[hash] ?? [] where Self.stands(text, at: start, in: bytes) {
        let name = String(decoding: text, as: UTF8.self)
        guard accept(name) else { continue }
        matches.append(Match(text: name, range: start..<(start + text.count)))
        index = start + text.count
        break
      }
    }
    return matches
  }

  private static func stands(_ text: [UInt8], at start: Int, in bytes: [UInt8]) -> Bool {
    let end = start + text.count
    guard end <= bytes.count, bytes[start..<end].elementsEqual(text) else { return false }
    // `futures::` is the beginning of a path, and no part of one.
    if text.last == UInt8(ascii: ":") {
      if start > 0, bytes[start - 1] == UInt8(ascii: ":") || bytes[start - 1] == UInt8(ascii: ".") { return false }
      return end < bytes.count && (TextToken.isWordByte(bytes[end]) || bytes[end] == UInt8(ascii: "{"))
    }
    if start > 0, bytes[start - 1] == UInt8(ascii: "-"), start > 1, TextToken.isWordByte(bytes[start - 2]) { return false }
    guard end < bytes.count else { return true }
    if TextToken.isWordByte(bytes[end]) { return false }
    return bytes[end] != UInt8(ascii: "-") || end + 1 >= bytes.count || !TextToken.isWordByte(bytes[end + 1])
  }
}
