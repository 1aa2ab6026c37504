// What a sample may mean. A sample in a document is a fragment: each reading is a text that its language's parser takes whole, made
// of the sample's lines so that an error's line is found again: whatever a reading changes within a line is remembered or keeps its
// length, whatever it wraps around the sample stands on lines of its own.

import Domain

/// One reading of a sample.
struct Reading: Hashable {
  var lines: [[UInt8]]
  /// Bytes taken off the front of each line.
  var removed: [Int]
  /// Lines put before the first.
  var linesBefore = 0

  var text: String { String(decoding: Array(lines.joined(separator: [0x0A])), as: UTF8.self) }

  /// The sample as it stands, without carriage returns.
  init(literal sample: Sample) {
    let lines = sample.code.split(separator: 0x0A, omittingEmptySubsequences: false)
    self.lines = lines.map { $0.last == 0x0D ? Array($0.dropLast()) : Array($0) }
    removed = lines.map { _ in 0 }
  }

  /// The reading between lines of its own.
  func wrapped(_ before: String, _ after: String) -> Reading {
    var result = self
    result.lines = before.split(separator: "\n").map { Array($0.utf8) } + lines + after.split(separator: "\n").map { Array($0.utf8) }
    result.linesBefore = linesBefore + before.split(separator: "\n").count
    return result
  }

  /// The reading with each line made anew; a new line is as long as the old one, or loses `removed` bytes at its front.
  func mappingLines(_ change: (_ line: [UInt8]) -> [UInt8]) -> Reading {
    var result = self
    for index in lines.indices { result.lines[index] = change(lines[index]) }
    return result
  }

  /// Without the first `count` bytes of a line.
  mutating func cut(_ count: Int, fromLine index: Int) {
    lines[index] = Array(lines[index].dropFirst(count))
    removed[index] += count
  }
}

/// Why there is no reading of a sample.
struct Unreadable: Error, Hashable { var detail: String }

/// Small questions about a line's bytes.
enum LineText {
  static func isBlank(_ line: some Sequence<UInt8>) -> Bool { line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0C } }
  static func indentation(_ line: [UInt8]) -> Int { line.prefix { $0 == 0x20 || $0 == 0x09 }.count }
  static func trimmed(_ line: [UInt8]) -> ArraySlice<UInt8> {
    let start = line.drop { $0 == 0x20 || $0 == 0x09 }
    guard let last = start.lastIndex(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return [] }
    return start[...last]
  }
  static func isNameByte(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= 97 && byte | 0x20 <= 122) || (byte >= 48 && byte <= 57) || byte == 95 || byte >= 0x80
  }
}
