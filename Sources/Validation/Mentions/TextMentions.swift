// Where a document says a text that the change replaced everywhere: in prose, titles, tables, comments and strings of samples. Only
// for texts that say enough by themselves, and not where the same bytes may be a part of something else: a path, a host, an anchor,
// a file name.

import Documents
import Domain
import SourceCode

/// A text of the code in a document.
struct TextMention: Hashable {
  var text: String
  var span: Span
  /// The language of the sample that it stands in; nil outside of samples.
  var sample: String?

  /// Its last part.
  func narrowed(to name: String) -> TextMention {
    TextMention(text: name, span: Span(span.end - name.utf8.count, span.end), sample: sample)
  }
}

/// Finds texts in documents.
struct TextMentions {
  private let document: Document
  private let targets: [Span]

  init(_ document: Document) {
    self.document = document
    targets = document.references.compactMap(\.targetSpan).sorted { $0.start < $1.start }
  }

  /// Every place where one of the texts stands for itself.
  func mentions(
    of finder: TextFinder, isMember: (String) -> Bool = { _ in false }, isImplicit: (String) -> Bool = { _ in false },
    isPackage: (String) -> Bool = { _ in false }, where accept: (String) -> Bool = { _ in true }
  ) -> [TextMention] {
    finder.matches(in: document.bytes, where: accept).compactMap { match in
      let span = Span(match.range.lowerBound, match.range.upperBound)
      guard
        standsForItself(
          match.text, span, isMember: isMember(match.text), isImplicit: isImplicit(match.text), isPackage: isPackage)
      else { return nil }
      return TextMention(text: match.text, span: span, sample: snippet(around: span).map { $0.language ?? "" })
    }
  }

  private func snippet(around span: Span) -> Snippet? {
    let index = document.snippets.partitioningIndex { $0.span.end > span.start }
    guard index < document.snippets.count, document.snippets[index].span.contains(span) else { return nil }
    return document.snippets[index]
  }

  private func standsForItself(_ text: String, _ span: Span, isMember: Bool, isImplicit: Bool, isPackage: (String) -> Bool) -> Bool {
    let bytes = document.bytes
    let before = span.start > 0 ? bytes[span.start - 1] : 0x20
    let after = span.end < bytes.count ? bytes[span.end] : 0x20
    let isPath = text.utf8.contains(UInt8(ascii: "/")) && !isMember
    if isInAddress(span) || before == UInt8(ascii: "/") || after == UInt8(ascii: "/") || after == UInt8(ascii: "\\") {
      return isPath || (isPackage(text) && isInRegistry(span))
    }
    if "#@~%\\".utf8.contains(before) { return before == UInt8(ascii: "@") && !isPackage(text) }
    if isImplicit {
      guard before == UInt8(ascii: "."), span.start >= 2 else { return false }
      return " (,[`:".utf8.contains(bytes[span.start - 2]) && after != UInt8(ascii: ".")
    }
    if before == UInt8(ascii: "<"), after == UInt8(ascii: ">"), span.start < 2 || !SampleLexer.isNameStart(bytes[span.start - 2]) {
      return false
    }
    return !isFileName(span)
  }

  /// Whether a span stands in a sample or in a code span.
  func isCode(_ mention: TextMention) -> Bool {
    mention.sample != nil || document.references.contains { $0.kind == .codeSpan && $0.span.contains(mention.span) }
  }

  /// In a link's target, or in a bare address.
  private func isInAddress(_ span: Span) -> Bool {
    let index = targets.partitioningIndex { $0.end > span.start }
    if index < targets.count, targets[index].overlaps(span) { return true }
    return address(around: span) != nil
  }

  /// The address (`https://…`) that contains a span: back to the last blank, bracket or quote.
  private func address(around span: Span) -> ArraySlice<UInt8>? {
    var start = span.start
    while start > 0, span.start - start < 300, !" \t\n\r()<>\"'`[]".utf8.contains(document.bytes[start - 1]) { start -= 1 }
    let front = document.bytes[start..<span.start]
    guard front.contains(UInt8(ascii: ":")), String(decoding: front, as: UTF8.self).contains("://") else { return nil }
    return document.bytes[start..<span.end]
  }

  /// Pages of registries are named for the package.
  private func isInRegistry(_ span: Span) -> Bool {
    guard let address = address(around: span) else { return false }
    let text = String(decoding: address, as: UTF8.self)
    return Self.registries.contains { text.contains($0) }
  }

  private static let registries = [
    "://crates.io/crates/", "://docs.rs/", "://img.shields.io/crates/", "://www.npmjs.com/package/", "://npmjs.com/package/",
    "://img.shields.io/npm/", "://pypi.org/project/", "://pypi.python.org/", "://img.shields.io/pypi/", "://pkg.go.dev/",
    "://rubygems.org/gems/", "://packagist.org/packages/", "://www.nuget.org/packages/", "://badge.fury.io/",
  ]

  /// `name.py`, `name.html`.
  private func isFileName(_ span: Span) -> Bool {
    let bytes = document.bytes
    guard span.end < bytes.count, bytes[span.end] == UInt8(ascii: ".") else { return false }
    let rest = bytes[(span.end + 1)...].prefix(8).prefix { SampleLexer.isNameStart($0) || SampleLexer.isDigit($0) }
    return FileNames.isFileName(["", String(decoding: rest, as: UTF8.self)])
  }
}

extension Array {
  /// The first index at which a condition holds that holds for all later ones, too.
  fileprivate func partitioningIndex(where condition: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
