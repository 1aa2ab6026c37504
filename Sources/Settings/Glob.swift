// Path patterns of `.doc-healing.yml`. `*` and `?` stay within a folder, `**` crosses folders, `{a,b}` is a choice, a
// backslash takes the next character as it is; everything else stands for itself. A pattern comes from a repository, so it
// may be hostile: it becomes a nondeterministic automaton that is run state set by state set, in time proportional to the
// length of the pattern times that of the path, never more.

/// A compiled pattern, matched against whole paths relative to the repository's root.
public struct Glob: Sendable, Hashable {
  public let pattern: String
  private let states: [State]
  private let start: Int

  /// The longest pattern, in bytes.
  public static let lengthLimit = 512

  /// Why a pattern is none.
  public struct Malformed: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
  }

  /// Compiles a pattern. A leading `/` means nothing, a final one means everything below the folder.
  public init(_ pattern: String) throws(Malformed) {
    guard !pattern.isEmpty else { throw Malformed(description: "the pattern is empty") }
    guard pattern.utf8.count <= Self.lengthLimit else {
      throw Malformed(description: "the pattern is longer than \(Self.lengthLimit) bytes")
    }
    self.pattern = pattern
    var parser = Parser(pattern)
    let pieces = try parser.parse()
    var builder = Builder()
    start = builder.build(pieces, next: builder.accept)
    states = builder.states
  }

  /// Whether the whole path matches.
  public func matches(_ path: String) -> Bool {
    var current = StateSet(count: states.count)
    var next = StateSet(count: states.count)
    current.insert(start, following: states)
    for scalar in path.unicodeScalars {
      next.removeAll()
      for index in current.members {
        if let target = states[index].target(of: scalar) { next.insert(target, following: states) }
      }
      if next.members.isEmpty { return false }
      swap(&current, &next)
    }
    return current.members.contains(Builder.acceptIndex)
  }

  /// One state of the automaton.
  private enum State: Sendable, Hashable {
    case accept
    case scalar(Unicode.Scalar, next: Int)
    case inFolder(next: Int)
    case any(next: Int)
    case split([Int])

    func target(of scalar: Unicode.Scalar) -> Int? {
      switch self {
      case .scalar(let own, let next): own == scalar ? next : nil
      case .inFolder(let next): scalar == "/" ? nil : next
      case .any(let next): next
      case .accept, .split: nil
      }
    }
  }

  /// The states that the automaton is in; splits are followed at once.
  private struct StateSet {
    private(set) var members: [Int] = []
    private var isMember: [Bool]

    init(count: Int) { isMember = Array(repeating: false, count: count) }

    mutating func removeAll() {
      for member in members { isMember[member] = false }
      members.removeAll(keepingCapacity: true)
    }

    mutating func insert(_ state: Int, following states: [State]) {
      var pending = [state]
      while let index = pending.popLast() {
        if isMember[index] { continue }
        isMember[index] = true
        members.append(index)
        if case .split(let targets) = states[index] { pending += targets }
      }
    }
  }

  /// A pattern as it is written.
  fileprivate indirect enum Piece {
    case scalar(Unicode.Scalar)
    /// `?`
    case one
    /// `*`
    case star
    /// `**/`: any number of folders, none too.
    case folders
    /// `**` at the end: everything below.
    case rest
    case choice([[Piece]])
  }

  /// Makes states from the last piece to the first, so that each knows where it leads.
  private struct Builder {
    static let acceptIndex = 0
    var states: [State] = [.accept]
    var accept: Int { Self.acceptIndex }

    mutating func build(_ pieces: [Piece], next: Int) -> Int {
      pieces.reversed().reduce(next) { build($1, next: $0) }
    }

    private mutating func build(_ piece: Piece, next: Int) -> Int {
      switch piece {
      case .scalar(let scalar): return add(.scalar(scalar, next: next))
      case .one: return add(.inFolder(next: next))
      case .star: return loop(next: next) { .inFolder(next: $0) }
      case .rest:
        let loop = loop(next: next) { .any(next: $0) }
        return add(.any(next: loop))
      case .folders:
        let slash = add(.scalar("/", next: next))
        let loop = loop(next: slash) { .any(next: $0) }
        return add(.split([next, loop]))
      case .choice(let branches):
        let starts = branches.map { build($0, next: next) }
        return add(.split(starts))
      }
    }

    /// A split between `next` and a step that comes back.
    private mutating func loop(next: Int, step: (Int) -> State) -> Int {
      let split = add(.split([]))
      let body = add(step(split))
      states[split] = .split([next, body])
      return split
    }

    private mutating func add(_ state: State) -> Int {
      states.append(state)
      return states.count - 1
    }
  }
}

/// From text to pieces.
private struct Parser {
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private static let depthLimit = 8

  init(_ pattern: String) {
    var scalars = Array(pattern.unicodeScalars)
    if scalars.first == "/" { scalars.removeFirst() }
    if scalars.last == "/" { scalars += ["*", "*"] }
    self.scalars = scalars
  }

  mutating func parse() throws(Glob.Malformed) -> [Glob.Piece] { try sequence(depth: 0, startsFolder: true) }

  /// Pieces up to the end, or inside braces up to the comma or the closing brace.
  private mutating func sequence(depth: Int, startsFolder: Bool) throws(Glob.Malformed) -> [Glob.Piece] {
    var pieces: [Glob.Piece] = []
    var startsFolder = startsFolder
    while index < scalars.count {
      let scalar = scalars[index]
      if depth > 0, scalar == "," || scalar == "}" { return pieces }
      index += 1
      switch scalar {
      case "?": pieces.append(.one)
      case "*": pieces.append(stars(startsFolder: startsFolder))
      case "{": pieces.append(.choice(try branches(depth: depth + 1, startsFolder: startsFolder)))
      case "\\":
        guard index < scalars.count else { throw Glob.Malformed(description: "the pattern ends with a backslash") }
        pieces.append(.scalar(scalars[index]))
        index += 1
      default: pieces.append(.scalar(scalar))
      }
      startsFolder = scalars[index - 1] == "/"
    }
    if depth > 0 { throw Glob.Malformed(description: "a brace is not closed") }
    return pieces
  }

  /// `**` is more than `*` only where it is a whole folder name.
  private mutating func stars(startsFolder: Bool) -> Glob.Piece {
    let first = index - 1
    while index < scalars.count, scalars[index] == "*" { index += 1 }
    guard startsFolder, index - first >= 2 else { return .star }
    guard index < scalars.count else { return .rest }
    switch scalars[index] {
    case "/":
      index += 1
      return .folders
    case ",", "}": return .rest
    default: return .star
    }
  }

  private mutating func branches(depth: Int, startsFolder: Bool) throws(Glob.Malformed) -> [[Glob.Piece]] {
    guard depth <= Self.depthLimit else { throw Glob.Malformed(description: "braces are nested too deeply") }
    var branches: [[Glob.Piece]] = []
    while true {
      branches.append(try sequence(depth: depth, startsFolder: startsFolder))
      index += 1
      if scalars[index - 1] == "}" { return branches }
    }
  }
}
