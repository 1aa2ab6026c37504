// Takes the JavaScript out of MDX:
//   import … / export …     at the left margin, up to a blank line outside of braces: dropped
//   <Tag attribute="x">     dropped, but for attributes that lead somewhere or name a place
//   {/* comment */}         becomes an HTML comment
//   {expression}            dropped, but for `{#name}`, the name of a title
// In code (fences and backquotes) nothing is touched. Searches that end nowhere are paid from a budget, so that a text of open
// braces costs no more than a few passes.

import Domain

struct MDXProjector {
  private let bytes: Bytes
  private let end: Int
  private var projection: Projection
  private var budget: Int
  /// The end of the paragraph in which a run of so many backquotes was last found to have no partner.
  private var unpaired: [Int: Int] = [:]

  init(_ bytes: Bytes) {
    self.bytes = bytes
    end = bytes.count
    budget = 8 * bytes.count + 4096
    projection = Projection(capacity: bytes.count)
  }

  mutating func project(from start: Int) -> Projection {
    var position = start
    var isBlockStart = true
    while position < end {
      let line = TextLine(bytes, at: position, tab: 4)
      let isWhole = position == start || bytes[position - 1] == 0x0A || bytes[position - 1] == 0x0D
      if isWhole, isBlockStart, isModuleCode(line) {
        position = skipModuleCode(from: line)
        continue
      }
      if isWhole, let fence = FenceOpening(bytes, line) {
        position = keepFence(fence, line)
        isBlockStart = false
        continue
      }
      isBlockStart = line.isBlank
      position = readText(line)
      if position == line.end { position = keepEnding(line) }
    }
    return projection
  }

  private mutating func keepEnding(_ line: TextLine) -> Int {
    projection.keep(line.end, line.next, of: bytes)
    return line.next
  }

  // MARK: Modules

  private func isModuleCode(_ line: TextLine) -> Bool {
    guard line.indent == 0, !line.isBlank else { return false }
    if bytes.has("export ", at: line.start) { return true }
    guard bytes.has("import ", at: line.start) || bytes.has("import{", at: line.start) else { return false }
    // `import` as the first word of a sentence.
    return bytes.first(UInt8(ascii: "'"), in: line.start..<line.end) != nil
      || bytes.first(UInt8(ascii: "\""), in: line.start..<line.end) != nil
      || bytes.first(UInt8(ascii: "{"), in: line.start..<line.end) != nil
  }

  private mutating func skipModuleCode(from first: TextLine) -> Int {
    var position = first.start
    var balance = JavaScriptBalance()
    while position < end {
      let line = TextLine(bytes, at: position, tab: 4)
      if line.isBlank, balance.isClosed { break }
      balance.read(bytes, line.start, line.next)
      position = line.next
    }
    return position
  }

  // MARK: Fences

  private mutating func keepFence(_ fence: FenceOpening, _ opening: TextLine) -> Int {
    var position = opening.next
    while position < end {
      let line = TextLine(bytes, at: position, tab: 4)
      if fence.ends(before: line, bytes) { break }
      position = line.next
      if fence.isClosed(by: line, bytes) { break }
    }
    projection.keep(opening.start, position, of: bytes)
    return position
  }

  // MARK: Text

  /// Reads to the end of a line, or to behind a tag, an expression or a code span that goes beyond it.
  private mutating func readText(_ line: TextLine) -> Int {
    var position = line.start
    var kept = line.start
    while position < line.end {
      var behind: Int?
      switch bytes[position] {
      case UInt8(ascii: "\\"): position += 1
      case UInt8(ascii: "`"):
        position = codeEnd(from: position)
        continue
      case UInt8(ascii: "<"): behind = tag(at: position, kept, line)
      case UInt8(ascii: "{"): behind = expression(at: position, kept, line)
      default: break
      }
      position = behind ?? position + 1
      if let behind { kept = behind }
    }
    let stop = min(end, max(position, line.end))
    projection.keep(kept, stop, of: bytes)
    return stop
  }

  /// What was taken out stood before a fence in its line: there it is no fence, and must not become one.
  private mutating func guardFence(from start: Int, _ close: Int, _ line: TextLine) {
    guard bytes[line.start..<max(line.start, min(start, line.end))].allSatisfy({ !$0.isWord }) else { return }
    let next = bytes.skipBlanks(close, end)
    if bytes.has("```", at: next) || bytes.has("~~~", at: next) { projection.write("&zwj;", for: close, close) }
  }

  /// Behind a code span, or behind backquotes that have no partner.
  private mutating func codeEnd(from start: Int) -> Int {
    let count = bytes.run(of: UInt8(ascii: "`"), at: start, limit: end)
    let behind = start + count
    if let vain = unpaired[count], start < vain { return behind }
    var position = behind
    while position < end {
      if bytes[position] == UInt8(ascii: "`") {
        let run = bytes.run(of: UInt8(ascii: "`"), at: position, limit: end)
        position += run
        if run == count { return position }
      } else if bytes[position] == 0x0A, endsParagraph(position + 1) {
        break
      } else {
        position += 1
      }
    }
    unpaired[count] = position
    return behind
  }

  /// Whether a blank line or a fence begins here.
  private func endsParagraph(_ start: Int) -> Bool {
    let text = bytes.skip(start, end) { $0.isBlank || $0 == UInt8(ascii: ">") }
    guard text < end else { return true }
    return bytes[text] == 0x0A || bytes[text] == 0x0D || bytes.has("```", at: text) || bytes.has("~~~", at: text)
  }

  // MARK: Tags

  /// Takes out the tag at a byte; returns the byte behind it.
  private mutating func tag(at start: Int, _ kept: Int, _ line: TextLine) -> Int? {
    guard budget > 0, let tag = JSXTag(bytes, start) else { return nil }
    guard let close = tag.end else {
      budget -= tag.cost
      return nil
    }
    projection.keep(kept, start, of: bytes)
    for attribute in tag.attributes {
      projection.write("<\(bytes.string(tag.name)) \(bytes.string(attribute.name))=\"".utf8, for: start, start)
      projection.keep(attribute.value.start, attribute.value.end, of: bytes)
      projection.write("\">", for: close, close)
    }
    // A tag alone on a line would make what follows raw HTML: a blank line ends that.
    if !tag.attributes.isEmpty, bytes.skipBlanks(line.start, end) == start { projection.write("\n\n", for: close, close) }
    guardFence(from: start, close, line)
    return close
  }

  /// Takes out the expression at a byte; returns the byte behind it.
  private mutating func expression(at start: Int, _ kept: Int, _ line: TextLine) -> Int? {
    if budget <= 0 || bytes.has("{#", at: start) || bytes.has("{{#", at: start) { return nil }
    guard let close = JavaScriptBalance.close(bytes, from: start, limit: min(end, start + budget)) else {
      budget -= min(budget, end - start)
      return nil
    }
    projection.keep(kept, start, of: bytes)
    let inner = bytes.trimmedSpace(start + 1, close - 1)
    if bytes.has("/*", at: inner.start), inner.count >= 4, bytes.has("*/", at: inner.end - 2) {
      projection.write("<!--", for: start, inner.start + 2)
      projection.keep(inner.start + 2, inner.end - 2, of: bytes)
      projection.write("-->", for: inner.end - 2, close)
    }
    guardFence(from: start, close, line)
    return close
  }
}
