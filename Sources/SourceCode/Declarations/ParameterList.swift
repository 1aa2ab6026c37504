// Reads a parameter list in any of the languages: where the name stands in each piece is all that differs.

extension DeclarationScanner {
  private static let maximumParameters = 64

  /// The parameters between the bracket at `open` and its close.
  func parameters(at open: Int) -> [Parameter] {
    guard open < count else { return [] }
    let close = tree.close(of: open)
    var result: [Parameter] = []
    var start = open + 1
    var index = start
    while index < close && result.count < Self.maximumParameters {
      if tree.isMark(index, ",") {
        if let parameter = parameter(stretch(start, index)) { result.append(parameter) }
        start = index + 1
        index = start
      } else if tree.isMark(index, "<") {
        index = max(index + 1, min(close, tree.afterAngles(index)))
      } else {
        index = tree.after(index)
      }
    }
    if start < close, let parameter = parameter(stretch(start, close)) { result.append(parameter) }
    return result
  }

  private func parameter(_ whole: Range<Int>) -> Parameter? {
    let range = skippingAttributes(whole)
    let split = range.first { tree.isMark($0, "=") && !tree.isMark($0 + 1, ">") } ?? range.upperBound
    let head = stretch(range.lowerBound, split)
    let value = split + 1 <= range.upperBound && split < range.upperBound ? valueText(stretch(split + 1, range.upperBound)) : nil
    switch language {
    case .java, .c, .cpp, .csharp: return lastNamed(head, value)
    case .swift: return labelled(head, value)
    case .php: return firstNamed((head.first { tree.isMark($0, "$") } ?? head.lowerBound)..<head.upperBound, value)
    default: return firstNamed(head, value)
    }
  }

  /// A default as it is written. The token of a string is its content: prefix and quotes stand around it.
  private func valueText(_ range: Range<Int>) -> String {
    guard let first = range.first, let last = range.last, last < count else { return "" }
    let bytes = tree.source.bytes
    var (start, end) = (Int(tree[first].start), Int(tree[last].end))
    if tree[first].kind == .string {
      while start > 0, Self.isQuote(bytes[start - 1]) { start -= 1 }
      while start > 0, "bBrRuUfF".utf8.contains(bytes[start - 1]) { start -= 1 }
    }
    if tree[last].kind == .string {
      while end < bytes.count, Self.isQuote(bytes[end]) { end += 1 }
    }
    end = min(end, start + 200)
    return start < end ? tree.source.text(start..<end) : ""
  }

  private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == 0x60 }

  private func skippingAttributes(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    while start < range.upperBound {
      if tree.isMark(start, "@"), language != .ruby {
        start += 2
        if tree.isMark(start, "(") { start = tree.after(start) }
      } else if tree.isMark(start, "#"), tree.isMark(start + 1, "[") {
        start = tree.after(start + 1)
      } else {
        break
      }
    }
    return stretch(min(start, range.upperBound), range.upperBound)
  }

  /// `name: Type`, `name Type`, `*args`, `&block`, `this.name`, `mut name`.
  private func firstNamed(_ range: Range<Int>, _ value: String?) -> Parameter? {
    let modifiers: Set<Word> = [.mut, .ref, .public, .private, .protected, .readonly, .override, .val, .var, .internal]
    let names = range.filter { tree.isName($0) && !(modifiers.contains(tree[$0].word) && tree.isName($0 + 1)) }
    guard let name = names.first, !tree.isMark(range.lowerBound, "{"), !tree.isMark(range.lowerBound, "[") else { return nil }
    let typeStart = tree.isMark(name + 1, "?") ? name + 2 : name + 1
    let type = tree.isMark(typeStart, ":") ? typeStart + 1 : typeStart
    return Parameter(
      name: tree.text(name), type: type < range.upperBound ? tree.text(stretch(type, range.upperBound)) : nil,
      defaultValue: value ?? rubyDefault(stretch(type, range.upperBound)))
  }

  /// Ruby's keyword arguments have their default after the colon.
  private func rubyDefault(_ range: Range<Int>) -> String? { language == .ruby && !range.isEmpty ? tree.text(range) : nil }

  /// `const Type<T> *name[]`.
  private func lastNamed(_ range: Range<Int>, _ value: String?) -> Parameter? {
    guard let name = range.last(where: { tree.isName($0) && !isInBrackets($0, of: range) }) else { return nil }
    let type = stretch(range.lowerBound, name)
    // A macro's parameters have no type; `void` alone is no parameter.
    if tree.isWord(name, .void) { return nil }
    return Parameter(name: tree.text(name), type: type.isEmpty ? nil : tree.text(type), defaultValue: value)
  }

  private func isInBrackets(_ index: Int, of range: Range<Int>) -> Bool {
    range.contains { tree.isMark($0, "[") && $0 < index && tree.close(of: $0) > index }
  }

  /// `label name: Type`, `_ name: Type`, `name: Type`.
  private func labelled(_ range: Range<Int>, _ value: String?) -> Parameter? {
    guard let colon = range.first(where: { tree.isMark($0, ":") }), tree.isName(range.lowerBound) else { return nil }
    let type = colon + 1 < range.upperBound ? tree.text(stretch(colon + 1, range.upperBound)) : nil
    let name = tree.isName(range.lowerBound + 1) && range.lowerBound + 1 < colon ? range.lowerBound + 1 : range.lowerBound
    let label = name > range.lowerBound ? tree.text(range.lowerBound) : nil
    return Parameter(name: tree.text(name), label: label, type: type, defaultValue: value)
  }
}
