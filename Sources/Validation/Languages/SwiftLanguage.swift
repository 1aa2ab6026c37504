// Swift samples, judged by the Swift compiler's parser: all readings are files of one module, parsed at one start.

struct SwiftLanguage: ToolLanguage {
  let name = "swift"
  let names = ["swift"]
  var parser: any ToolParser { Self.files }

  static let files = FileParser(
    tool: "swift-frontend", fileExtension: "swift",
    command: #""$1" -frontend -parse -parse-as-library -diagnostic-style llvm *.swift > messages 2>&1"#, canary: "func ((",
    pattern: "error: ",
    ignored: [
      "not allowed at the top level", "valid at file scope", "non-local scope", "must not have bodies", "top-level code",
      "can only be used",
      "cannot be declared", "is not allowed here", "only valid in", "may only be", "only be used",
      "cannot have two labels", "must have at least one executable statement", "obsolete", "use 'associatedtype'", "no longer",
      "was renamed", "has been renamed",
    ])

  static let style = FragmentStyle(
    wraps: [
      Wrap(), Wrap("func _f() async throws {", "}"), Wrap("class _T {", "}", dropsImports: true),
      Wrap("protocol _T {", "}", dropsImports: true),
      Wrap("enum _T {", "}"), Wrap("let _ =", "", end: .withoutSeparator), Wrap("_f(", ")", end: .withoutSeparator),
      Wrap("let _ = [", "]"), Wrap("switch _x {", "}"), Wrap("_x", ""), Wrap("if _x {}", ""), Wrap("typealias _T =", ""),
      Wrap("", "struct _T {}"), Wrap("", "{}"), Wrap("func _f(", ") {}", end: .withoutSeparator), Wrap("_f {", "}"), Wrap("func", ""),
    ],
    imports: ["import ", "@testable import "], variants: { reading in [listing(reading)].filter { $0 != reading } })

  func readings(of sample: Sample) -> Result<[Reading], Unreadable> { .success(Self.style.readings(of: sample)) }

  func doubt(about complaint: SampleComplaint, in sample: Sample) -> String? { Doubts.reason(complaint, in: sample, style: Self.style) }

  /// A listing of what a type offers, as documentation tools print it: properties with `{ get }` and no body.
  private static func listing(_ reading: Reading) -> Reading {
    reading.mappingLines { line in
      guard let open = line.lastIndex(of: UInt8(ascii: "{")), LineText.trimmed(line).last == UInt8(ascii: "}") else { return line }
      let words = line[(open + 1)...].filter { $0 != UInt8(ascii: "}") }.split(separator: 0x20)
      let isAccessor =
        !words.isEmpty
        && words.allSatisfy { word in
          ["get", "set", "async", "throws", "mutating", "nonmutating"].contains { word.elementsEqual($0.utf8) }
        }
      return isAccessor ? Array(line[..<open]) : line
    }
  }
}
