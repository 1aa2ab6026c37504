// What is known of one file's text: what it declares and which identifiers it has, in code and in strings. Facts depend
// on nothing but the bytes and the language, so they are kept by blob id and a file is read once, however often it is asked.

import Domain
import Synchronization

/// A set of identifiers, kept as 64-bit hashes: eight bytes a name whatever its length. A collision (one in 2^64 for a
/// pair) makes a name look present, and a name that is present is never edited.
public struct IdentifierSet: Sendable, Hashable {
  /// Ascending and distinct.
  private let hashes: [UInt64]

  init(_ hashes: some Sequence<UInt64>) {
    let sorted = hashes.sorted()
    var distinct: [UInt64] = []
    distinct.reserveCapacity(sorted.count)
    for hash in sorted where distinct.last != hash { distinct.append(hash) }
    self.hashes = distinct
  }

  public var count: Int { hashes.count }

  /// Whether the identifier occurs.
  public func contains(_ name: String) -> Bool { contains(hash: identifierHash(name.utf8)) }

  func contains(hash: UInt64) -> Bool {
    var low = 0
    var high = hashes.count
    while low < high {
      let middle = (low + high) / 2
      if hashes[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return low < hashes.count && hashes[low] == hash
  }
}

/// FNV-1a, 64 bits, over the bytes of an identifier.
func identifierHash(_ bytes: some Sequence<UInt8>) -> UInt64 {
  var hash: UInt64 = fnvOffset
  for byte in bytes { hash = (hash ^ UInt64(byte)) &* fnvPrime }
  return hash
}

let fnvOffset: UInt64 = 0xCBF2_9CE4_8422_2325
let fnvPrime: UInt64 = 0x0000_0100_0000_01B3

/// Everything the analysis keeps of one file.
public struct FileFacts: Sendable, Hashable {
  /// In the order of the text.
  public var declarations: [Declaration]
  /// Identifiers in code: neither in comments nor in strings (but in a string's interpolations).
  public var code: IdentifierSet
  /// Identifier-shaped words inside string literals.
  public var strings: IdentifierSet

  public init(declarations: [Declaration], code: IdentifierSet, strings: IdentifierSet) {
    self.declarations = declarations
    self.code = code
    self.strings = strings
  }

  /// A rough count of the bytes that these facts occupy.
  public var cost: Int {
    declarations.reduce(256 + 8 * (code.count + strings.count)) { sum, declaration in
      sum + 320 + 8 * declaration.shape.sketch.count + 96 * (declaration.parameters?.count ?? 0)
    }
  }
}

/// Names facts: the same blob means different things in two languages.
public struct FactsKey: Sendable, Hashable {
  public var blob: ObjectID
  public var language: SourceLanguage

  public init(blob: ObjectID, language: SourceLanguage) {
    self.blob = blob
    self.language = language
  }
}

/// Keeps facts by content. An implementation may forget anything at any time; what it returns for a key is what was
/// stored under it. Called from several threads at once.
public protocol FactsCache: Sendable {
  func facts(for key: FactsKey) -> FileFacts?
  func store(_ facts: FileFacts, for key: FactsKey)
}

/// Facts in memory up to a number of bytes; the entries least recently used go first.
public final class MemoryFactsCache: FactsCache {
  private struct Entry {
    var facts: FileFacts
    var used: UInt64
  }

  private struct State {
    var entries: [FactsKey: Entry] = [:]
    var cost = 0
    var clock: UInt64 = 0
  }

  private let byteLimit: Int
  private let state = Mutex(State())

  /// `byteLimit` bounds the estimated size; facts larger than a quarter of it are not kept.
  public init(byteLimit: Int = 4 << 20) { self.byteLimit = byteLimit }

  public func facts(for key: FactsKey) -> FileFacts? {
    state.withLock { state in
      guard var entry = state.entries[key] else { return nil }
      state.clock += 1
      entry.used = state.clock
      state.entries[key] = entry
      return entry.facts
    }
  }

  public func store(_ facts: FileFacts, for key: FactsKey) {
    let cost = facts.cost
    guard cost <= byteLimit / 4 else { return }
    state.withLock { state in
      state.clock += 1
      if let old = state.entries.updateValue(Entry(facts: facts, used: state.clock), forKey: key) { state.cost -= old.facts.cost }
      state.cost += cost
      if state.cost > byteLimit { Self.evict(&state, downTo: byteLimit * 3 / 4) }
    }
  }

  /// Drops the oldest entries in one sweep: sorting once a quarter of the limit is cheaper than a list kept at each use.
  private static func evict(_ state: inout State, downTo limit: Int) {
    for (key, entry) in state.entries.sorted(by: { $0.value.used < $1.value.used }) {
      if state.cost <= limit { return }
      state.entries[key] = nil
      state.cost -= entry.facts.cost
    }
  }
}
