// What a TOML text has defined, so that nothing is defined twice. The rules are those of `tomllib`: a header may open a table that
// other headers only passed through, once; dotted keys may extend what dotted keys of the same section began; a value in braces or
// brackets is closed for ever.

struct TOMLNames {
  private enum Kind { case table, tableArray, value }

  private struct Node {
    var kind: Kind
    var children: [String: Int] = [:]
    /// Opened by a header, or by dotted keys of an earlier section.
    var isDeclared = false
    /// An array of tables: its last table.
    var last = -1
  }

  private var nodes = [Node(kind: .table)]
  /// Tables that dotted keys of this section opened: they are declared when the next header comes.
  private var pending: [Int] = []
  /// The table that `key = value` defines names in.
  private(set) var current = 0

  /// A table outside of all others, for `{ … }`.
  mutating func makeTable() -> Int {
    nodes.append(Node(kind: .table))
    return nodes.count - 1
  }

  /// `[a.b]`. Returns what is wrong with it.
  mutating func openTable(_ keys: [String]) -> String? {
    finishSection()
    guard let parent = descend(keys.dropLast()), let name = keys.last else { return Self.overValue }
    let node = nodes[parent].children[name] ?? makeTable()
    nodes[parent].children[name] = node
    guard nodes[node].kind == .table else { return nodes[node].kind == .value ? Self.overValue : Self.twice }
    guard !nodes[node].isDeclared else { return Self.twice }
    nodes[node].isDeclared = true
    current = node
    return nil
  }

  /// `[[a.b]]`.
  mutating func openElement(_ keys: [String]) -> String? {
    finishSection()
    guard let parent = descend(keys.dropLast()), let name = keys.last else { return Self.overValue }
    if nodes[parent].children[name] == nil {
      nodes.append(Node(kind: .tableArray))
      nodes[parent].children[name] = nodes.count - 1
    }
    guard let list = nodes[parent].children[name], nodes[list].kind == .tableArray else { return Self.overValue }
    current = makeTable()
    nodes[list].last = current
    return nil
  }

  /// `a.b = value` in a table.
  mutating func define(_ keys: [String], in table: Int) -> String? {
    var node = table
    for key in keys.dropLast() {
      if let next = nodes[node].children[key] {
        guard nodes[next].kind == .table else { return Self.overValue }
        guard !nodes[next].isDeclared else { return "a table that a header opened is not extended with dots" }
        node = next
      } else {
        let next = makeTable()
        nodes[node].children[key] = next
        node = next
      }
      pending.append(node)
    }
    guard let name = keys.last, nodes[node].children[name] == nil else { return Self.twice }
    nodes.append(Node(kind: .value))
    nodes[node].children[name] = nodes.count - 1
    return nil
  }

  private static let twice = "it is defined twice"
  private static let overValue = "it is defined as a value before"

  private mutating func finishSection() {
    for node in pending { nodes[node].isDeclared = true }
    pending = []
  }

  /// Walks through tables, making those that are missing; nil where a value stands.
  private mutating func descend(_ keys: ArraySlice<String>) -> Int? {
    var node = 0
    for key in keys {
      let next = nodes[node].children[key] ?? makeTable()
      nodes[node].children[key] = next
      switch nodes[next].kind {
      case .table: node = next
      case .tableArray: node = nodes[next].last
      case .value: return nil
      }
    }
    return node
  }
}
