// Tags, comments, attributes and their nesting, for XML and HTML. Open elements are kept on a list, so depth costs no stack. XML is
// read to the letter but for what a DTD says; of HTML, which browsers repair, only what they cannot repair as its author meant it.

struct MarkupScanner {
  enum Dialect { case xml, html }

  private struct Element {
    /// Lower case in HTML.
    var name: ArraySlice<UInt8>
    var tag: Range<Int>
    var hasAttributes: Bool
  }

  private let dialect: Dialect
  /// A whole document; otherwise a fragment, that may begin and end anywhere, between tags.
  private let isStrict: Bool
  private var reader: ByteReader
  private var open: [Element] = []
  private var roots = 0

  /// The first mistake.
  static func mistake(in bytes: [UInt8], dialect: Dialect, isStrict: Bool) -> Mistake? {
    var scanner = MarkupScanner(dialect: dialect, isStrict: isStrict, reader: ByteReader(bytes))
    do throws(Mistake) {
      try scanner.scan()
      return nil
    } catch {
      return error
    }
  }

  private init(dialect: Dialect, isStrict: Bool, reader: ByteReader) {
    self.dialect = dialect
    self.isStrict = isStrict
    self.reader = reader
  }

  private mutating func scan() throws(Mistake) {
    if reader.isAt("\u{FEFF}") { reader.position += 3 }
    while !reader.isAtEnd {
      if reader.current == UInt8(ascii: "<") { try markup() } else { try text() }
    }
    guard isStrict else { return }
    dropOptional { _ in true }
    if let element = open.last { throw Mistake(.unclosed, element.tag, "`<\(element.name.text)>` is never closed") }
    if dialect == .xml, roots == 0 { throw Mistake(.unclosed, reader.position..<reader.position, "a document without an element") }
  }

  // MARK: Text

  private mutating func text() throws(Mistake) {
    let start = reader.position
    while !reader.isAtEnd, reader.current != UInt8(ascii: "<") {
      if dialect == .xml, isStrict {
        if reader.current == UInt8(ascii: "&") { try reference() }
        if open.isEmpty, !reader.current.isSpace { throw Mistake(at: start, "text outside of the document's element") }
      }
      reader.position += 1
    }
  }

  /// `&amp;`, `&#10;`, `&#xA;`.
  private mutating func reference() throws(Mistake) {
    var ahead = reader
    ahead.position += 1
    if ahead.skip("#x") || ahead.skip("#") || ahead.current.isLetter || ahead.current == 0x5F || ahead.current >= 0x80 {
      ahead.skip { $0.isWord || "-.:".utf8.contains($0) }
      if ahead.current == UInt8(ascii: ";") { return }
    }
    throw Mistake(at: reader.position, "`&` that begins no reference: it is written `&amp;`")
  }

  // MARK: Markup

  private mutating func markup() throws(Mistake) {
    let start = reader.position
    if reader.skip("<!--") {
      try pass("-->", from: start, "a comment")
    } else if reader.skip("<![CDATA[") {
      try pass("]]>", from: start, "a CDATA section")
    } else if reader.isAt("<!") {
      try declaration()
    } else if reader.isAt("<?") {
      try instruction()
    } else if reader.isAt("</") {
      try endTag()
    } else if reader.peek().isLetter || reader.peek() == 0x5F || reader.peek() >= 0x80 && dialect == .xml {
      try startTag()
    } else {
      if isStrict, dialect == .xml { throw Mistake(at: start, "`<` that begins no tag: it is written `&lt;`") }
      reader.position += 1
    }
  }

  private mutating func pass(_ end: StaticString, from start: Int, _ what: String) throws(Mistake) {
    guard reader.skip(past: end) else {
      throw Mistake(.unclosed, start..<min(start + 4, reader.bytes.count), "\(what) that is never closed")
    }
  }

  /// `<!DOCTYPE … [ … ]>`, with its quotes and the declarations inside.
  private mutating func declaration() throws(Mistake) {
    let start = reader.position
    var depth = 0
    while !reader.isAtEnd {
      switch reader.current {
      case UInt8(ascii: "<"): depth += 1
      case UInt8(ascii: ">"): depth -= 1
      default: break
      }
      reader.position += 1
      if depth == 0 { return }
    }
    throw Mistake(.unclosed, start..<start + 2, "a declaration that is never closed")
  }

  private mutating func instruction() throws(Mistake) {
    let start = reader.position
    if isStrict, dialect == .xml, start > 0, reader.isAt("<?xml"), reader.peek(5).isSpace {
      throw Mistake(start..<start + 5, "the XML declaration is not at the very start")
    }
    guard dialect == .xml || reader.isAt("<?xml") else { return reader.position += 2 }
    try pass("?>", from: start, "a processing instruction")
  }

  private mutating func name() -> ArraySlice<UInt8> {
    let start = reader.position
    reader.skip { !$0.isSpace && !"/>=<\"'".utf8.contains($0) }
    return reader.bytes[start..<reader.position]
  }

  private mutating func startTag() throws(Mistake) {
    let start = reader.position
    reader.position += 1
    let name = elementName()
    let count = try attributes(from: start)
    let isClosed = reader.peek(-1) == UInt8(ascii: "/")
    reader.position += 1
    let element = Element(name: name, tag: start..<reader.position, hasAttributes: count > 0)
    if open.isEmpty { try root(element) }
    if dialect == .html {
      if HTMLNames.void.contains(name.text) || isClosed { return }
      if HTMLNames.raw.contains(name.text) { return try rawText(element) }
    } else if isClosed {
      return
    }
    open.append(element)
  }

  private mutating func elementName() -> ArraySlice<UInt8> {
    let name = name()
    return dialect == .xml ? name : ArraySlice(name.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 })
  }

  private mutating func root(_ element: Element) throws(Mistake) {
    roots += 1
    if isStrict, dialect == .xml, roots > 1 { throw Mistake(element.tag, "a second element beside the document's one") }
  }

  /// To the end tag of the same name: nothing in a script is markup.
  private mutating func rawText(_ element: Element) throws(Mistake) {
    while reader.skip(past: "</") {
      let place = reader.position
      if elementName() == element.name {
        reader.skip(while: \.isSpace)
        if reader.current == UInt8(ascii: ">") { return reader.position += 1 }
      }
      reader.position = place
    }
    if isStrict { throw Mistake(.unclosed, element.tag, "`<\(element.name.text)>` is never closed") }
  }

  // MARK: Attributes

  /// To the `>`; how many there are.
  private mutating func attributes(from start: Int) throws(Mistake) -> Int {
    var names: Set<ArraySlice<UInt8>> = []
    while true {
      let spaced = reader.current.isSpace
      reader.skip { $0.isSpace || $0 == UInt8(ascii: "/") }
      if reader.isAtEnd { throw Mistake(.unclosed, start..<tagNameEnd(start), "a tag that is never closed with `>`") }
      if reader.current == UInt8(ascii: ">") { return names.count }
      if reader.current == UInt8(ascii: "<"), reader.peek().isLetter || reader.peek() == UInt8(ascii: "/") {
        throw Mistake(start..<tagNameEnd(start), "a tag that is not closed with `>` before the next one")
      }
      if isStrict, !spaced { throw Mistake(at: reader.position, "no space before an attribute") }
      try attribute(&names)
    }
  }

  private func tagNameEnd(_ start: Int) -> Int {
    reader.bytes[start...].firstIndex { $0.isSpace || $0 == UInt8(ascii: ">") } ?? reader.bytes.count
  }

  private mutating func attribute(_ names: inout Set<ArraySlice<UInt8>>) throws(Mistake) {
    let start = reader.position
    let name = name()
    if name.isEmpty {
      if isStrict { throw Mistake(at: start, "`\(reader.current.shown)` inside a tag") }
      reader.position += 1
      return
    }
    if !names.insert(name).inserted, dialect == .xml { throw Mistake(start..<reader.position, "the attribute `\(name.text)` stands twice") }
    var ahead = reader
    ahead.skipSpace()
    guard ahead.current == UInt8(ascii: "=") else {
      if isStrict, dialect == .xml { throw Mistake(start..<reader.position, "the attribute `\(name.text)` has no value") }
      return
    }
    ahead.position += 1
    ahead.skipSpace()
    reader = ahead
    try value()
  }

  private mutating func value() throws(Mistake) {
    let start = reader.position
    let quote = reader.current
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      if isStrict, dialect == .xml { throw Mistake(start..<min(start + 1, reader.bytes.count), "a value without quotes") }
      return reader.skip { !$0.isSpace && $0 != UInt8(ascii: ">") }
    }
    reader.position += 1
    while !reader.isAtEnd, reader.current != quote {
      if isStrict, dialect == .xml {
        if reader.current == UInt8(ascii: "<") { throw Mistake(at: reader.position, "`<` inside a value: it is written `&lt;`") }
        if reader.current == UInt8(ascii: "&") { try reference() }
      }
      reader.position += 1
    }
    if reader.isAtEnd { throw Mistake(.unclosed, at: start, "a value whose quote is never closed") }
    reader.position += 1
  }

  // MARK: End tags

  private mutating func endTag() throws(Mistake) {
    let start = reader.position
    reader.position += 2
    let name = elementName()
    reader.skipSpace()
    guard reader.current == UInt8(ascii: ">") else {
      if !name.isEmpty { throw Mistake(.unclosed, start..<max(start + 2, reader.position), "an end tag that is not closed with `>`") }
      return
    }
    reader.position += 1
    try close(name, start..<reader.position)
  }

  private mutating func close(_ name: ArraySlice<UInt8>, _ tag: Range<Int>) throws(Mistake) {
    dropOptional { $0 != name }
    guard let last = open.last else {
      if isStrict { throw Mistake(.stray, tag, "`</\(name.text)>` closes nothing") }
      return
    }
    if last.name == name {
      open.removeLast()
      return
    }
    if dialect == .html, !isStrict { return }
    if !isStrict, !last.hasAttributes, !reader.bytes[last.tag.upperBound..<tag.lowerBound].contains(0x0A) {
      // A placeholder: `<token><your-token></token>`.
      open.removeLast()
      return try close(name, tag)
    }
    throw Mistake(tag, "`</\(name.text)>` where `<\(last.name.text)>` is open")
  }

  /// In HTML a paragraph, a list's item and their like end without an end tag.
  private mutating func dropOptional(_ condition: (ArraySlice<UInt8>) -> Bool) {
    guard dialect == .html else { return }
    while let last = open.last, condition(last.name), HTMLNames.optional.contains(last.name.text) { open.removeLast() }
  }
}

/// What HTML says of its elements (https://html.spec.whatwg.org/multipage/syntax.html).
private enum HTMLNames {
  static let void: Set<String> = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
  ]
  static let raw: Set<String> = ["script", "style", "textarea", "title"]
  static let optional: Set<String> = [
    "html", "head", "body", "p", "li", "dt", "dd", "rt", "rp", "optgroup", "option", "colgroup", "caption", "thead", "tbody", "tfoot", "tr",
    "td", "th",
  ]
}
