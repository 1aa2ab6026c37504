// From one changed line to the patterns that could stand for the change: the smallest one that names what it is about comes first, and each
// further one asks for more of its surroundings. Which of them holds is for the votes of other lines, and for what is left of the old shape
// in the head, to decide.

/// A pattern with what takes its region's place.
struct PatternCandidate: Hashable {
  enum Kind: Hashable { case call, definition, chain, phrase }
  var pattern: CallPattern
  var replacement: CallReplacement
  var kind: Kind
  /// The name of the function that is called; 0 for a phrase.
  var callee: UInt64
}

/// Builds the candidates of one edit.
struct PatternBuilder {
  private let old: TokenTree
  private let new: TokenTree
  private let edit: LinePair.Edit
  /// Tokens that the context may use: those between the neighbouring edits.
  private let bounds: Range<Int>
  private(set) var candidates: [PatternCandidate] = []

  private static let maximumElements = 48

  init(_ pair: LinePair, _ number: Int) {
    old = pair.old
    new = pair.new
    edit = pair.edits[number]
    let low = number > 0 ? pair.edits[number - 1].old.upperBound : 0
    let high = number + 1 < pair.edits.count ? pair.edits[number + 1].old.lowerBound : pair.old.count
    bounds = low..<max(low, high)
    guard !isPunctuation else { return }
    addCallees()
    addCalls()
    addChains()
    addPhrases()
  }

  // MARK: Parts

  /// Whether only marks that end or separate were put in or taken out: that comes with another line.
  private var isPunctuation: Bool {
    func separates(_ token: Token) -> Bool { token.kind == .punctuation && ";,.:(){}[]".utf8.contains(token.byte) }
    return edit.old.allSatisfy { separates(old[$0]) } && edit.new.allSatisfy { separates(new[$0]) }
  }

  /// Strings and numbers of the region that the new region has too: they may be any.
  private var holes: [Int: Int] {
    var holes: [Int: Int] = [:]
    for index in edit.old where old[index].kind == .string || old[index].kind == .number {
      let hash = old[index].hash
      guard edit.old.count(where: { old[$0].hash == hash }) == 1 else { continue }
      let places = edit.new.filter { new[$0].hash == hash && new[$0].kind == old[index].kind }
      if places.count == 1 { holes[index] = places[0] }
    }
    return holes
  }

  /// A run of tokens as elements; `holes` are old tokens that may be any of their kind.
  private func literal(_ range: Range<Int>, holes: [Int: Int] = [:]) -> [CallPattern.Element] {
    range.map { holes[$0] == nil ? .token(old[$0].hash) : .literal(isString: old[$0].kind == .string) }
  }

  /// The new region's text, with the blanks that stand around it where a context token follows or precedes.
  private func replacement(regionStart: Int, hasBefore: Bool, hasAfter: Bool, holes: [Int: Int]) -> CallReplacement? {
    let bytes = new.source.bytes
    var start = 0
    var end = bytes.count
    if hasBefore {
      guard edit.new.lowerBound > 0 else { return nil }
      start = Int(new[edit.new.lowerBound - 1].end)
    } else if let first = edit.new.first {
      start = Int(new[first].start)
    }
    if hasAfter {
      guard edit.new.upperBound < new.count else { return nil }
      end = Int(new[edit.new.upperBound].start)
    } else if let last = edit.new.last {
      end = Int(new[last].end)
    } else {
      end = start
    }
    guard start <= end else { return nil }
    var pieces: [CallReplacement.Piece] = []
    var position = start
    for (oldToken, newToken) in holes.sorted(by: { $0.value < $1.value }) {
      pieces.append(.text(Array(bytes[position..<Int(new[newToken].start)])))
      pieces.append(.element(regionStart + oldToken - edit.old.lowerBound))
      position = Int(new[newToken].end)
    }
    pieces.append(.text(Array(bytes[position..<end])))
    return CallReplacement(pieces: pieces.filter { $0 != .text([]) })
  }

  private mutating func add(
    _ before: [CallPattern.Element], _ after: [CallPattern.Element], holes: [Int: Int], kind: PatternCandidate.Kind, callee: UInt64 = 0
  ) {
    let elements = before + literal(edit.old, holes: holes) + after
    guard elements.count >= 2, elements.count <= Self.maximumElements, case .token = elements[0] else { return }
    let pattern = CallPattern(elements: elements, region: before.count..<before.count + edit.old.count)
    guard
      let replacement = replacement(regionStart: before.count, hasBefore: !before.isEmpty, hasAfter: !after.isEmpty, holes: holes)
    else { return }
    candidates.append(PatternCandidate(pattern: pattern, replacement: replacement, kind: kind, callee: callee))
  }

  /// Where the chain of names that ends with the name at `index` begins, one entry for each name more.
  private func chainStarts(_ index: Int) -> [Int] {
    var starts = [index]
    var position = index
    while starts.count < 4, let name = nameBefore(position), bounds.contains(name) {
      position = name
      starts.append(name)
    }
    return starts
  }

  private func nameBefore(_ index: Int) -> Int? {
    if old.isMark(index - 1, "."), old.isName(index - 2) { return index - 2 }
    if old.isMark(index - 1, ":"), old.isMark(index - 2, ":"), old.isName(index - 3) { return index - 3 }
    return nil
  }

  // MARK: Arguments

  /// The region is the name of what is called, and became more than a name: `header(…)` became `headers().get(…)`.
  private mutating func addCallees() {
    let name = edit.old.lowerBound
    guard edit.old.count == 1, edit.new.count > 1, old.isName(name), old.isMark(name + 1, "("), !Self.isControl(old[name].word) else {
      return
    }
    let close = old.close(of: name + 1)
    guard close < bounds.upperBound else { return }
    add([], literal(name + 1..<name + 2) + [.contents] + literal(close..<close + 1), holes: [:], kind: .call, callee: old[name].hash)
  }

  /// The region is among the arguments of a call.
  private mutating func addCalls() {
    guard let opener = LinePair.enclosing(edit.old, old), old.isMark(opener, "("), opener > 0, old.isName(opener - 1) else { return }
    let close = old.close(of: opener)
    guard bounds.contains(opener - 1), close < bounds.upperBound, !Self.isControl(old[opener - 1].word) else { return }
    let holes = holes
    let isDefinition = opener > 1 && Self.defines(old[opener - 2].word)
    let before = arguments(opener + 1, edit.old.lowerBound)
    let after = arguments(edit.old.upperBound, close, isBehind: true)
    for start in chainStarts(opener - 1) {
      add(
        literal(start..<opener + 1) + before, after + literal(close..<close + 1), holes: holes, kind: isDefinition ? .definition : .call,
        callee: old[opener - 1].hash)
    }
  }

  /// The arguments between an argument list's bracket and the region, or between the region and the closing bracket: those that the
  /// region does not touch may be any.
  private func arguments(_ start: Int, _ end: Int, isBehind: Bool = false) -> [CallPattern.Element] {
    var elements: [CallPattern.Element] = []
    var position = start
    var isFirst = true
    while position < end {
      let stop = min(end, CallPattern.stretchEnd(old, position, stopsAtComma: true))
      let isTouched = isBehind ? isFirst && !startsArgument(position) : stop == end && !endsArgument(end)
      if isTouched, isBehind, isLabelEnd(position), stop > position + 1 {
        elements += literal(position..<position + 1) + [.argument]
      } else if isTouched {
        elements += literal(position..<stop)
      } else if stop > position {
        elements.append(.argument)
      }
      if stop < end { elements += literal(stop..<stop + 1) }
      position = stop + 1
      isFirst = false
    }
    return elements
  }

  /// `=` or `:` behind a keyword.
  private func isLabelEnd(_ index: Int) -> Bool {
    (old.isMark(index, "=") && !old.isMark(index + 1, "=") && !old.isMark(index + 1, ">"))
      || (old.isMark(index, ":") && !old.isMark(index + 1, ":"))
  }

  /// Whether the region ended with a comma, or with nothing of the argument at `index`.
  private func startsArgument(_ index: Int) -> Bool {
    if edit.old.isEmpty { return old.isMark(index - 1, ",") || old.isMark(index - 1, "(") }
    return old.isMark(index - 1, ",")
  }

  private func endsArgument(_ index: Int) -> Bool {
    old.isMark(index, ",") || old.isMark(index - 1, ",") || (edit.old.isEmpty && old.isMark(index, ")"))
  }

  static func defines(_ word: Word) -> Bool {
    switch word {
    case .fn, .func, .fun, .def, .function: true
    default: false
    }
  }

  /// Words before a name that make a variable or a type of it.
  static func declares(_ word: Word) -> Bool {
    switch word {
    case .let, .const, .var, .val, .mut, .class, .struct, .enum: true
    default: false
    }
  }

  static func isControl(_ word: Word) -> Bool {
    switch word {
    case .if, .while, .for, .switch, .catch, .return, .guard, .unless, .until, .when: true
    default: false
    }
  }

  // MARK: What follows a call

  /// The region follows a call: `serve(…).await` before `.unwrap()`.
  private mutating func addChains() {
    var index = edit.old.lowerBound - 1
    var steps = 0
    while steps < 6, bounds.contains(index) {
      if old.isMark(index, ")") {
        let opener = Int(old.matches[index])
        guard opener > 0, bounds.contains(opener - 1), old.isName(opener - 1), !Self.isControl(old[opener - 1].word) else { return }
        let tail = literal(index..<edit.old.lowerBound)
        let after = edit.old.isEmpty ? literal(edit.old.upperBound..<min(bounds.upperBound, edit.old.upperBound + 1)) : []
        guard !edit.old.isEmpty || !after.isEmpty else { return }
        for start in chainStarts(opener - 1) {
          add(
            literal(start..<opener + 1) + [.contents] + tail, after, holes: [:], kind: .chain, callee: old[opener - 1].hash)
        }
        return
      }
      guard old.isName(index) || old.isMark(index, ".") || old.isMark(index, ":") || old.isMark(index, "?") else { return }
      index -= 1
      steps += 1
    }
  }

  // MARK: Phrases

  /// The region with its neighbours, word for word.
  private mutating func addPhrases() {
    if edit.old.count == 1, edit.new.count == 1, old.isName(edit.old.lowerBound), !isTypeArgument(edit.old.lowerBound) { return }
    for (left, right) in [(1, 0), (0, 1), (1, 1), (2, 1), (1, 2), (2, 2), (0, 0), (3, 1)] {
      if edit.old.isEmpty, left == 0 || right == 0 { continue }
      guard let start = extended(edit.old.lowerBound, by: left, step: -1), let end = extended(edit.old.upperBound, by: right, step: 1)
      else {
        continue
      }
      guard (start..<end).contains(where: { isAnchor($0) }), old.isName(start) else { continue }
      add(literal(start..<edit.old.lowerBound), literal(edit.old.upperBound..<end), holes: [:], kind: .phrase)
    }
  }

  private func isTypeArgument(_ index: Int) -> Bool {
    (old.isMark(index - 1, "<") || old.isMark(index - 1, ",")) && (old.isMark(index + 1, ">") || old.isMark(index + 1, ","))
  }

  /// A name that is not every other line's.
  private func isAnchor(_ index: Int) -> Bool {
    old.isName(index) && old[index].word == .none && old[index].end - old[index].start >= 4
  }

  /// The bound of a region that reaches over `count` more words; nil when there are not so many close by.
  private func extended(_ index: Int, by count: Int, step: Int) -> Int? {
    var position = index
    for _ in 0..<count {
      var taken = 0
      while true {
        let next = step < 0 ? position - 1 : position
        guard bounds.contains(next), taken < 4 else { return nil }
        position += step
        taken += 1
        if old[next].kind != .punctuation { break }
      }
    }
    return position
  }
}
