// Whether a parameter's old name still means something in the head's code beside the declarations that only hand it on.

import Domain

/// Counts names in the changed base texts and in the head's code.
struct ParameterUses: Sendable {
  private var before: [UInt64: Int] = [:]
  private var after: [UInt64: Int] = [:]

  init(_ renames: [ParameterRename], _ comparisons: [TextComparison], in head: any Checkout, limits: AnalysisLimits) {
    let names = Set(renames.map { identifierHash($0.old.utf8) })
    let holders = Dictionary(grouping: renames, by: \.path)
    for comparison in comparisons where comparison.text.role == .code {
      guard let language = comparison.text.language, let source = try? Lexer.lex(comparison.text.old, as: language) else { continue }
      for token in source.tokens where names.contains(token.hash) && token.kind == .identifier { before[token.hash, default: 0] += 1 }
    }
    var bytesRead = 0
    for entry in head.entries where entry.kind == .file || entry.kind == .executable {
      guard let language = SourceLanguage(path: entry.path), PathRole(path: entry.path) == .code else { continue }
      guard entry.size <= limits.fileBytes else { continue }
      bytesRead += entry.size
      guard bytesRead <= limits.treeBytes, let bytes = try? head.read(entry, limit: limits.fileBytes) else {
        // What was not read may have every name still.
        for name in names { after[name] = AnalysisLimits.beyondCounting }
        break
      }
      guard FileScanner.refusal(of: bytes) == nil, let source = try? Lexer.lex(bytes, as: language) else { continue }
      let aliases = (holders[entry.path] ?? []).filter(\.isAlias).map(\.lines)
      for token in source.tokens where names.contains(token.hash) && token.kind == .identifier {
        if aliases.contains(where: { $0.contains(Int(token.line)) }) { continue }
        after[token.hash, default: 0] += 1
      }
    }
  }

  /// Whether nearly all of its uses are gone.
  func isGone(_ name: String) -> Bool {
    let hash = identifierHash(name.utf8)
    return (after[hash] ?? 0) * 5 <= (before[hash] ?? 0)
  }
}

/// What stands around an argument.
public enum CalleeScan {
  /// The name before the bracket that is open at a byte, with its qualifiers: `httpx.Client` for a byte in its arguments.
  public static func callee(around offset: Int, in bytes: [UInt8]) -> String? {
    var depth = 0
    var index = offset - 1
    let limit = max(0, offset - 4000)
    while index >= limit {
      switch bytes[index] {
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth += 1
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth -= 1
      case UInt8(ascii: "("):
        depth -= 1
        if depth < 0 { return name(before: index, in: bytes) }
      case 0x60 where index >= 2 && bytes[index - 1] == 0x60: return nil
      default: break
      }
      index -= 1
    }
    return nil
  }

  private static func name(before end: Int, in bytes: [UInt8]) -> String? {
    var start = end
    while start > 0, Lexer.isNameByte(bytes[start - 1]) || bytes[start - 1] == UInt8(ascii: ".") || bytes[start - 1] == UInt8(ascii: ":") {
      start -= 1
    }
    return start < end ? String(decoding: bytes[start..<end], as: UTF8.self) : nil
  }
}
