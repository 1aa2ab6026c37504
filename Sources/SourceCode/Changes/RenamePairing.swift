// Which lost declaration became which new one. Each signal alone can mislead (bodies are rewritten, neighbours move, names
// resemble each other by chance), so each is a probability and independent ones are combined: one minus the product of the
// chances that each is wrong. Two candidates that come out close are left for a person to decide.
//
// The weights were set by hand from maintainers' renames and are checked by the calibration table of the benchmark.

import Domain

/// A signal that two declarations are one.
struct Signal {
  /// The chance that it is right, alone.
  var weight: Double
  var evidence: Evidence?
}

/// A possible pair.
struct Pairing {
  var old: Int
  var new: Int
  var confidence: Double
  var evidence: [Evidence]
  /// How much of a body of some size is the same, 0 to 1.
  var commonBody: Double
  /// Whether the old name is an alias of the new one, or says so.
  var isAlias: Bool
  /// Whether uses or a deprecation name the new one: then a second body of the same text is no rival.
  var isNamed: Bool
  /// How many uses changed from the old name to the new one.
  var uses: Int
}

/// Pairs declarations that the head lost with declarations that it has.
struct RenamePairing {
  let old: [Sighting]
  let new: [Sighting]
  let votes: Votes
  /// Indices into `old` of what is lost, and into `new` of what was not there before.
  let lost: [Int]
  let appeared: [Int]

  private var byBody: [UInt64: [Int]] = [:]
  private var byOwner: [String: [Int]] = [:]
  private var byHunk: [Place: [Int]] = [:]
  private var byName: [UInt64: [Int]] = [:]
  /// By name without case and separators.
  private var byFolded: [String: [Int]] = [:]
  private var bySketch: [UInt64: [Int]] = [:]
  private var allByName: [String: [Int]] = [:]
  private var lostByOwner: [String: Int] = [:]
  private let isAppeared: Set<Int>

  private struct Place: Hashable {
    var file: Int
    var hunk: Int
  }

  /// Candidates beyond these are not compared.
  private static let maximumCandidates = 200

  init(old: [Sighting], new: [Sighting], votes: Votes, lost: [Int], appeared: [Int]) {
    self.old = old
    self.new = new
    self.votes = votes
    self.lost = lost
    self.appeared = appeared
    isAppeared = Set(appeared)
    for index in appeared {
      add(index)
      byFolded[new[index].words.folded, default: []].append(index)
    }
    for (index, sighting) in new.enumerated() { allByName[sighting.name, default: []].append(index) }
    for index in lost { lostByOwner[Self.group(old[index], owner: old[index].symbol.owner), default: 0] += 1 }
  }

  private mutating func add(_ index: Int) {
    let sighting = new[index]
    byBody[sighting.declaration.shape.hash, default: []].append(index)
    byOwner[Self.group(sighting, owner: sighting.symbol.owner), default: []].append(index)
    byName[sighting.hash, default: []].append(index)
    if let hunk = sighting.hunk { byHunk[Place(file: sighting.file, hunk: hunk), default: []].append(index) }
    for hash in sighting.declaration.shape.sketch { bySketch[hash, default: []].append(index) }
  }

  /// Declarations of one owner, file and family of kinds.
  private static func group(_ sighting: Sighting, owner: [String]) -> String {
    "\(sighting.file)/\(owner.joined(separator: "."))/\(sighting.kind.family)"
  }

  /// The pairs for one lost declaration, best first. `owner` is where its owner is now.
  func pairings(of index: Int, owner: [String]) -> [Pairing] {
    candidates(of: index, owner: owner).compactMap { pairing(index, $0, owner: owner) }.sorted { $0.confidence > $1.confidence }
  }

  // MARK: Candidates

  private func candidates(of index: Int, owner: [String]) -> [Int] {
    let sighting = old[index]
    var candidates: Set<Int> = []
    func add(_ indices: [Int]?) {
      for candidate in indices ?? [] where candidates.count < Self.maximumCandidates { candidates.insert(candidate) }
    }
    add(aliasTargets(of: sighting))
    for hash in votes.targets[sighting.hash] ?? [] { add(byName[hash]) }
    if sighting.declaration.shape.tokenCount >= 5 { add(byBody[sighting.declaration.shape.hash]) }
    if let hunk = sighting.hunk { add(byHunk[Place(file: sighting.file, hunk: hunk)]) }
    add(byOwner[Self.group(sighting, owner: owner)])
    add(likeBodies(of: sighting))
    if sighting.words.words.count > 1 { add(byFolded[sighting.words.folded]) }
    return candidates.filter { new[$0].name != sighting.name && new[$0].kind.family == sighting.kind.family }.sorted()
  }

  /// New declarations whose body has a good part of this one's.
  private func likeBodies(of sighting: Sighting) -> [Int] {
    var common: [Int: Int] = [:]
    for hash in sighting.declaration.shape.sketch {
      let indices = bySketch[hash] ?? []
      if indices.count <= 50 { for index in indices { common[index, default: 0] += 1 } }
    }
    return common.filter { $0.value * 3 >= sighting.declaration.shape.sketch.count }.map(\.key).sorted()
  }

  /// Head declarations that the deprecation or the alias of this name points to: of the head's shim, or, when that is gone
  /// too, of the base's.
  private func aliasTargets(of sighting: Sighting) -> [Int] {
    let shims = shims(of: sighting)
    var targets: [Int] = []
    for shim in shims {
      var names = Self.words(in: shim.deprecation ?? "")
      if let alias = shim.aliasOf { names.append(alias) }
      targets += names.filter { $0 != sighting.name }.flatMap { allByName[$0] ?? [] }
    }
    return targets
  }

  private func shims(of sighting: Sighting) -> [Declaration] {
    let inHead = (allByName[sighting.name] ?? []).map { new[$0].declaration }.filter {
      $0.isShim && $0.owner.last == sighting.symbol.owner.last
    }
    return inHead.isEmpty ? (sighting.declaration.isShim ? [sighting.declaration] : []) : inHead
  }

  /// The identifier-shaped words of a text that could be names: more than one letter, not all lower-case prose.
  private static func words(in text: String) -> [String] {
    text.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "$" }.map(String.init).filter { $0.utf8.count > 1 }
  }

  // MARK: Signals

  private func pairing(_ oldIndex: Int, _ newIndex: Int, owner: [String]) -> Pairing? {
    let (left, right) = (old[oldIndex], new[newIndex])
    let alias = alias(left, right, isNew: isAppeared.contains(newIndex))
    let named = [alias, callSites(left, right)].compactMap { $0 }
    let grounds =
      named + [respelled(left, right)].compactMap { $0 } + [sameTarget(left, right)].compactMap { $0 }
      + [body(left, right), site(left, right, owner: owner)].compactMap { $0 }
    let likeness = [signature(left, right), names(left, right), place(left, right, owner: owner)].compactMap { $0 }
    let doubt = (grounds + likeness).reduce(1.0) { $0 * (1 - $1.weight) }
    let confidence = min(0.99, 1 - doubt)
    let evidence = (grounds + likeness).sorted { $0.weight > $1.weight }.compactMap(\.evidence)
    let first = Evidence("\(left.symbol.place) became \(right.symbol.place)", path: right.symbol.path, line: right.symbol.line)
    return Pairing(
      old: oldIndex, new: newIndex, confidence: grounds.isEmpty ? min(confidence, 0.5) : confidence, evidence: [first] + evidence,
      commonBody: commonBody(left, right), isAlias: alias != nil, isNamed: named.contains { $0.weight >= 0.4 },
      uses: votes.tallies[Votes.Pair(old: left.hash, new: right.hash)].map { $0.code + $0.other } ?? 0)
  }

  /// A deprecation that names something older is advice, and rarely a rename.
  private func alias(_ left: Sighting, _ right: Sighting, isNew: Bool) -> Signal? {
    for shim in shims(of: left) {
      let isAlias = shim.aliasOf == right.name
      guard isAlias || Self.words(in: shim.deprecation ?? "").contains(right.name) else { continue }
      let how = shim.deprecation == nil ? "is only another name of" : "is deprecated and points to"
      return Signal(
        weight: isNew ? 0.85 : 0.6, evidence: Evidence("\(left.name) \(how) \(right.name)", path: left.symbol.path, line: shim.line))
    }
    return nil
  }

  /// Two aliases of one thing: `export { enumType as enumeration }` became `export { enumType as enum }`.
  private func sameTarget(_ left: Sighting, _ right: Sighting) -> Signal? {
    guard let target = left.declaration.aliasOf, target == right.declaration.aliasOf, !left.kind.isCallable else { return nil }
    return Signal(weight: 0.6, evidence: Evidence("both are names of \(target)", path: right.symbol.path, line: right.symbol.line))
  }

  /// The same words, spelled otherwise: `parseConfig`, `parse_config`, `_parse_config`.
  private func respelled(_ left: Sighting, _ right: Sighting) -> Signal? {
    guard left.words.words.count > 1, left.words == right.words else { return nil }
    let heirs = Set((byFolded[left.words.folded] ?? []).map { new[$0].name })
    guard heirs.count == 1 else { return nil }
    return Signal(
      weight: left.words.words.count > 2 ? 0.75 : 0.6,
      evidence: Evidence("\(right.name) has the same words", path: right.symbol.path, line: right.symbol.line))
  }

  private func callSites(_ left: Sighting, _ right: Sighting) -> Signal? {
    let pair = Votes.Pair(old: left.hash, new: right.hash)
    guard let tally = votes.tallies[pair] else { return nil }
    let strength = Double(tally.code) + Double(tally.other) * 0.6
    let base = strength >= 3 ? (tally.files > 1 ? 0.85 : 0.75) : strength >= 2 ? 0.65 : 0.45
    let sites = tally.code + tally.other
    let count = "\(sites) \(sites == 1 ? "use" : "uses") in \(tally.files) \(tally.files == 1 ? "file" : "files")"
    return Signal(
      weight: base * votes.share(of: pair),
      evidence: Evidence("\(count) changed from \(left.name) to \(right.name)", path: tally.path, line: tally.line))
  }

  private func body(_ left: Sighting, _ right: Sighting) -> Signal? {
    let (before, after) = (left.declaration.shape, right.declaration.shape)
    let size = min(before.tokenCount, after.tokenCount)
    guard size > 0 else { return nil }
    if before.hash == after.hash && before.tokenCount == after.tokenCount {
      guard size >= 3 || left.kind.isValue else { return nil }
      let others = (byBody[before.hash] ?? []).count
      let weight = size >= 12 ? 0.85 : size >= 5 ? 0.6 : 0.3
      return Signal(
        weight: others > 1 ? weight / 2 : weight,
        evidence: Evidence("the body is the same", path: right.symbol.path, line: right.symbol.line))
    }
    let similarity = before.similarity(to: after)
    guard size >= 8, similarity >= 0.35 else { return nil }
    let weight = similarity >= 0.8 ? 0.75 : similarity >= 0.6 ? 0.6 : 0.4
    let share = Int((similarity * 100).rounded())
    return Signal(
      weight: weight, evidence: Evidence("the bodies have \(share) % in common", path: right.symbol.path, line: right.symbol.line))
  }

  private func commonBody(_ left: Sighting, _ right: Sighting) -> Double {
    let (before, after) = (left.declaration.shape, right.declaration.shape)
    return min(before.tokenCount, after.tokenCount) >= 10 ? before.similarity(to: after) : 0
  }

  /// The new declaration stands where the old one stood.
  private func site(_ left: Sighting, _ right: Sighting, owner: [String]) -> Signal? {
    guard left.file == right.file, let hunk = left.hunk, hunk == right.hunk, right.symbol.owner == owner else { return nil }
    if left.alignedTo == right.symbol.line {
      return Signal(
        weight: 0.75,
        evidence: Evidence("the line that declared it now declares \(right.name)", path: right.symbol.path, line: right.symbol.line))
    }
    let inHunk = (byHunk[Place(file: right.file, hunk: hunk)] ?? []).filter {
      new[$0].kind.family == left.kind.family && new[$0].symbol.owner == owner
    }
    guard inHunk.count == 1 else { return nil }
    return Signal(
      weight: 0.5, evidence: Evidence("the declaration was replaced in place", path: right.symbol.path, line: right.symbol.line))
  }

  private func signature(_ left: Sighting, _ right: Sighting) -> Signal? {
    guard let before = left.declaration.parameters, let after = right.declaration.parameters, !before.isEmpty else { return nil }
    guard before.map(\.name) == after.map(\.name) else { return nil }
    let names = before.prefix(6).map(\.name).joined(separator: ", ")
    return Signal(
      weight: before.count > 1 ? 0.35 : 0.2, evidence: Evidence("both take (\(names))", path: right.symbol.path, line: right.symbol.line))
  }

  private func names(_ left: Sighting, _ right: Sighting) -> Signal? {
    let similarity = left.words.similarity(to: right.words)
    return similarity >= 0.25 ? Signal(weight: 0.4 * similarity, evidence: nil) : nil
  }

  /// The only one lost and the only one new of its kind, in one owner of one file.
  private func place(_ left: Sighting, _ right: Sighting, owner: [String]) -> Signal? {
    guard left.file == right.file, right.symbol.owner == owner else { return nil }
    let isOnly = byOwner[Self.group(right, owner: owner)]?.count == 1 && lostByOwner[Self.group(left, owner: left.symbol.owner)] == 1
    return Signal(weight: isOnly ? 0.4 : 0.1, evidence: nil)
  }
}

extension Declaration.Kind {
  /// Kinds of one family may become one another in a rename.
  var family: Int {
    switch self {
    case .module: 0
    case .class, .struct, .enum, .protocol, .interface, .trait, .typeAlias: 1
    case .function, .method, .macro: 2
    case .constructor: 3
    case .field, .constant, .variable, .enumCase: 4
    case .parameter: 5
    }
  }

  var isValue: Bool { family == 4 }
}
