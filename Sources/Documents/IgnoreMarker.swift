// `<!-- doc-healing:ignore -->`: how an author tells the engine to leave something alone.
//
//   <!-- doc-healing:ignore -->                the next block
//   <!-- doc-healing:ignore-start --> … <!-- doc-healing:ignore-end -->
//   <!-- doc-healing:ignore-file -->           the whole document
// In MDX it is `{/* doc-healing:ignore */}`, in MyST also `% doc-healing:ignore`, in reStructuredText `.. doc-healing:ignore`, in
// AsciiDoc `// doc-healing:ignore`.
// Each takes `rule=NAME` (several with commas; none means all), `reason="…"` and `until=YYYY-MM-DD`, the last day on which it holds.

import Domain

/// A region that the author asked to be left alone.
public struct IgnoreMarker: Sendable, Hashable {
  /// What is left alone; whole lines.
  public private(set) var span: Span
  /// The marker's own comment.
  public private(set) var marker: Span
  /// Which rules it silences; empty for all.
  public let rules: [String]
  public let reason: String?
  /// `YYYY-MM-DD`, the last day; nil for ever.
  public let until: String?

  mutating func move(_ place: (Span) -> Span) {
    span = place(span)
    marker = place(marker)
  }

  /// Whether it silences a rule on a day (`YYYY-MM-DD`).
  public func silences(rule: String, on day: String) -> Bool {
    (rules.isEmpty || rules.contains(rule)) && (until.map { day <= $0 } ?? true)
  }

  /// Whether a finding at a span is inside.
  public func covers(_ other: Span) -> Bool { span.overlaps(other) || (other.isEmpty && span.contains(other)) }
}

/// A marker's text, before it is known what it covers.
struct IgnoreDirective: Hashable {
  enum Scope: String { case next = "", start = "-start", end = "-end", file = "-file" }
  var scope: Scope
  var rules: [String] = []
  var reason: String?
  var until: String?

  /// Nil when the comment is none of ours, or is written so that its meaning is not certain.
  init?(comment: some StringProtocol) {
    let text = comment.drop { $0.isWhitespace }
    guard text.hasPrefix(Self.prefix) else { return nil }
    var rest = text.dropFirst(Self.prefix.count)
    let suffix = rest.prefix { !$0.isWhitespace }
    guard let scope = Scope(rawValue: String(suffix)) else { return nil }
    self.scope = scope
    rest = rest.dropFirst(suffix.count)
    guard read(String(rest)) else { return nil }
  }

  /// The same for bytes of a document; almost all comments are none of ours, and known at their first bytes.
  init?(_ bytes: Bytes, _ span: Span) {
    let start = bytes.skip(span.start, span.end) { $0.isSpace }
    guard bytes.has("doc-healing", at: start) else { return nil }
    self.init(comment: bytes.string(span))
  }

  private static let prefix = "doc-healing:ignore"

  /// Bare words are rules behind `rule=` (commas separate words in info strings, so `rule=a,b` comes as two) and else a remark.
  private mutating func read(_ text: String) -> Bool {
    var listing = false
    for attribute in InfoString("_ " + text.split(whereSeparator: \.isNewline).joined(separator: " ")).attributes {
      switch (attribute.name, attribute.value) {
      case ("rule", let value?), ("rules", let value?):
        rules.append(contentsOf: value.split(separator: ",").map(String.init))
        listing = true
      case ("reason", let value): reason = value
      case ("until", let value):
        guard let value, CalendarDay.isValid(value) else { return false }
        until = value
      case (let name, nil) where listing: rules.append(name)
      default: break
      }
      if attribute.value != nil && !attribute.name.hasPrefix("rule") { listing = false }
    }
    return true
  }
}

/// Turns markers into regions while a reader walks the blocks of a document. Linear in blocks and markers.
struct IgnoreCollector {
  private struct Pending {
    var directive: IgnoreDirective
    var marker: Span
  }
  private struct Waiting {
    var markers: [Pending]
    var depth: Int
    var first: Int?
  }
  private var pending: [Pending] = []
  /// Blocks that markers cover and that are still open, the outer ones first.
  private var open: [Waiting] = []
  /// Those of `open` from here on have not seen their first byte.
  private var unseen = 0
  private var started: [Pending] = []
  private(set) var markers: [IgnoreMarker] = []

  /// A marker between blocks: `.next` means the block after it.
  mutating func add(_ directive: IgnoreDirective, marker: Span, documentEnd: Int) {
    let item = Pending(directive: directive, marker: marker)
    switch directive.scope {
    case .next: pending.append(item)
    case .start: started.append(item)
    case .end: if let start = started.popLast() { close(start, Span(start.marker.end, max(start.marker.end, marker.start))) }
    case .file: close(item, Span(0, documentEnd))
    }
  }

  /// A marker inside a paragraph covers that paragraph.
  mutating func add(_ directive: IgnoreDirective, marker: Span, inBlock block: Span) {
    close(Pending(directive: directive, marker: marker), block)
  }

  mutating func entered(depth: Int) {
    guard !pending.isEmpty else { return }
    open.append(Waiting(markers: pending, depth: depth))
    pending = []
  }

  mutating func saw(_ offset: Int) {
    guard unseen < open.count else { return }
    for index in unseen..<open.count { open[index].first = offset }
    unseen = open.count
  }

  /// A block ended; `lines` widens the bytes seen in it to whole lines.
  mutating func left(depth: Int, lastSeen: Int, lines: (Span) -> Span) {
    while let last = open.last, last.depth >= depth {
      open.removeLast()
      unseen = min(unseen, open.count)
      guard let first = last.first else { continue }
      let span = lines(Span(first, max(first, lastSeen)))
      for marker in last.markers { close(marker, span) }
    }
  }

  mutating func finish(documentEnd: Int) {
    while let start = started.popLast() { close(start, Span(start.marker.end, max(start.marker.end, documentEnd))) }
    markers.sort { ($0.span, $0.marker) < ($1.span, $1.marker) }
  }

  private mutating func close(_ item: Pending, _ span: Span) {
    let directive = item.directive
    markers.append(
      IgnoreMarker(span: span, marker: item.marker, rules: directive.rules, reason: directive.reason, until: directive.until))
  }
}
