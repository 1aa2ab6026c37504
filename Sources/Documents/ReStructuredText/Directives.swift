// What begins with two dots: directives, link targets, substitutions, footnotes, comments.

import Domain

extension ReStructuredTextParser {
  mutating func readExplicit(_ line: TextLine, at text: Int, column: Int) throws(DocumentError) -> Int {
    let start = bytes.skipBlanks(text + 2, line.end)
    guard start < line.end else { return readComment(line, at: text, from: line.end, column: column) }
    if bytes[start] == UInt8(ascii: "_"), let next = try readTarget(line, at: start, column: column) { return next }
    if bytes[start] == UInt8(ascii: "["), let close = bytes.first("]", in: start..<line.end) {
      let note = bytes.trimmed(close + 1, line.end)
      if !note.isEmpty { try addText(note) }
      return line.next
    }
    var name = start
    if bytes[start] == UInt8(ascii: "|"), let close = bytes.first(UInt8(ascii: "|"), in: (start + 1)..<line.end) {
      name = bytes.skipBlanks(close + 1, line.end)
    }
    let nameEnd = bytes.skip(name, line.end) { RoleName.isName($0) }
    guard nameEnd > name, bytes[nameEnd - 1] == UInt8(ascii: ":"), bytes[name].isLetter else {
      return try readLooseDirective(line, at: text, name: name, nameEnd: nameEnd, column: column)
    }
    return try readNamed(line, at: text, name: name, nameEnd: nameEnd, column: column)
  }

  /// The run of name characters includes the two colons: `code-block::`.
  private mutating func readNamed(_ line: TextLine, at text: Int, name: Int, nameEnd: Int, column: Int) throws(DocumentError) -> Int {
    guard nameEnd - name > 2, bytes[nameEnd - 2] == UInt8(ascii: ":"), nameEnd == line.end || bytes[nameEnd].isBlank else {
      return readComment(line, at: text, from: bytes.skipBlanks(text + 2, line.end), column: column)
    }
    let directive = ReStructuredTextDirective(
      bytes, name: Span(name, nameEnd - 2), argument: bytes.trimmed(nameEnd, line.end), from: line.next, over: column, limit: end)
    return try read(directive, line, column: column)
  }

  /// `code-block ::` is tolerated by the field's tools.
  private mutating func readLooseDirective(_ line: TextLine, at text: Int, name: Int, nameEnd: Int, column: Int) throws(DocumentError)
    -> Int
  {
    let colons = bytes.skipBlanks(nameEnd, line.end)
    guard nameEnd > name, bytes.has("::", at: colons), bytes[name].isLetter else {
      return readComment(line, at: text, from: bytes.skipBlanks(text + 2, line.end), column: column)
    }
    let directive = ReStructuredTextDirective(
      bytes, name: Span(name, nameEnd), argument: bytes.trimmed(colons + 2, line.end), from: line.next, over: column, limit: end)
    return try read(directive, line, column: column)
  }

  private mutating func read(_ directive: ReStructuredTextDirective, _ line: TextLine, column: Int) throws(DocumentError) -> Int {
    switch directive.content {
    case .code: return try readCode(directive, column: column)
    case .include:
      try add(.include, directive.argument, directive)
      return skipIndented(from: directive.end, over: column)
    case .pages: return try readPages(directive, column: column)
    case .image:
      try add(.image, directive.argument, directive)
      if let target = directive.options.first(where: { bytes.string($0.0) == "target" })?.1, !target.isEmpty {
        try add(.link, target, directive)
      }
      return directive.end
    case .name:
      try addName(directive)
      return directive.end
    case .other:
      if directive.name == "highlight" { language = Self.highlightLanguage(bytes.string(directive.argument)) }
      return skipIndented(from: directive.end, over: column)
    case .text:
      if !directive.argument.isEmpty { try addText(directive.argument) }
      return directive.end
    }
  }

  private static func highlightLanguage(_ argument: String) -> String? {
    let name = LanguageNames.normalized(argument)
    return ["", "none", "default", "text"].contains(name) ? nil : name
  }

  private mutating func addText(_ span: Span) throws(DocumentError) {
    try readInline(span)
    try builder.addBlock(.listItem, span)
  }

  private mutating func add(_ kind: Reference.Kind, _ span: Span, _ directive: ReStructuredTextDirective) throws(DocumentError) {
    guard !span.isEmpty else { return }
    try builder.add(
      Reference(
        kind: kind, text: "", span: span, target: bytes.string(span), targetSpan: span, block: builder.nextBlock,
        role: kind == .include ? directive.name : nil, options: kind == .include ? directive.attributes(bytes) : []))
    try builder.addBlock(.definition, span)
  }

  /// `.. function:: name(parameter)`: the name without what it is called with.
  private mutating func addName(_ directive: ReStructuredTextDirective) throws(DocumentError) {
    let argument = directive.argument
    guard !argument.isEmpty else { return }
    let nameEnd = bytes.skip(argument.start, argument.end) { $0 != UInt8(ascii: "(") && !$0.isBlank }
    let span = Span(argument.start, nameEnd)
    guard !span.isEmpty else { return }
    try builder.add(
      Reference(kind: .codeSpan, text: bytes.string(span), span: span, block: builder.nextBlock, role: directive.name))
    try builder.addBlock(.definition, argument)
  }

  private mutating func readCode(_ directive: ReStructuredTextDirective, column: Int) throws(DocumentError) -> Int {
    let (lines, next) = indented(from: directive.end, over: column)
    var attributes = [Attribute(name: "directive", value: directive.name)]
    var words = bytes.string(directive.argument).split { $0 == " " || $0 == "\t" }
    if directive.name == "code-tab" || directive.name == "code" || directive.name == "prompt" { words = Array(words.prefix(1)) }
    attributes += words.dropFirst().map { Attribute(name: String($0), value: nil) }
    attributes += directive.attributes(bytes)
    let named = words.first.map { LanguageNames.normalized($0) }
    try builder.addSnippet(
      lines, at: directive.argument.start, kind: .fenced, language: directive.impliedLanguage ?? named ?? language,
      info: directive.argument.isEmpty ? nil : directive.argument, attributes: attributes)
    return next
  }

  private mutating func readPages(_ directive: ReStructuredTextDirective, column: Int) throws(DocumentError) -> Int {
    var position = directive.end
    while position < end {
      let line = line(at: position)
      guard line.isBlank || line.indent > column else { break }
      position = line.next
      guard let page = PageEntry.target(in: bytes, line.text, line.end) else { continue }
      try builder.add(
        Reference(
          kind: .crossReference, text: "", span: page, target: bytes.string(page), targetSpan: page, block: builder.nextBlock,
          role: directive.name, options: directive.attributes(bytes)))
      try builder.addBlock(.definition, bytes.trimmed(line.text, line.end))
    }
    return position
  }

  /// `_name: target`, `` _`a name`: target``, `__: target`, `_name:`.
  private mutating func readTarget(_ line: TextLine, at start: Int, column: Int) throws(DocumentError) -> Int? {
    if bytes.has("__:", at: start) {
      names.defineAnonymous(bytes.trimmed(start + 3, line.end), bytes)
      return line.next
    }
    var label = Span(start + 1, start + 1)
    var colon = start + 1
    if bytes.has("`", at: start + 1) {
      guard let close = bytes.first(UInt8(ascii: "`"), in: (start + 2)..<line.end), bytes.has(":", at: close + 1) else { return nil }
      label = Span(start + 2, close)
      colon = close + 1
    } else {
      while colon < line.end, !(bytes[colon] == UInt8(ascii: ":") && (colon + 1 == line.end || bytes[colon + 1].isBlank)) {
        colon += bytes[colon] == UInt8(ascii: "\\") ? 2 : 1
      }
      guard colon < line.end else { return nil }
      label = Span(start + 1, colon)
    }
    try define(label, bytes.trimmed(colon + 1, line.end))
    return line.next
  }

  private mutating func define(_ label: Span, _ target: Span) throws(DocumentError) {
    let name = bytes.string(label)
    names.define(name, target.isEmpty ? nil : target, bytes)
    try builder.add(
      Reference(
        kind: target.isEmpty ? .anchor : .linkDefinition, text: name, span: label, target: target.isEmpty ? nil : bytes.string(target),
        targetSpan: target.isEmpty ? nil : target, block: builder.nextBlock))
    try builder.addBlock(.definition, Span(label.start, max(label.end, target.end)))
  }

  /// `.. anything else`, and what is indented below it.
  private mutating func readComment(_ line: TextLine, at text: Int, from start: Int, column: Int) -> Int {
    let isEmpty = start == line.end
    // Two dots alone before a blank line are a whole comment: what follows is not part of it.
    if isEmpty, line.next >= end || self.line(at: line.next).isBlank { return line.next }
    let next = skipIndented(from: line.next, over: column)
    let last = bytes.trimmedSpace(start, next)
    builder.addRemark(content: last, whole: Span(text, max(last.end, text + 2)))
    return next
  }
}

/// The first lines of a directive, taken apart.
struct ReStructuredTextDirective {
  /// In lower case.
  let name: String
  let argument: Span
  let options: [(Span, Span)]
  /// Behind the options.
  let end: Int

  init(_ bytes: Bytes, name: Span, argument: Span, from start: Int, over column: Int, limit: Int) {
    self.name = bytes.string(name).lowercased()
    self.argument = argument
    var options: [(Span, Span)] = []
    var position = start
    while position < limit {
      let line = TextLine(bytes, at: position, tab: 8)
      guard !line.isBlank, line.indent > column, let option = DirectiveOptions.option(bytes, line, isBlock: false) else { break }
      options.append(option)
      position = line.next
    }
    self.options = options
    end = position
  }

  /// Unknown directives are containers of text: what is a sample inside of them says so itself.
  var content: DirectiveContent {
    switch name {
    case "eval-rst": .text
    case "code-tab", "code-block-tab", "tabcode": .code
    case "highlight", "highlightlang": .other
    default: DirectiveContent.of(name) ?? .text
    }
  }

  func attributes(_ bytes: Bytes) -> [Attribute] {
    options.map { Attribute(name: bytes.string($0.0), value: $0.1.isEmpty ? nil : bytes.string($0.1)) }
  }

  /// The language of directives that are made for one.
  var impliedLanguage: String? {
    switch name {
    case "doctest": "pycon"
    case "testcode", "testsetup", "testcleanup", "exec", "pyodide", "try_python", "jupyter-execute": "python"
    case "testoutput": "text"
    case "ipython": "ipython"
    default: nil
    }
  }
}
