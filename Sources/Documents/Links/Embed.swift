// Places where a document takes in parts of other files, in the notations of the tools that do it.
//
//   mdBook          {{#include src/main.rs:2:10}}, {{#rustdoc_include a.rs:name}}, {{#playground a.rs}}
//   Sphinx, MyST    .. literalinclude:: a.py, ```{literalinclude} a.py
//   AsciiDoc        include::a.adoc[tag=name]
//   codeinclude     [title](a.java) inside_block:name          (the path is a link like any other)
//   VitePress       <<< ./a.ts#name, <<< @/a.ts{2-4}
//   pymdownx        --8<-- "a.md:name"
//   embedme         <!-- embedme a.ts#L1-L9 --> before a sample
//   MarkdownSnippets <!-- snippet: name --> a sample <!-- endSnippet -->
//
// The text is read by lines, whatever the format: a generator replaces these lines before anybody reads Markdown.

import Domain

/// A place where a document takes in a part of a file.
public struct Embed: Sendable, Hashable {
  public enum Notation: Sendable, Hashable { case mdBook, sphinx, asciiDoc, codeInclude, vitePress, pymdownx, embedme, markdownSnippets }
  /// Which part of the file.
  public enum Part: Sendable, Hashable {
    case whole
    /// 1-based, both included; `last` nil is the end of the file.
    case lines(first: Int, last: Int?)
    /// A region that marks in the file name, or a text that begins it.
    case region(String)
  }
  public let notation: Notation
  /// As written; empty where the notation names only a region.
  public let path: String
  public let pathSpan: Span
  public let part: Part
  /// The bytes that name the part; nil for the whole file.
  public let partSpan: Span?
  /// Where the copy stands, for notations that keep one in the document.
  public let copy: Span?
}

/// Finds embeds in a document.
struct EmbedScanner {
  private let document: Document
  private let bytes: [UInt8]
  private(set) var embeds: [Embed] = []

  /// Embeds of one document beyond these are not looked at: no page has as many.
  static let maximumEmbeds = 5000

  init(_ document: Document) {
    self.document = document
    bytes = document.bytes
    guard Self.marks.contains(where: { bytes.firstRange(of: $0) != nil }) else { return }
    var isInclude = false
    for line in 1...document.lines.starts.count where embeds.count < Self.maximumEmbeds {
      let span = document.lines.span(ofLine: line)
      let text = Self.trimmed(bytes[span.range])
      guard let first = text.first else { continue }
      if first == UInt8(ascii: "<") {
        if text.starts(with: "<!--codeinclude-->".utf8) { isInclude = true }
        if text.starts(with: "<!--/codeinclude-->".utf8) { isInclude = false }
      }
      if isInclude { codeInclude(text) } else { scan(text, first) }
    }
  }

  private static let marks = ["{{#", "literalinclude", "include::", "<!--codeinclude", "embedme", "snippet:", "<<<", "--8<--"].map {
    Array($0.utf8)
  }

  private mutating func scan(_ text: ArraySlice<UInt8>, _ first: UInt8) {
    switch first {
    case UInt8(ascii: "{"): mdBook(text)
    case UInt8(ascii: "."): directive(text, ".. literalinclude::")
    case UInt8(ascii: "`"), UInt8(ascii: ":"): directive(text.drop { $0 == first }, "{literalinclude}")
    case UInt8(ascii: "i"): if text.starts(with: "include::".utf8) { asciiDoc(text.dropFirst(9)) }
    case UInt8(ascii: "<"):
      if text.starts(with: "<<< ".utf8) { vitePress(text.dropFirst(4)) }
      if text.starts(with: "<!--".utf8) { comment(Self.trimmed(text.dropFirst(4))) }
    case UInt8(ascii: "-"): if text.starts(with: "--8<-- ".utf8) { pymdownx(text.dropFirst(7)) }
    default: break
    }
  }

  private mutating func mdBook(_ text: ArraySlice<UInt8>) {
    for name in ["{{#include ", "{{#rustdoc_include ", "{{#playground "] where text.starts(with: name.utf8) {
      let rest = Self.trimmed(text.dropFirst(name.utf8.count).prefix { $0 != UInt8(ascii: "}") })
      let path = rest.prefix { $0 != UInt8(ascii: ":") && $0 != 0x20 }
      let part = rest[path.endIndex...].dropFirst().prefix { $0 != 0x20 }
      add(.mdBook, path, part.isEmpty || name.hasSuffix("playground ") ? nil : part) { Self.mdBookPart($0) }
    }
  }

  /// `2:10`, `2:`, `:10`, `2`, `name`.
  private static func mdBookPart(_ text: String) -> Embed.Part? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if let only = parts.first, parts.count == 1 { return Int(only).map { .lines(first: $0, last: $0) } ?? .region(String(only)) }
    guard parts.count == 2, parts.allSatisfy({ $0.isEmpty || Int($0) != nil }) else { return nil }
    return .lines(first: Int(parts[0]) ?? 1, last: Int(parts[1]))
  }

  private mutating func directive(_ text: ArraySlice<UInt8>, _ name: String) {
    guard text.starts(with: name.utf8) else { return }
    add(.sphinx, Self.trimmed(text.dropFirst(name.utf8.count)), nil) { _ in nil }
  }

  private mutating func asciiDoc(_ text: ArraySlice<UInt8>) {
    let path = text.prefix { $0 != UInt8(ascii: "[") }
    let rest = text[path.endIndex...].dropFirst().prefix { $0 != UInt8(ascii: "]") }
    let isTag = rest.starts(with: "tag=".utf8)
    add(.asciiDoc, path, isTag ? rest.dropFirst(4).prefix { $0 != UInt8(ascii: ",") } : nil) { .region($0) }
  }

  private mutating func vitePress(_ text: ArraySlice<UInt8>) {
    let path = text.prefix { $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: "#") && $0 != 0x20 && $0 != UInt8(ascii: "[") }
    let rest = text[path.endIndex...]
    let isRegion = rest.first == UInt8(ascii: "#")
    add(.vitePress, path, isRegion ? rest.dropFirst().prefix { $0 != UInt8(ascii: "{") && $0 != 0x20 } : nil) { .region($0) }
  }

  private mutating func pymdownx(_ text: ArraySlice<UInt8>) {
    let quoted = text.drop { $0 != UInt8(ascii: "\"") }.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
    let path = quoted.prefix { $0 != UInt8(ascii: ":") }
    add(.pymdownx, path, nil) { _ in nil }
  }

  /// `[title](path) inside_block:name`.
  private mutating func codeInclude(_ text: ArraySlice<UInt8>) {
    guard let open = text.firstIndex(of: UInt8(ascii: "(")), let close = text[open...].firstIndex(of: UInt8(ascii: ")")) else { return }
    let rest = Self.trimmed(text[(close + 1)...])
    for name in ["inside_block:", "block:"] where rest.starts(with: name.utf8) {
      add(.codeInclude, text[(open + 1)..<close], rest.dropFirst(name.utf8.count).prefix { $0 > 0x20 }) { .region($0) }
      return
    }
  }

  private mutating func comment(_ text: ArraySlice<UInt8>) {
    if text.starts(with: "embedme ".utf8) {
      let path = text.dropFirst(8).prefix { $0 > 0x20 && $0 != UInt8(ascii: "#") }
      let part = text[path.endIndex...].first == UInt8(ascii: "#") ? text[path.endIndex...].dropFirst().prefix { $0 > 0x20 } : nil
      add(.embedme, path, part, copy: copy(behind: text.endIndex)) { Self.lineRange($0) }
    } else if text.starts(with: "snippet: ".utf8) {
      let name = text.dropFirst(9).prefix { $0 > 0x20 }
      guard let copy = copy(behind: text.endIndex), let end = bytes.firstRange(of: Array("endSnippet".utf8), from: copy.end),
        document.snippets.first(where: { $0.span.start > copy.start }).map({ $0.span.start > end.lowerBound }) ?? true
      else { return }
      add(.markdownSnippets, text.dropFirst(9).prefix(0), name, copy: copy) { .region($0) }
    }
  }

  /// `L1-L9`, `L3`.
  private static func lineRange(_ text: String) -> Embed.Part? {
    let numbers = text.split(separator: "-").map { Int($0.drop { $0 == "L" || $0 == "l" }) }
    guard let first = numbers.first, let start = first, numbers.count <= 2 else { return nil }
    return .lines(first: start, last: numbers.count == 1 ? start : numbers[1])
  }

  /// The sample that begins within the next few lines.
  private func copy(behind offset: Int) -> Span? {
    guard let sample = document.snippets.first(where: { $0.span.start >= offset }), sample.kind == .fenced else { return nil }
    let between = document.lines.lineNumber(of: sample.span.start) - document.lines.lineNumber(of: offset)
    return between <= 5 ? sample.span : nil
  }

  private mutating func add(
    _ notation: Embed.Notation, _ path: ArraySlice<UInt8>, _ part: ArraySlice<UInt8>?, copy: Span? = nil, _ read: (String) -> Embed.Part?
  ) {
    let text = String(decoding: path, as: UTF8.self)
    guard notation == .markdownSnippets || (!text.isEmpty && text.utf8.count < 500 && !text.contains(where: { "{}<>$*\"'".contains($0) }))
    else { return }
    guard !text.contains("://") else { return }
    let selected = part.map { read(String(decoding: $0, as: UTF8.self)) }
    if let selected, selected == nil { return }
    embeds.append(
      Embed(
        notation: notation, path: text, pathSpan: Span(path.startIndex, path.endIndex), part: (selected ?? nil) ?? .whole,
        partSpan: part.map { Span($0.startIndex, $0.endIndex) }, copy: copy))
  }

  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let start = text.drop { $0 <= 0x20 }
    guard let last = start.lastIndex(where: { $0 > 0x20 }) else { return [] }
    return start[...last]
  }
}

extension Document {
  /// Where the document takes in parts of other files.
  public var embeds: [Embed] { EmbedScanner(self).embeds }
}
