// The declarations of the changed files on both sides, with what lies beside them: hunks, aligned lines, votes.

import Domain

/// A declaration of one side of the change.
struct Sighting {
  var symbol: Symbol
  var words: NameWords
  var hash: UInt64
  /// Number of the changed file.
  var file: Int
  /// The hunk that its name's line is in.
  var hunk: Int?
  /// Base side: the head's line that replaced its line.
  var alignedTo: Int?

  var name: String { symbol.name }
  var kind: Declaration.Kind { symbol.kind }
  var declaration: Declaration { symbol.declaration }
}

/// Both sides of the changed source files.
struct ChangedCode {
  private(set) var old: [Sighting] = []
  private(set) var new: [Sighting] = []
  private(set) var votes = Votes()
  private(set) var text = TextVotes()
  /// The identifiers of the base's changed code.
  private(set) var identifiers: [IdentifierSet] = []
  private(set) var skips: [Skip] = []

  private let change: Change
  private let cache: any FactsCache
  private let limits: AnalysisLimits

  init(change: Change, cache: any FactsCache, limits: AnalysisLimits) throws {
    self.change = change
    self.cache = cache
    self.limits = limits
    guard let base = change.base else { return }
    let files = change.files.filter { Self.language($0.old) != nil || Self.language($0.new) != nil }
    for (number, file) in files.enumerated() {
      guard number < limits.changedFiles else {
        skips.append(Skip(path: file.path, reason: .tooManyFiles, detail: "more than \(limits.changedFiles) changed source files"))
        continue
      }
      try add(file, number, base)
    }
    try addTexts(base)
  }

  /// What the raw text of the files says, manifests included.
  private mutating func addTexts(_ base: any Checkout) throws {
    var bytesRead = 0
    for (number, file) in change.files.enumerated() {
      guard let old = file.old, let new = file.new, Self.isText(old), Self.isText(new), old.size + new.size <= Self.textBytes else {
        continue
      }
      let role = PathRole(path: new.path)
      guard role != .vendored, role != .generated, number < limits.changedFiles else { continue }
      bytesRead += old.size + new.size
      guard bytesRead <= Self.allTextBytes else {
        skips.append(Skip(path: file.path, reason: .tooLarge, detail: "more than \(Self.allTextBytes) bytes of changed text"))
        return
      }
      let before = try base.read(old, limit: limits.fileBytes)
      let after = try change.head.read(new, limit: limits.fileBytes)
      guard FileScanner.refusal(of: before) == nil, FileScanner.refusal(of: after) == nil else { continue }
      text.add(RawComparison(before, after).substitutions, file: number, path: new.path, old: before, new: after)
      if PackageNames.isManifest(new.path) {
        text.add(
          manifest: new.path, old: PackageNames.declared(in: before, path: old.path), new: PackageNames.declared(in: after, path: new.path))
      }
    }
  }

  private static let textBytes = 1 << 20
  private static let allTextBytes = 64 << 20

  /// Source code, and manifests.
  private static func isText(_ entry: TreeEntry) -> Bool {
    guard entry.kind == .file || entry.kind == .executable else { return false }
    return SourceLanguage(path: entry.path) != nil || PackageNames.isManifest(entry.path)
  }

  private static func language(_ entry: TreeEntry?) -> SourceLanguage? {
    guard let entry, entry.kind == .file || entry.kind == .executable else { return nil }
    return SourceLanguage(path: entry.path)
  }

  private mutating func add(_ file: FileChange, _ number: Int, _ base: any Checkout) throws {
    let before = try scan(file.old, in: base)
    let after = try scan(file.new, in: change.head)
    var comparison: FileComparison?
    if let before, let after, before.source.language == after.source.language {
      comparison = FileComparison(before.source, after.source)
      vote(comparison, number, before, after, path: file.new?.path ?? file.path)
    }
    if let before, let entry = file.old, PathRole(path: entry.path) == .code {
      identifiers.append(before.facts.code)
      old += before.declarations.map { declaration in
        let line = declaration.line - 1
        return sighting(declaration, entry, before, number, comparison?.oldHunks[line], comparison?.aligned[line].map { $0 + 1 })
      }
    }
    if let after, let entry = file.new, PathRole(path: entry.path) == .code {
      new += after.declarations.map { sighting($0, entry, after, number, comparison?.newHunks[$0.line - 1], nil) }
    }
  }

  private func sighting(
    _ declaration: Declaration, _ entry: TreeEntry, _ file: ScannedFile, _ number: Int, _ hunk: Int?, _ alignedTo: Int?
  ) -> Sighting {
    Sighting(
      symbol: Symbol(declaration, path: entry.path, language: file.source.language), words: NameWords(declaration.name),
      hash: identifierHash(declaration.name.utf8), file: number, hunk: hunk, alignedTo: alignedTo)
  }

  /// Lets the uses of names vote. A declaration's own line is no use: it counts as the site of the rename.
  private mutating func vote(_ comparison: FileComparison?, _ number: Int, _ before: ScannedFile, _ after: ScannedFile, path: String) {
    let isCode = PathRole(path: path) == .code
    let declared = Set(before.declarations.lazy.map { identifierHash($0.name.utf8) })
    let places = Set(after.declarations.lazy.map { DeclaredName(hash: identifierHash($0.name.utf8), line: $0.line) })
    for (pair, line) in comparison?.substitutions ?? [] {
      if declared.contains(pair.old), places.contains(DeclaredName(hash: pair.new, line: line)) { continue }
      votes.add(pair, file: number, path: path, line: line, isCode: isCode)
    }
  }

  private struct DeclaredName: Hashable {
    var hash: UInt64
    var line: Int
  }

  /// A file's tokens and declarations; nil, with a skip, when it is not scanned.
  private mutating func scan(_ entry: TreeEntry?, in checkout: any Checkout) throws -> ScannedFile? {
    guard let entry, let language = Self.language(entry) else { return nil }
    guard entry.size <= limits.fileBytes else {
      skips.append(Skip(path: entry.path, reason: .tooLarge, detail: "\(entry.size) bytes of at most \(limits.fileBytes)"))
      return nil
    }
    switch FileScanner.scan(try checkout.read(entry, limit: limits.fileBytes), language) {
    case .success(let file):
      cache.store(file.facts, for: FactsKey(blob: entry.blob, language: language))
      return file
    case .failure(let refusal):
      skips.append(Skip(path: entry.path, reason: refusal.reason, detail: refusal.detail))
      return nil
    }
  }
}
