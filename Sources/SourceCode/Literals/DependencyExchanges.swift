// Packages that took another's place: the manifests lost the one and gained the other, and code that imported the one now binds the same
// names from the other. Only then do documents that name the old one mean the new one: a package that is merely gone, or whose successor
// is used in another way, says nothing about what a reader may use.

import Domain

/// One package took another's place.
public struct DependencyExchange: Sendable, Hashable {
  /// As the manifests write them.
  public var old: String
  public var new: String
  /// As the code imports them.
  public var oldModule: String
  public var newModule: String
  /// In the head: the manifest, and a file that imports the new one.
  public var path: String
  public var line: Int
  public var importPath: String
  public var importLine: Int

  /// What a mention becomes: modules are spelled as code spells them, packages as manifests do.
  public func replacement(for text: String, isImport: Bool) -> String {
    isImport || (text == oldModule && oldModule != old) ? newModule : new
  }

  /// Whether the old name is more than a word: `left-pad`, `@scope/name`, `h2spec`.
  public var isDistinctive: Bool { old.utf8.contains { !LiteralShape.isLetter($0) } }
}

/// Finds the exchanges of a change.
struct DependencyExchanges {
  private let change: Change
  private let limits: AnalysisLimits
  private static let maximumCandidates = 40

  init(_ change: Change, limits: AnalysisLimits) {
    self.change = change
    self.limits = limits
  }

  func find() -> [DependencyExchange] {
    guard let base = change.base else { return [] }
    var lost: [String: Set<String>] = [:]
    var gained: [String: (path: String, line: Int)] = [:]
    for file in change.files {
      guard let old = file.old, let new = file.new, DependencyNames.isManifest(new.path), PathRole(path: new.path) == .code else {
        continue
      }
      guard let before = read(old, base), let after = read(new, change.head) else { continue }
      let (left, right) = (DependencyNames.read(before, path: old.path), DependencyNames.read(after, path: new.path))
      let fresh = right.filter { left[$0.key] == nil }
      for (name, line) in fresh where gained[name].map({ new.path < $0.path }) ?? true { gained[name] = (new.path, line) }
      for name in left.keys where right[name] == nil { lost[name, default: []].formUnion(fresh.keys) }
    }
    lost = lost.filter { !$0.value.isEmpty && $0.key.utf8.count >= 3 }
    // A manifest that was rewritten exchanges nothing.
    guard !lost.isEmpty, lost.count <= Self.maximumCandidates, gained.count <= Self.maximumCandidates else { return [] }
    let imports = changedImports(base)
    let found = lost.keys.sorted().compactMap { exchange($0, lost[$0] ?? [], gained, imports) }
    return found.isEmpty ? [] : stillGone(found)
  }

  private func read(_ entry: TreeEntry, _ checkout: any Checkout) -> [UInt8]? {
    guard entry.kind == .file || entry.kind == .executable, entry.size <= limits.fileBytes else { return nil }
    return try? checkout.read(entry, limit: limits.fileBytes)
  }

  // MARK: Imports

  private struct FileImports {
    var path: String
    var old: [ImportLine]
    var new: [(item: ImportLine, line: Int)]
  }

  private func changedImports(_ base: any Checkout) -> [FileImports] {
    change.files.prefix(limits.changedFiles).compactMap { file in
      guard let old = file.old, let new = file.new, let family = ImportLine.family(SourceLanguage(path: new.path)) else { return nil }
      guard let before = read(old, base), let after = read(new, change.head) else { return nil }
      return FileImports(path: new.path, old: Self.imports(before, family).map(\.item), new: Self.imports(after, family))
    }
  }

  private static func imports(_ bytes: [UInt8], _ family: ImportLine.Family) -> [(item: ImportLine, line: Int)] {
    LineDiff.lines(of: bytes).enumerated().compactMap { number, line in
      guard line.count <= 400, let item = ImportLine(String(decoding: line, as: UTF8.self), family) else { return nil }
      return (item, number + 1)
    }
  }

  /// The one of the gained packages from which the files that gave the old one up bind the same names.
  private func exchange(
    _ old: String, _ candidates: Set<String>, _ gained: [String: (path: String, line: Int)], _ imports: [FileImports]
  ) -> DependencyExchange? {
    var votes: [String: [DependencyExchange]] = [:]
    var against = 0
    for file in imports {
      let before = file.old.filter { $0.imports(old) }
      guard !before.isEmpty, !file.new.contains(where: { $0.item.imports(old) }) else { continue }
      let found = candidates.compactMap { Self.standIn(old, $0, before, file, gained) }
      if found.isEmpty { against += 1 }
      for exchange in found { votes[exchange.new, default: []].append(exchange) }
    }
    let ranked = votes.values.sorted { $0.count > $1.count }
    guard let best = ranked.first, let first = best.min(by: { $0.importPath < $1.importPath }), best.count > against else { return nil }
    guard ranked.count == 1 || ranked[1].count < best.count else { return nil }
    return first
  }

  private static func standIn(
    _ old: String, _ new: String, _ before: [ImportLine], _ file: FileImports, _ gained: [String: (path: String, line: Int)]
  ) -> DependencyExchange? {
    // Another major version of the same module is not another package.
    guard let place = gained[new], !new.hasPrefix(old + "/") else { return nil }
    for was in before {
      for (item, line) in file.new where item.imports(new) && !file.old.contains(item) {
        guard was.module.dropFirst(old.count) == item.module.dropFirst(new.count) else { continue }
        guard (item.binding ?? item.module) == (was.binding ?? was.module) else { continue }
        return DependencyExchange(
          old: old, new: new, oldModule: was.packagePart(old), newModule: item.packagePart(new), path: place.path, line: place.line,
          importPath: file.path, importLine: line)
      }
    }
    return nil
  }

  // MARK: What is left

  /// Without those that the head still asks for or imports.
  private func stillGone(_ found: [DependencyExchange]) -> [DependencyExchange] {
    var left = found
    let index = LiteralIndex(Set(found.flatMap { [$0.old, $0.oldModule] }))
    var bytesRead = 0
    for entry in change.head.entries where !left.isEmpty {
      let family = ImportLine.family(SourceLanguage(path: entry.path))
      guard family != nil || DependencyNames.isManifest(entry.path), PathRole(path: entry.path) != .vendored else { continue }
      guard entry.kind == .file || entry.kind == .executable else { continue }
      bytesRead += entry.size
      guard bytesRead <= limits.treeBytes, let bytes = read(entry, change.head) else { return [] }
      guard !index.occurrences(in: bytes).isEmpty else { continue }
      let asked = DependencyNames.isResolved(entry.path) ? [:] : DependencyNames.read(bytes, path: entry.path)
      let imports = family.map { Self.imports(bytes, $0) } ?? []
      left.removeAll { exchange in asked[exchange.old] != nil || imports.contains { $0.item.imports(exchange.old) } }
    }
    return left
  }
}
