// Which words a file of code has, known without reading it.
//
// The code is cut into small buckets of files that follow each other in the tree. What is kept of a bucket is, for each of its files,
// the words of its bytes (in code, strings and comments alike) as sorted hashes of 32 bits. A word that is not in the set is not in the
// file; one that is may be there, because two words can have one hash, and then the file is read. Buckets are cut where the hash of a
// path says so: a file that comes or goes moves the borders of its own bucket only.
//
// A bucket is kept under the hash of its blobs' names, and with the names themselves: what was kept under the same hash for other
// blobs is not taken for it.

import Domain

/// Words that are looked for: a file that has none of them needs no reading.
struct WordQuery {
  /// The words of each name, by the hash of its first, ascending.
  private var names: [(first: UInt32, rest: [UInt32])] = []
  /// A name without any word could stand anywhere.
  private var isOpen = false

  /// - Parameter texts: each is found only where all its words stand as they are, with other bytes around them.
  init(_ texts: some Sequence<String>) {
    for text in texts {
      let words = text.utf8.split { !Lexer.isNameByte($0) }.map { CodeWordHash.of($0) }
      guard let first = words.first else {
        isOpen = true
        continue
      }
      names.append((first, Array(words.dropFirst())))
    }
    names.sort { $0.first < $1.first }
  }

  /// How many names are looked for.
  var count: Int { names.count }

  /// Whether a file with these words may have one of the names.
  func mayMatch(_ words: WordSlice) -> Bool {
    if isOpen { return true }
    if names.count <= words.count { return names.contains { words.contains($0.first) && $0.rest.allSatisfy(words.contains) } }
    return (0..<words.count).contains { index in
      let word = words[index]
      var position = names.partitioningIndex { $0.first >= word }
      while position < names.count, names[position].first == word {
        if names[position].rest.allSatisfy(words.contains) { return true }
        position += 1
      }
      return false
    }
  }
}

/// Reads code for a search that goes through the tree in its order, and passes over files that have none of the words.
struct CodeWords {
  private let head: any Checkout
  private let content: (any ContentCache)?
  private let limits: AnalysisLimits
  private var buckets: [Range<Int>] = []
  /// The files in buckets, in the order of the tree.
  private var files: [TreeEntry] = []
  /// The next file in `files` that may be asked about.
  private var position = 0
  private var bucket = -1
  /// The names of the bucket's blobs.
  private var names: [UInt8] = []
  private var known: WordBucket?
  private var made: [[UInt32]?] = []
  private var collector = WordCollector()

  /// - Parameter content: nil reads every file.
  init(_ head: any Checkout, _ content: (any ContentCache)?, _ limits: AnalysisLimits) {
    self.head = head
    self.content = content
    self.limits = limits
    guard content != nil else { return }
    files = head.entries.filter { Self.isKept($0, limits) }
    cut()
  }

  private static func isKept(_ entry: TreeEntry, _ limits: AnalysisLimits) -> Bool {
    guard entry.kind == .file || entry.kind == .executable, entry.size <= limits.fileBytes else { return false }
    return SourceLanguage(path: entry.path) != nil && [.code, .generated].contains(PathRole(path: entry.path))
  }

  private static let averageBucket: UInt64 = 16
  private static let largestBucket = 64

  private mutating func cut() {
    var start = 0
    for index in files.indices where index > start {
      let isBorder = (identifierHash(files[index].path.utf8) >> 32) % Self.averageBucket == 0
      guard isBorder || index - start >= Self.largestBucket else { continue }
      buckets.append(start..<index)
      start = index
    }
    if start < files.count { buckets.append(start..<files.count) }
  }

  /// The bytes of a file; nil when it has none of the names. Throws what the checkout throws.
  mutating func bytes(of entry: TreeEntry, having query: WordQuery) throws -> [UInt8]? {
    guard let content, let index = index(of: entry) else { return try head.read(entry, limit: limits.fileBytes) }
    if bucket < 0 || !buckets[bucket].contains(index) { turn(to: index, content) }
    let member = index - buckets[bucket].lowerBound
    if let known { return query.mayMatch(known[member]) ? try head.read(entry, limit: limits.fileBytes) : nil }
    let bytes = try head.read(entry, limit: limits.fileBytes)
    let words = collector.words(of: bytes)
    made[member] = words
    if made.allSatisfy({ $0 != nil }) { keep(content) }
    return query.mayMatch(WordSlice(words)) ? bytes : nil
  }

  private mutating func index(of entry: TreeEntry) -> Int? {
    var next = position
    while next < files.count, files[next].path != entry.path {
      // What is not in any bucket comes in between.
      guard files[next].path.utf8.lexicographicallyPrecedes(entry.path.utf8) else { return nil }
      next += 1
    }
    position = next
    return next < files.count ? next : nil
  }

  private mutating func turn(to index: Int, _ content: any ContentCache) {
    complete(content)
    bucket = buckets.partitioningIndex { $0.upperBound > index }
    let range = buckets[bucket]
    names = files[range].flatMap { Array($0.blob.hex.utf8) + [0] }
    known = content.value(for: key(names)).flatMap { WordBucket($0, names: names, count: range.count) }
    made = Array(repeating: nil, count: range.count)
  }

  /// Reads what the search passed over in a bucket that is not kept yet.
  private mutating func complete(_ content: any ContentCache) {
    guard bucket >= 0, known == nil, made.contains(where: { $0 == nil }) else { return }
    for (member, entry) in files[buckets[bucket]].enumerated() where made[member] == nil {
      guard let bytes = try? head.read(entry, limit: limits.fileBytes) else { return }
      made[member] = collector.words(of: bytes)
    }
    keep(content)
  }

  private func keep(_ content: any ContentCache) {
    content.store(WordBucket.bytes(names: names, words: made.map { $0 ?? [] }), for: key(names))
  }

  /// Changes whenever other words would be found in the same bytes, or they are written otherwise.
  private static let kind = "words.1"

  private func key(_ names: [UInt8]) -> ContentKey {
    ContentKey(kind: Self.kind, content: withUnsafeBytes(of: identifierHash(names).littleEndian) { Array($0) })
  }
}

/// What is kept of one bucket: the names of its blobs, and the words of each.
struct WordBucket {
  private let files: [WordSlice]

  static func bytes(names: [UInt8], words: [[UInt32]]) -> [UInt8] {
    var writer = ContentWriter()
    writer.add(names)
    for set in words { writer.add(WordSlice(set).bytes) }
    return writer.bytes
  }

  /// Nil for anything but what was written for these blobs.
  init?(_ bytes: [UInt8], names: [UInt8], count: Int) {
    var reader = ContentReader(bytes)
    guard let kept = try? reader.content(), kept == names else { return nil }
    var files: [WordSlice] = []
    for _ in 0..<count {
      guard let words = try? reader.content(), words.count % 4 == 0 else { return nil }
      files.append(WordSlice(words))
    }
    guard reader.isAtEnd else { return nil }
    self.files = files
  }

  subscript(_ member: Int) -> WordSlice { files[member] }
}

/// Sorted hashes of words, as they lie in a kept value.
struct WordSlice {
  /// Four for each word, little end first.
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  init(_ words: [UInt32]) { bytes = words.map(\.littleEndian).withUnsafeBytes { Array($0) } }

  var count: Int { bytes.count / 4 }

  subscript(_ index: Int) -> UInt32 { bytes.withUnsafeBytes { Self.word(index, $0) } }

  func contains(_ word: UInt32) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var (low, high) = (0, bytes.count / 4)
      while low < high {
        let middle = (low + high) / 2
        let found = Self.word(middle, bytes)
        if found == word { return true }
        if found < word { low = middle + 1 } else { high = middle }
      }
      return false
    }
  }

  private static func word(_ index: Int, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
  }
}

enum CodeWordHash {
  static func of(_ word: some Sequence<UInt8>) -> UInt32 { folded(identifierHash(word)) }
  static func folded(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash ^ (hash >> 32)) }
}

/// Collects the words of texts. One collector serves many texts, because its table is not emptied in between.
struct WordCollector {
  /// In the upper half the number of the text that put the entry there, in the lower half the word.
  private var table: [UInt64] = Array(repeating: 0, count: 1 << 12)
  private var text: UInt64 = 0

  /// The different words of a text, as ascending hashes.
  mutating func words(of bytes: [UInt8]) -> [UInt32] {
    text += 1
    // The number has 32 bits.
    if text > UInt64(UInt32.max) { (text, table) = (1, Array(repeating: 0, count: table.count)) }
    var words: [UInt32] = []
    var hash = fnvOffset
    var isWord = false
    for byte in bytes {
      if Self.isLetter[Int(byte)] {
        hash = (hash ^ UInt64(byte)) &* fnvPrime
        isWord = true
      } else if isWord {
        add(CodeWordHash.folded(hash), to: &words)
        hash = fnvOffset
        isWord = false
      }
    }
    if isWord { add(CodeWordHash.folded(hash), to: &words) }
    words.sort()
    return words
  }

  private mutating func add(_ word: UInt32, to words: inout [UInt32]) {
    guard insert(word) else { return }
    words.append(word)
    guard words.count * 2 > table.count else { return }
    table = Array(repeating: 0, count: table.count * 2)
    for word in words { _ = insert(word) }
  }

  private mutating func insert(_ word: UInt32) -> Bool {
    let entry = text << 32 | UInt64(word)
    let mask = table.count - 1
    // The upper bits of a product with a number that nobody knows: a file cannot be written so that all its words meet in one slot.
    var slot = Int(truncatingIfNeeded: (UInt64(word) &* Self.factor) >> 32) & mask
    while table[slot] >> 32 == text {
      if table[slot] == entry { return false }
      slot = (slot + 1) & mask
    }
    table[slot] = entry
    return true
  }

  private static let factor = UInt64.random(in: 0 ... .max) | 1

  private static let isLetter: [Bool] = (0..<256).map { Lexer.isNameByte(UInt8($0)) }
}

extension RandomAccessCollection {
  /// The first index whose element is in the second part, of elements of which those in the first part come first.
  fileprivate func partitioningIndex(_ isInSecondPart: (Element) -> Bool) -> Index {
    var (low, count) = (startIndex, self.count)
    while count > 0 {
      let half = count / 2
      let middle = index(low, offsetBy: half)
      if isInSecondPart(self[middle]) {
        count = half
      } else {
        low = index(after: middle)
        count -= half + 1
      }
    }
    return low
  }
}
