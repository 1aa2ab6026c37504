// From the words of `AnnotationTable` to what they come to for each sample. One walk over samples and comments in the order of the file:
// a comment waits for the next sample, opens or closes a region, or speaks for the whole file.

import Domain

/// A region that a tool writes: it is healed where its source is, never in place.
public struct OwnedRegion: Sendable, Hashable {
  /// Between the two comments.
  public let span: Span
  /// Which tool: `cog`, `markdown-snippets`, `terraform-docs` …
  public let dialect: String
  /// What it says of its source; nil when nothing.
  public let source: String?
}

struct AnnotationReader {
  let bytes: [UInt8]

  private struct Word {
    var row: AnnotationRow
    /// What stands behind it, trimmed.
    var value: String
    var span: Span
  }

  private struct State {
    var waiting: [Word] = []
    var skipFrom: [Word] = []
    var exemptFrom = 0
    var owned: [Word] = []
  }

  func annotate(_ parts: inout DocumentParts) {
    var state = State()
    var next = 0
    let remarks = parts.remarks.sorted { $0.whole < $1.whole }
    for index in parts.snippets.indices {
      while next < remarks.count, remarks[next].whole.start < parts.snippets[index].span.start {
        for word in words(of: remarks[next]) { take(word, &state, &parts) }
        next += 1
      }
      annotate(&parts, index, &state)
    }
    for remark in remarks[next...] { for word in words(of: remark) { take(word, &state, &parts) } }
    applyToFile(&parts, remarks)
  }

  // MARK: Comments

  private static let remarkRows = AnnotationTable.rows.filter { $0.place == .remark }
  private static let remarkStarts = Set(remarkRows.compactMap { $0.word.utf8.first })

  private func words(of remark: Remark) -> [Word] {
    var start = remark.content.start
    while start < remark.content.end, bytes[start].isSpace || bytes[start] == UInt8(ascii: "-") && remark.content.end - start > 12 {
      start += 1
    }
    guard start < remark.content.end, Self.remarkStarts.contains(bytes[start].lowercased) else { return [] }
    let text = String(decoding: bytes[start..<min(remark.content.end, start + 400)], as: UTF8.self).lowercased()
    return Self.remarkRows.filter { Self.begins(text, with: $0) }.map { row in
      let from = min(remark.content.end, start + row.word.utf8.count)
      return Word(row: row, value: value(from, remark.content.end), span: remark.whole)
    }
  }

  private static func begins(_ text: String, with row: AnnotationRow) -> Bool {
    guard text.hasPrefix(row.word) else { return false }
    guard !row.isPrefix, let next = text.utf8.dropFirst(row.word.utf8.count).first, let last = row.word.utf8.last, last.isWord else {
      return true
    }
    return !next.isWord && next != UInt8(ascii: "-") && next != UInt8(ascii: "_")
  }

  /// The first line behind a word, without the marks around it.
  private func value(_ start: Int, _ end: Int) -> String {
    let line = bytes[start..<end].prefix { $0 != 0x0A && $0 != 0x0D }
    return String(String(decoding: line, as: UTF8.self).drop { $0 == " " || $0 == "(" || $0 == ":" || $0 == "\"" }.trimmedEnd)
  }

  /// How many regions may be open in one another; of more, the outer ones are taken for text.
  private static let openRegions = 16

  private func take(_ word: Word, _ state: inout State, _ parts: inout DocumentParts) {
    switch word.row.effect {
    case .skipFrom: if !state.skipFrom.contains(where: { $0.row.dialect == word.row.dialect }) { state.skipFrom.append(word) }
    case .skipTo: state.skipFrom.removeAll { $0.row.dialect == word.row.dialect }
    case .formatExemptFrom: state.exemptFrom += 1
    case .formatExemptTo: state.exemptFrom = max(0, state.exemptFrom - 1)
    case .ownedFrom:
      state.owned.append(word)
      if state.owned.count > Self.openRegions { state.owned.removeFirst() }
    case .ownedTo:
      guard let index = state.owned.lastIndex(where: { $0.row.dialect == word.row.dialect }) else { return }
      let opening = state.owned[index]
      state.owned.removeSubrange(index...)
      let span = Span(opening.span.end, max(opening.span.end, word.span.start))
      parts.owned.append(OwnedRegion(span: span, dialect: word.row.dialect, source: opening.value.isEmpty ? nil : opening.value))
    case .skipFile, .hiddenSample: break
    default: state.waiting.append(word)
    }
  }

  private func applyToFile(_ parts: inout DocumentParts, _ remarks: [Remark]) {
    let all = remarks.flatMap { words(of: $0) }.first { $0.row.effect == .skipFile }
    parts.owned.sort { $0.span < $1.span }
    var next = 0
    var open: [OwnedRegion] = []
    for index in parts.snippets.indices {
      if let all { apply(all, to: &parts.snippets[index].annotations) }
      let span = parts.snippets[index].span
      while next < parts.owned.count, parts.owned[next].span.start <= span.start {
        open.append(parts.owned[next])
        next += 1
      }
      open.removeAll { $0.span.end <= span.start }
      guard parts.snippets[index].annotations.embed == nil, let region = open.last(where: { $0.span.contains(span) }) else { continue }
      parts.snippets[index].annotations.embed = SnippetAnnotations.Embed(
        path: region.source ?? "", range: nil, dialect: region.dialect, span: nil)
    }
  }

  // MARK: Samples

  private func annotate(_ parts: inout DocumentParts, _ index: Int, _ state: inout State) {
    var words = state.waiting + state.skipFrom
    state.waiting = []
    let snippet = parts.snippets[index]
    words += attributeWords(of: snippet) + codeWords(of: snippet)
    for word in words { apply(word, to: &parts.snippets[index].annotations) }
    if state.exemptFrom > 0 { parts.snippets[index].annotations.isFormatExempt = true }
    if words.contains(where: { $0.row.effect == .output || $0.row.effect == .outputFollows }), index > 0 {
      parts.snippets[index].annotations.outputOf = parts.snippets[index - 1].id
    }
    if snippet.language == "rust" { parts.snippets[index].annotations.hiddenLines = HiddenLines.inRust(snippet) }
    addDirective(snippet, &parts.snippets[index].annotations)
  }

  private func apply(_ word: Word, to annotations: inout SnippetAnnotations) {
    let said = "`\(word.row.word)` (\(word.row.dialect))"
    switch word.row.effect {
    case .skip, .skipFrom, .skipFile: if annotations.skip == nil { annotations.skip = said }
    case .expectFailure: if annotations.expectsFailure == nil { annotations.expectsFailure = said }
    case .noRun: if annotations.noRun == nil { annotations.noRun = said }
    case .hidden: annotations.isHidden = true
    case .continuation: annotations.isContinuation = true
    case .name: annotations.name = word.value.isEmpty ? annotations.name : word.value
    case .group: annotations.group = word.value.isEmpty ? annotations.group : word.value
    case .embed: if annotations.embed == nil { annotations.embed = EmbedPath.embed(word.value, dialect: word.row.dialect, span: word.span) }
    case .formatExempt: annotations.isFormatExempt = true
    default: break
    }
  }

  private static let infoRows = Dictionary(grouping: AnnotationTable.rows.filter { $0.place == .info && !$0.isPrefix }, by: \.word)
  private static let infoPrefixes = AnnotationTable.rows.filter { $0.place == .info && $0.isPrefix }
  private static let optionRows = Dictionary(grouping: AnnotationTable.rows.filter { $0.place == .option }, by: \.word)

  private func attributeWords(of snippet: Snippet) -> [Word] {
    let isDirective = snippet.attributes.first?.name == "directive"
    let place = snippet.infoSpan ?? snippet.span
    return snippet.attributes.flatMap { attribute -> [Word] in
      let name = attribute.name.lowercased()
      var rows = Self.infoRows[name] ?? []
      if isDirective { rows += Self.optionRows[name] ?? [] }
      rows += Self.infoPrefixes.filter { name.hasPrefix($0.word) }
      return rows.filter { Self.fits(attribute, $0) }.map { Word(row: $0, value: attribute.value ?? "", span: place) }
    }
  }

  private static func fits(_ attribute: Attribute, _ row: AnnotationRow) -> Bool {
    guard let wanted = row.value else {
      if row.effect == .embed { return attribute.value.map(EmbedPath.isPath) ?? false }
      // `skip=false` says the contrary.
      return attribute.value?.lowercased() != "false"
    }
    let value = attribute.value?.lowercased() ?? ""
    return row.place == .option ? value.contains(wanted) : value == wanted
  }

  private static let codeRows = AnnotationTable.rows.filter { $0.place == .code }

  /// Words in the comments of the code. Code without any of their first marks is not looked at twice.
  private func codeWords(of snippet: Snippet) -> [Word] {
    guard
      snippet.code.contains(where: {
        $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "|")
      })
    else { return EmbedPath.firstLine(of: snippet).map { [embedmeWord($0, snippet)] } ?? [] }
    var found: [Word] = EmbedPath.firstLine(of: snippet).map { [embedmeWord($0, snippet)] } ?? []
    let code = snippet.code.prefix(64 << 10).map(\.lowercased)
    code.withUnsafeBufferPointer { code in
      for row in Self.codeRows {
        guard let place = code.first(Array(row.word.utf8), from: 0) else { continue }
        let end = min(snippet.code.count, place + row.word.utf8.count)
        let rest = snippet.code[end...].prefix { $0 != 0x0A && $0 != UInt8(ascii: "}") }
        let value = String(decoding: rest, as: UTF8.self).drop { $0 == " " }.trimmedEnd
        found.append(Word(row: row, value: String(value), span: snippet.documentSpan(of: place..<end)))
      }
    }
    return found
  }

  private func embedmeWord(_ path: String, _ snippet: Snippet) -> Word {
    let row = AnnotationRow(dialect: "embedme", place: .code, word: "// path#L1", effect: .embed, isPrefix: false, value: nil)
    return Word(row: row, value: path, span: snippet.lines.first?.span ?? snippet.span)
  }

  /// What the directives of Sphinx say by their names.
  private func addDirective(_ snippet: Snippet, _ annotations: inout SnippetAnnotations) {
    switch snippet.attribute("directive") {
    case "testsetup", "testcleanup": annotations.isHidden = true
    default: break
    }
  }
}
