// Positions. Everything that points into a document points with bytes: no other unit survives CRLF, tabs and emoji.

/// A half-open range of UTF-8 bytes.
public struct Span: Hashable, Sendable, Codable, Comparable {
  public var start: Int
  public var end: Int

  public init(_ start: Int, _ end: Int) {
    precondition(start >= 0 && end >= start, "a span runs forward from a position in the text")
    self.start = start
    self.end = end
  }

  public init(_ range: Range<Int>) { self.init(range.lowerBound, range.upperBound) }

  public var range: Range<Int> { start..<end }
  public var count: Int { end - start }
  public var isEmpty: Bool { start == end }
  public func contains(_ other: Span) -> Bool { start <= other.start && other.end <= end }
  public func overlaps(_ other: Span) -> Bool { start < other.end && other.start < end }
  public static func < (left: Self, right: Self) -> Bool { (left.start, left.end) < (right.start, right.end) }
}

/// A place as people count: line and column start at 1; columns count UTF-8 bytes, as compilers do.
public struct Position: Hashable, Sendable, Codable {
  public var line: Int
  public var column: Int
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// Where each line of a text begins: turns bytes into lines and back.
public struct LineIndex: Sendable {
  /// The byte at which each line starts; the first is 0.
  public let starts: [Int]
  public let byteCount: Int

  public init(_ bytes: some Sequence<UInt8>) {
    var starts = [0]
    var offset = 0
    for byte in bytes {
      offset += 1
      if byte == 0x0A { starts.append(offset) }
    }
    self.starts = starts
    byteCount = offset
  }

  /// The same for an array, which is what documents are: without the generic's indirection it is some thirty times faster.
  public init(_ bytes: [UInt8]) {
    var starts = [0]
    bytes.withUnsafeBufferPointer { bytes in
      for offset in bytes.indices where bytes[offset] == 0x0A { starts.append(offset + 1) }
    }
    self.starts = starts
    byteCount = bytes.count
  }

  /// The position of a byte; the end of the text is a position too.
  public func position(of offset: Int) -> Position {
    let line = lineNumber(of: offset)
    return Position(line: line, column: offset - starts[line - 1] + 1)
  }

  /// The 1-based line that contains the byte.
  public func lineNumber(of offset: Int) -> Int {
    var low = 0
    var high = starts.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The bytes of a 1-based line, its line feed included.
  public func span(ofLine line: Int) -> Span { Span(starts[line - 1], line < starts.count ? starts[line] : byteCount) }
}
