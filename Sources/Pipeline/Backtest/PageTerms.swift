// What a page says about other files: the words of its text, of the pages whose places it links to, and the files that it takes parts of. A
// change of a file's path, or of the places of a page, concerns only pages that have the words of its name.

import Documents
import Domain
import SourceCode

/// Lower-case runs of letters and digits, as hashes.
typealias TermSet = Set<UInt64>

/// What a page mentions; depends on nothing but its path and bytes.
struct PageTerms: Sendable {
  let words: DocumentWords
  private let terms: TermSet
  /// Terms of the targets that have a fragment.
  private let fragmentTerms: TermSet
  /// Whether a target with a fragment has no term before it: `../#install`.
  private let hasBareFragment: Bool
  private let embeddedNames: Set<String>
  private let embedsByName: Bool

  init(_ document: Document) {
    words = DocumentWords(document.bytes)
    terms = PathTerms.terms(of: document.bytes)
    var fragmentTerms: TermSet = []
    var hasBareFragment = false
    for target in document.references.compactMap(\.target) {
      guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "#")), mark != target.startIndex else { continue }
      let found = PathTerms.terms(of: Array(target.utf8[..<mark]))
      if found.isEmpty { hasBareFragment = true }
      fragmentTerms.formUnion(found)
    }
    self.fragmentTerms = fragmentTerms
    self.hasBareFragment = hasBareFragment
    let embeds = document.embeds
    let samples = document.snippets.compactMap(\.annotations.embed)
    embeddedNames = Set((embeds.map(\.path) + samples.map(\.path)).map { String(PathIndex.name(of: $0)) })
    embedsByName = embeds.contains { $0.path.isEmpty } || !samples.isEmpty
  }

  func mentions(_ name: PathTerms) -> Bool { name.alternatives.contains { $0.isSubset(of: terms) } }

  /// Whether a link may lead to a place in a page of this name.
  func linksInto(_ name: PathTerms) -> Bool {
    name.isIndex && hasBareFragment || name.alternatives.contains { $0.isSubset(of: fragmentTerms) }
  }

  /// Whether it may show a part of the file.
  func embeds(_ path: String) -> Bool { embedsByName || embeddedNames.contains(String(PathIndex.name(of: path))) }
}

/// What a page must have to name a file: the words of its name, or for a page that stands for its folder the words of that.
struct PathTerms: Sendable {
  private(set) var alternatives: [TermSet]
  let isIndex: Bool

  init(_ path: String) {
    let name = PathIndex.name(of: path)
    let stem = name.drop { $0 == "." }.prefix { $0 != "." }.lowercased()
    isIndex = ["index", "readme", "_index", "home", "default"].contains(stem)
    alternatives = [Self.name(stem)]
    if isIndex || alternatives[0].isEmpty {
      alternatives.append(Self.name(String(PathIndex.name(of: String(PathIndex.folder(of: path[...]))))))
    }
    // A file without a word in its name may be named anyhow.
    if alternatives.allSatisfy(\.isEmpty) { alternatives = [[]] } else { alternatives.removeAll(where: \.isEmpty) }
  }

  /// A folder by its own name.
  init(folder: some StringProtocol) {
    alternatives = [Self.name(String(PathIndex.name(of: String(folder))))]
    isIndex = false
  }

  /// Numbers that only order or date a name are left out of its route.
  private static func name(_ text: String) -> TermSet {
    let runs = Array(text.utf8).split { !isTerm($0) }
    let words = runs.filter { !$0.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }
    return Set((words.isEmpty ? runs : words).map(hash))
  }

  static func terms(of bytes: [UInt8]) -> TermSet { Set(bytes.split { !isTerm($0) }.map(hash)) }

  private static func isTerm(_ byte: UInt8) -> Bool {
    byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte >= 0x80
  }

  private static func hash(_ run: ArraySlice<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in run { hash = (hash ^ UInt64(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)) &* 0x100_0000_01B3 }
    return hash
  }
}
