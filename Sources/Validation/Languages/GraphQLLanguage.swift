// GraphQL samples: operations, schemas, and in fragments what stands inside of them: fields, definitions of fields, arguments. `...`
// belongs to the language, so an elision is forgiven only where it stands.

import Domain

struct GraphQLLanguage: ScannedLanguage {
  let name = "graphql"
  let names = ["graphql"]
  let hasOwnEllipsis = true

  func mistake(in sample: Sample) -> Mistake? {
    var first: Mistake?
    for start in sample.isWhole || Self.isDefinition(sample) ? [.document] : GraphQLParser.Start.allCases {
      guard let found = GraphQLParser.mistake(in: sample.code, as: start) else { return nil }
      first = first ?? found
    }
    return first
  }

  /// The first word, and a name behind it, say that the sample is a definition and no list of fields.
  private static func isDefinition(_ sample: Sample) -> Bool {
    guard let first = sample.lines.first(where: { !$0.trimmed.isEmpty && $0.trimmed.first != UInt8(ascii: "#") }) else { return false }
    let words = first.trimmed.split(separator: 0x20, maxSplits: 2)
    guard words.count > 1, words[1].first?.isLetter == true else { return false }
    return ["fragment", "query", "mutation", "subscription", "extend", "interface", "enum", "union"].contains(words[0].text)
  }

  /// Variables and answers in JSON below an operation, elisions, placeholders, several alternatives, bodies left empty.
  func forgives(_ mistake: Mistake, in sample: Sample) -> Bool {
    if mistake.message.hasSuffix("found `}`") { return true }
    if sample.contains("\":") || sample.hasPlaceholder || sample.contains("…") || sample.contains("${") { return true }
    if sample.lines.contains(where: { Self.isElision($0.trimmed) }) { return true }
    return sample.lines.contains { $0.trimmed.starts(with: "---") || $0.trimmed.starts(with: "//") || $0.trimmed.starts(with: "===") }
  }

  private static func isElision(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: "...") && line.dropFirst(3).allSatisfy { !$0.isWord } || line.starts(with: "# ...") || line.starts(with: "#...")
      || line.count > 3 && line.suffix(3).elementsEqual("...".utf8)
  }
}
