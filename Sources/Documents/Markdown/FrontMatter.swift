// The settings block at the start of a page: YAML between `---` lines or TOML between `+++` lines. It is no Markdown (the first
// line would be a rule, the last one the underline of a title).

import Domain

enum FrontMatter {
  /// Its bytes, both fences included, from `start`; nil when there is none.
  static func span(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Span? {
    guard let fence = fence(in: bytes, at: start) else { return nil }
    var line = nextLine(in: bytes, after: start)
    guard line < bytes.count, opensSetting(bytes, line) else { return nil }
    while line < bytes.count {
      let next = nextLine(in: bytes, after: line)
      if isFence(bytes, line, fence) || (fence == UInt8(ascii: "-") && isFence(bytes, line, UInt8(ascii: "."))) { return Span(start, next) }
      line = next
    }
    return nil
  }

  private static func fence(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> UInt8? {
    [UInt8(ascii: "-"), UInt8(ascii: "+")].first { isFence(bytes, start, $0) }
  }

  /// Three marks and nothing else but spaces.
  private static func isFence(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ mark: UInt8) -> Bool {
    guard start + 3 <= bytes.count, bytes[start] == mark, bytes[start + 1] == mark, bytes[start + 2] == mark else { return false }
    var position = start + 3
    while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    return position == bytes.count || bytes[position] == 0x0A || bytes[position] == 0x0D
  }

  /// A page may begin with a rule: then what follows is a blank line or prose, not `name:`, `name =`, a comment or the closing fence.
  private static func opensSetting(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Int) -> Bool {
    let end = nextLine(in: bytes, after: line)
    let first = bytes[line]
    if first == UInt8(ascii: "#") || first == UInt8(ascii: "[") || first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { return true }
    guard first > 0x20 else { return false }
    for position in line..<min(end, line + 256) {
      let byte = bytes[position]
      if byte == UInt8(ascii: ":") || byte == UInt8(ascii: "=") { return true }
      if byte == 0x20, position + 1 < end, bytes[position + 1] != UInt8(ascii: "=") { return false }
    }
    return false
  }
}

/// The start of the line after the one that contains `offset`: behind LF, CR LF or a lone CR, as CommonMark ends lines.
func nextLine(in bytes: UnsafeBufferPointer<UInt8>, after offset: Int) -> Int {
  var position = offset
  while position < bytes.count {
    if bytes[position] == 0x0A { return position + 1 }
    if bytes[position] == 0x0D { return position + 1 < bytes.count && bytes[position + 1] == 0x0A ? position + 2 : position + 1 }
    position += 1
  }
  return bytes.count
}

/// The end of the line that contains `offset`, its ending left out.
func lineEnd(in bytes: UnsafeBufferPointer<UInt8>, from offset: Int) -> Int {
  var position = offset
  while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D { position += 1 }
  return position
}

/// The start of the line that contains `offset`.
func lineStart(in bytes: UnsafeBufferPointer<UInt8>, of offset: Int) -> Int {
  var position = min(offset, bytes.count)
  while position > 0, bytes[position - 1] != 0x0A, bytes[position - 1] != 0x0D { position -= 1 }
  return position
}
