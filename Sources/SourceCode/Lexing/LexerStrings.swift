// Strings and comments: everything of a text that is not code.

extension Lexer {
  /// Reads what begins with this byte if it is a comment, a string or a quirk; false when it is plain punctuation.
  mutating func special(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "/"): return slash()
    case UInt8(ascii: "#"): return hash()
    case UInt8(ascii: "\\"): return backslash()
    case UInt8(ascii: "'") where table.quirks.contains(.lifetimes): return lifetimeOrCharacter()
    case UInt8(ascii: "`") where table.quirks.contains(.backquotedNames): return backquotedName()
    case UInt8(ascii: "$") where table.quirks.contains(.dollarNames): return dollarName()
    default: break
    }
    if table.quirks.contains(.ruby) && rubyQuirk(byte) { return true }
    if table.quirks.contains(.php) && phpQuirk(byte) { return true }
    if table.quirks.contains(.verbatimStrings) && verbatimString(byte) { return true }
    guard let form = table.strings.first(where: { $0.open[0] == byte && has($0.open) }) else { return false }
    position += form.open.count
    string(form)
    return true
  }

  // MARK: Comments

  private mutating func slash() -> Bool {
    if table.quirks.contains(.slashComments) {
      if peek(1) == UInt8(ascii: "/") {
        lineComment()
        return true
      }
      if peek(1) == UInt8(ascii: "*") {
        blockComment()
        return true
      }
    }
    return table.quirks.contains(.regularExpressions) && regularExpression()
  }

  private mutating func hash() -> Bool {
    if table.quirks.contains(.hashComments) && !(table.quirks.contains(.php) && peek(1) == UInt8(ascii: "[")) {
      lineComment()
      return true
    }
    if table.quirks.contains(.preprocessor) && atLineStart {
      position += 1
      add(.punctuation, from: position - 1, line: line, hash: 0x23)
      tokens[tokens.count - 1].flags.insert(.directive)
      return true
    }
    return table.quirks.contains(.hashStrings) && hashString()
  }

  private mutating func lineComment() {
    let start = position
    while position < bytes.count && bytes[position] != 0x0A { position += 1 }
    remark(start..<position)
  }

  private mutating func blockComment() {
    let start = position
    position += 2
    var depth = 1
    while position < bytes.count && depth > 0 {
      let byte = bytes[position]
      if byte == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/") {
        depth -= 1
        position += 2
      } else if byte == UInt8(ascii: "/") && peek(1) == UInt8(ascii: "*") && table.quirks.contains(.nestedComments) {
        depth += 1
        position += 2
      } else {
        if byte == 0x0A { line += 1 }
        position += 1
      }
    }
    position = min(position, bytes.count)
    remark(start..<position)
  }

  /// Keeps a comment that speaks of deprecation.
  mutating func remark(_ range: Range<Int>) {
    let mark = Array("eprecated".utf8)
    guard range.count >= mark.count else { return }
    var index = range.lowerBound
    while let found = bytes[index..<range.upperBound].firstIndex(of: mark[0]), found + mark.count <= range.upperBound {
      if bytes[found..<found + mark.count].elementsEqual(mark) {
        remarks.append(LexedSource.Remark(range: range, nextToken: tokens.count))
        return
      }
      index = found + 1
    }
  }

  private mutating func backslash() -> Bool {
    guard table.quirks.contains(.lineJoining) else { return false }
    let isLong = peek(1) == 0x0D && peek(2) == 0x0A
    guard peek(1) == 0x0A || isLong else { return false }
    position += isLong ? 3 : 2
    line += 1
    return true
  }

  // MARK: Strings

  /// Reads a string's content from `position` to its end, to an interpolation, or (in one line) to the line's end.
  mutating func string(_ form: StringForm) {
    let start = position
    let firstLine = line
    while position < bytes.count {
      let byte = bytes[position]
      if byte == form.close[0] && has(form.close) {
        endSegment(from: start, line: firstLine)
        position += form.close.count
        return
      }
      if byte == 0x0A {
        if !form.isMultiline { break }
        line += 1
      }
      if let length = interpolationLength(form), interruptions.count < Self.maximumInterruptions {
        endSegment(from: start, line: firstLine)
        position += length
        interruptions.append(Interruption(form: form, depth: 0))
        return
      }
      if byte == UInt8(ascii: "\\") && form.escapes && position + 1 < bytes.count && (peek(1) != 0x0A || form.isMultiline) {
        if peek(1) == 0x0A { line += 1 }
        position += 2
      } else if byte == UInt8(ascii: "{") && form.interpolation == .brace && peek(1) == byte {
        position += 2
      } else {
        position += 1
      }
    }
    endSegment(from: start, line: firstLine)
  }

  private func interpolationLength(_ form: StringForm) -> Int? {
    switch form.interpolation {
    case .none: return nil
    case .dollarBrace: return peek() == UInt8(ascii: "$") && peek(1) == UInt8(ascii: "{") ? 2 : nil
    case .hashBrace: return peek() == UInt8(ascii: "#") && peek(1) == UInt8(ascii: "{") ? 2 : nil
    case .brace: return peek() == UInt8(ascii: "{") && peek(1) != UInt8(ascii: "{") ? 1 : nil
    case .backslashParenthesis:
      guard peek() == UInt8(ascii: "\\") else { return nil }
      for offset in 0..<form.hashes where peek(1 + offset) != UInt8(ascii: "#") { return nil }
      return peek(1 + form.hashes) == UInt8(ascii: "(") ? 2 + form.hashes : nil
    }
  }

  /// Adds the literal text from `start` to `position` as a token, and its words.
  mutating func endSegment(from start: Int, line firstLine: UInt32) {
    var hash: UInt64 = 11
    var word = fnvOffset
    var isWord = false
    for index in start..<position {
      let byte = bytes[index]
      hash = (hash ^ UInt64(byte)) &* fnvPrime
      if Self.isNameByte(byte) {
        word = (word ^ UInt64(byte)) &* fnvPrime
        isWord = true
      } else if isWord {
        stringWords.append(word)
        (word, isWord) = (fnvOffset, false)
      }
    }
    if isWord { stringWords.append(word) }
    if start < bytes.count { add(.string, from: start, line: firstLine, hash: hash) }
  }

  /// A string whose form the letters before it tell: Python's `rb"`, Rust's `r#"`, C++'s `R"(`. False when `position` is
  /// not at such a string.
  mutating func prefixedString(from start: Int) -> Bool {
    let quote = peek()
    switch language {
    case .python where quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"): return pythonString(from: start)
    case .rust where quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "#"): return rustString(from: start)
    case .cpp where quote == UInt8(ascii: "\""): return cppRawString()
    default: return false
    }
  }

  private mutating func pythonString(from start: Int) -> Bool {
    let letters = bytes[start..<position].map { $0 | 0x20 }
    guard letters.allSatisfy({ "rbfut".utf8.contains($0) }), var form = table.strings.first(where: { has($0.open) }) else { return false }
    if letters.contains(UInt8(ascii: "f")) || letters.contains(UInt8(ascii: "t")) { form.interpolation = .brace }
    position += form.open.count
    string(form)
    return true
  }

  private mutating func rustString(from start: Int) -> Bool {
    let letters = bytes[start..<position]
    guard letters.allSatisfy({ "rbc".utf8.contains($0) }) else { return false }
    var hashes = 0
    while peek(hashes) == UInt8(ascii: "#") && hashes < 255 { hashes += 1 }
    let isRaw = letters.contains(UInt8(ascii: "r"))
    if !isRaw && hashes > 0 || peek(hashes) != UInt8(ascii: "\"") {
      if isRaw && hashes == 1 { position += 1 }
      return isRaw && hashes == 1
    }
    let marks = String(repeating: "#", count: hashes)
    position += hashes + 1
    string(StringForm(marks + "\"", "\"" + marks, escapes: !isRaw, multiline: true))
    return true
  }

  private mutating func cppRawString() -> Bool {
    guard bytes[position - 1] == UInt8(ascii: "R") else { return false }
    var length = 1
    while length < 18 && peek(length) != UInt8(ascii: "(") {
      if peek(length) <= 0x20 { return false }
      length += 1
    }
    guard peek(length) == UInt8(ascii: "(") else { return false }
    let delimiter = String(decoding: bytes[position + 1..<position + length], as: UTF8.self)
    position += length + 1
    string(StringForm("(", ")" + delimiter + "\"", escapes: false, multiline: true))
    return true
  }

  private mutating func hashString() -> Bool {
    var hashes = 1
    while peek(hashes) == UInt8(ascii: "#") && hashes < 64 { hashes += 1 }
    guard peek(hashes) == UInt8(ascii: "\"") else { return false }
    let isLong = peek(hashes + 1) == UInt8(ascii: "\"") && peek(hashes + 2) == UInt8(ascii: "\"")
    let quotes = isLong ? "\"\"\"" : "\""
    let marks = String(repeating: "#", count: hashes)
    position += hashes + quotes.utf8.count
    string(StringForm(marks + quotes, quotes + marks, escapes: false, multiline: isLong, .backslashParenthesis, hashes: hashes))
    return true
  }
}
