// The names that the change took away, and their pairs.

import Domain

/// What became of the declarations of the changed files.
struct CodeChange: Sendable {
  let old: [Sighting]
  let new: [Sighting]
  let skips: [Skip]
  /// What the raw text replaced, by old text.
  let texts: [String: TextRename]
  /// Lost declarations (indices into `old`) by plain name.
  private(set) var lostByName: [String: [Int]] = [:]
  /// For each lost declaration its pairs, best first.
  private(set) var pairings: [Int: [Pairing]] = [:]
  /// Where the type or namespace of a path is now, by its dotted path in the base.
  private var owners: [String: [String]] = [:]

  /// From here on a pair of owners carries their members along.
  private static let ownerConfidence = 0.6
  /// Pairs below this are not worth a mention.
  private static let floor = 0.35

  init(_ code: ChangedCode) {
    old = code.old
    new = code.new
    skips = code.skips
    texts = code.text.renames().mapValues { rename in
      var rename = rename
      // Of a path the parts prove nothing: `stream.Reader` in code is not the one that a test replaced.
      if !rename.isInCode, rename.old.utf8.allSatisfy(TextToken.isWordByte) {
        rename.isInCode = code.identifiers.contains { $0.contains(rename.old) }
      }
      return rename
    }
    pair(code.votes)
  }

  // MARK: Building

  private struct Key: Hashable {
    var owner: [String]
    var name: String
  }

  /// Goes from outer owners to inner members, so that the owner of each is known before its members are compared.
  private mutating func pair(_ votes: Votes) {
    let alive = Set(new.lazy.filter { !$0.declaration.isShim }.map { Key(owner: $0.symbol.owner, name: $0.name) })
    let shims = Set(new.lazy.filter { $0.declaration.isShim }.map { Key(owner: $0.symbol.owner, name: $0.name) })
    let before = Set(old.lazy.map { Key(owner: $0.symbol.owner, name: $0.name) })
    let depths = Set(old.map { $0.symbol.owner.count }).sorted()
    for depth in depths {
      let level = old.indices.filter { old[$0].symbol.owner.count == depth && old[$0].kind != .constructor }
      let lost = level.filter { index in
        let sighting = old[index]
        let key = Key(owner: moved(sighting.symbol.owner), name: sighting.name)
        if alive.contains(key) { return false }
        return !(shims.contains(key) && sighting.declaration.isShim)
      }
      pair(lost, before: before, votes)
      // Deprecation alone takes nothing away: only with a new name that it points to is the old one an alias.
      for index in lost where shims.contains(Key(owner: moved(old[index].symbol.owner), name: old[index].name)) {
        if pairings[index]?.first?.isAlias != true { pairings[index] = nil }
      }
    }
    for (index, _) in pairings { lostByName[old[index].name, default: []].append(index) }
    for name in lostByName.keys { lostByName[name]?.sort() }
  }

  private mutating func pair(_ lost: [Int], before: Set<Key>, _ votes: Votes) {
    let movedBefore = Set(before.map { Key(owner: moved($0.owner), name: $0.name) })
    let appeared = new.indices.filter { index in
      let sighting = new[index]
      return !movedBefore.contains(Key(owner: sighting.symbol.owner, name: sighting.name)) && sighting.kind != .constructor
        && sighting.declaration.deprecation == nil
    }
    let pairing = RenamePairing(old: old, new: new, votes: votes, lost: lost, appeared: appeared)
    for index in lost { pairings[index] = pairing.pairings(of: index, owner: moved(old[index].symbol.owner)) }
    settleRivals(lost)
    tieTwins(lost)
    for index in lost {
      guard let best = decided(pairings[index] ?? []), best.confidence >= Self.ownerConfidence else { continue }
      let sighting = old[index]
      guard sighting.kind.isType || sighting.kind == .module || sighting.kind == .typeAlias else { continue }
      owners[Self.path(sighting.symbol.owner + [sighting.name])] = new[best.new].symbol.owner + [new[best.new].name]
    }
  }

  /// A new declaration is what one old declaration became: for the others that want it the pair gets less likely.
  private mutating func settleRivals(_ lost: [Int]) {
    var best: [String: Double] = [:]
    func target(_ pairing: Pairing) -> String { "\(new[pairing.new].symbol.path)/\(new[pairing.new].symbol.qualifiedName)" }
    for pairing in lost.compactMap({ pairings[$0]?.first }) { best[target(pairing)] = max(best[target(pairing)] ?? 0, pairing.confidence) }
    for index in lost {
      pairings[index] = pairings[index]?.map { pairing in
        var pairing = pairing
        if let rival = best[target(pairing)], rival - pairing.confidence > 0.02 { pairing.confidence *= 0.7 }
        return pairing
      }.sorted { $0.confidence > $1.confidence }
    }
  }

  /// Where two new declarations have the old one's body, the old one was split or copied: which of them a document means
  /// is not for the place of the text to decide. A twin that another lost declaration became is none.
  private mutating func tieTwins(_ lost: [Int]) {
    let taken = Dictionary(
      lost.compactMap { index in pairings[index]?.first.map { ($0.new, index) } }, uniquingKeysWith: { first, _ in first })
    for index in lost {
      guard var pairs = pairings[index], let best = pairs.first, best.commonBody >= 0.7, !best.isNamed else { continue }
      for position in pairs.indices.dropFirst() where taken[pairs[position].new] == nil {
        guard pairs[position].commonBody >= best.commonBody - 0.1, new[pairs[position].new].name != new[best.new].name else { continue }
        pairs[position].confidence = max(pairs[position].confidence, best.confidence - 0.05)
      }
      pairings[index] = pairs.sorted { $0.confidence > $1.confidence }
    }
  }

  private static func path(_ owner: [String]) -> String { owner.joined(separator: ".") }

  /// Where an owner path of the base is in the head.
  func owner(inHead owner: [String]) -> [String] { moved(owner) }

  /// Where an owner path of the base is in the head: the longest renamed beginning decides.
  private func moved(_ owner: [String]) -> [String] {
    for length in stride(from: owner.count, to: 0, by: -1) {
      if let now = owners[Self.path(Array(owner.prefix(length)))] { return now + owner.dropFirst(length) }
    }
    return owner
  }

  /// The pair that stands clear of the others.
  private func decided(_ pairings: [Pairing]) -> Pairing? {
    guard let best = pairings.first else { return nil }
    let others = pairings.dropFirst().filter { new[$0.new].name != new[best.new].name }
    return others.contains { Self.rivals(best, $0) } ? nil : best
  }

  /// Whether the second is close enough to the first to leave the choice to a person. Near certainty confidences crowd together, so
  /// the doubts are compared too: 0.99 beside 0.91 is decided, 0.8 beside 0.7 is not.
  private static func rivals(_ best: Pairing, _ other: Pairing) -> Bool {
    best.confidence - other.confidence < 0.15 && (1 - other.confidence) < 4 * (1 - best.confidence)
  }

  // MARK: Answers

  /// The lost declarations that a query means: all of them for a plain name; those whose owner, file or package the
  /// qualifier names for a qualified one.
  func lost(_ query: NameQuery) -> [Int] {
    let indices = lostByName[query.name] ?? []
    guard let qualifier = query.qualifiers.last else { return indices }
    return indices.filter { belongs($0, to: qualifier) }
  }

  /// Whether the qualifier is an owner of the declarations meant, not only a file or a package.
  func isOwned(_ query: NameQuery) -> Bool {
    guard let qualifier = query.qualifiers.last else { return false }
    return lost(query).contains { isOwner(qualifier, of: $0) }
  }

  private func belongs(_ index: Int, to qualifier: String) -> Bool {
    if isOwner(qualifier, of: index) { return true }
    let symbol = old[index].symbol
    if symbol.owner.isEmpty { return isInPath(qualifier, symbol.path) }
    // `self.close()` in a sample means the type that the text is about.
    return ["self", "this", "super", "Self"].contains(qualifier)
  }

  /// The owner by its name, then or now, or a variable called like it: `client` or `http_client` for `Client`.
  private func isOwner(_ qualifier: String, of index: Int) -> Bool {
    let owner = old[index].symbol.owner
    guard let last = owner.last else { return false }
    let words = NameWords(qualifier)
    return [last, moved(owner).last ?? last].contains { name in
      let own = NameWords(name)
      return qualifier == name || own.folded == words.folded || (words.words.last == own.folded && own.folded.utf8.count > 2)
        || own.words.last == words.folded && words.folded.utf8.count > 2
    }
  }

  /// A file's stem or a folder.
  private func isInPath(_ qualifier: String, _ path: String) -> Bool {
    let folded = NameWords(qualifier).folded
    return path.split(separator: "/").contains { part in
      NameWords(String(part.split(separator: ".").first ?? part)).folded == folded
    }
  }

  /// Whether declarations say something else of the name that a text ends with: a line may be one heir of several.
  func contradicts(_ rename: TextRename) -> Bool {
    func last(_ text: String) -> String { text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.last.map(String.init) ?? text }
    guard let query = NameQuery(last(rename.old)), query.qualifiers.isEmpty, lostByName[query.name] != nil else { return false }
    let renames = renames(query)
    return renames.contains { $0.confidence >= 0.5 && $0.new.name != last(rename.new) }
  }

  /// Members of Swift types with a name that is no other word of a sentence behind a dot.
  var implicitMembers: Set<String> {
    Set(
      lostByName.filter { name, indices in
        name.utf8.count >= 4 && NameStrength.of(name) == .none
          && indices.allSatisfy { old[$0].symbol.language == .swift && !old[$0].symbol.owner.isEmpty }
      }.keys)
  }

  /// Lost members with their owner, as documents write them, and the member's name.
  var memberTexts: [String: String] {
    var texts: [String: String] = [:]
    for (name, indices) in lostByName where name.utf8.count >= 4 {
      for index in indices {
        guard let owner = old[index].symbol.owner.last, owner.utf8.count >= 3, decided(pairings[index] ?? []) != nil else { continue }
        for separator in [".", "::", "#", "/"] { texts[owner + separator + name] = name }
      }
    }
    return texts
  }

  /// Distinctive names of which every lost declaration became one and the same new name.
  var convincingNames: Set<String> {
    Set(
      lostByName.keys.filter { name in
        guard NameStrength.of(name) == .word, let query = NameQuery(name) else { return false }
        let renames = renames(query)
        guard Set(renames.map(\.new.name)).count == 1, renames[0].confidence >= 0.8 else { return false }
        return lost(query).contains { index in (pairings[index]?.first?.uses ?? 0) >= 3 }
      })
  }

  func hasConvincingRename(_ query: NameQuery) -> Bool {
    let renames = renames(query)
    return renames.count == 1 && renames[0].confidence >= Self.ownerConfidence
  }

  /// One rename for each new name that is near the best.
  func renames(_ query: NameQuery) -> [Rename] {
    var best: [String: Pairing] = [:]
    // What each of several declarations of the name became by itself.
    var agreeing: Set<String> = []
    let indices = lost(query)
    for index in indices {
      for pairing in pairings[index] ?? [] where pairing.confidence >= Self.floor {
        let name = new[pairing.new].name
        if pairing.confidence > best[name]?.confidence ?? 0 { best[name] = pairing }
      }
      if let name = decided(pairings[index] ?? []).map({ new[$0.new].name }) { agreeing.insert(name) }
    }
    let sorted = best.values.sorted { ($0.confidence, $1.new) > ($1.confidence, $0.new) }
    guard let top = sorted.first else { return [] }
    return sorted.filter { $0.new == top.new || agreeing.contains(new[$0.new].name) || Self.rivals(top, $0) }.map(rename)
  }

  private func rename(_ pairing: Pairing) -> Rename {
    Rename(old: old[pairing.old].symbol, new: new[pairing.new].symbol, confidence: pairing.confidence, evidence: pairing.evidence)
  }

  func evidence(_ lost: [Int], _ remains: Remains) -> [Evidence] {
    var evidence = lost.prefix(3).map { index in
      let symbol = old[index].symbol
      return Evidence("\(symbol.place) is not in the code any more", path: symbol.path, line: symbol.line)
    }
    if let alias = remains.aliases.first {
      evidence.append(Evidence("\(alias.name) is left only as a deprecated alias", path: alias.path, line: alias.line))
    } else if let listing = remains.listing {
      evidence.append(Evidence("an import still names it", path: listing.path, line: listing.line))
    }
    return evidence
  }
}
