// Rust samples, judged by rustc: each reading is the file of one module of a crate that is never compiled. The crate lacks one module on
// purpose, so that rustc stops when it has parsed the files, and has no core library, so that no macro is expanded. Where a file ends
// within a bracket or a string rustc ends with it, and the files behind it are asked again; so that this is rare, samples whose brackets
// do not match are judged in process.

struct RustLanguage: ToolLanguage {
  let name = "rust"
  let names = ["rust"]
  var parser: any ToolParser { Self.files }

  static let files = FileParser(
    tool: "rustc", fileExtension: "rs", command: command, canary: "fn f() { x y }",
    pattern: "error(\\[E07(48|58|62|63|65|66)\\])?: ",
    ignored: [
      "inner attribute is not permitted", "expected outer doc comment", "cannot find", "cannot be raw", "no rules expected", "macro",
    ], labels: [": expected", ": unexpected", ": help", ": unclosed", ": unknown"], columns: .scalars)

  /// `RUSTC_BOOTSTRAP` lets a stable compiler take `no_core`. The last file is wrong on purpose and does not end the compiler: when it is
  /// not in the messages, the last file that is ended it.
  private static let command = #"""
    last=$(tail -n 1 names)
    round=0
    while [ -s names ] && [ $round -lt 20 ]; do
      round=$((round + 1))
      { printf '#![feature(no_core)]\n#![no_core]\nmod none;\n'; sed 's/\(.*\)\.rs/#[path = "&"] mod m\1;/' names; } > crate
      RUSTC_BOOTSTRAP=1 "$1" --edition 2021 --crate-type lib --error-format short --emit metadata -o none.rmeta crate > said 2>&1
      cat said >> messages
      grep -q "^$last:" said && break
      end=$(grep -aoE '^[0-9]+_[0-9]+\.rs' said | tail -n 1)
      [ -n "$end" ] || break
      tail -n "+$(($(grep -nxF "$end" names | cut -d : -f 1) + 1))" names > rest
      mv rest names
    done
    """#

  static let style = FragmentStyle(
    wraps: [
      Wrap(), Wrap("async fn _f() {", "}"), Wrap("impl _T {", "}", dropsImports: true), Wrap("trait _T {", "}", dropsImports: true),
      Wrap("struct _T {", "}"), Wrap("enum _T {", "}"), Wrap("fn _f() { let _ =", ";}", end: .withoutSeparator),
      Wrap("fn _f() { _f(", ");}", end: .withoutSeparator), Wrap("fn _f() { match _x {", "} }"), Wrap("fn _f() { _x", ";}"),
      Wrap("fn _f() { _T {", "}; }"), Wrap("type _T =", ";", end: .withoutSeparator), Wrap("", "struct _T;"),
      Wrap("fn _f() { if _x {}", "}"),
      Wrap("fn _f() -> _T where", "{}"), Wrap("async fn _f() {", ";}"), Wrap("impl _T for", "{}"),
    ],
    imports: ["use ", "extern crate "], variants: { reading in [signatures(reading)].filter { $0 != reading } })

  func readings(of sample: Sample) -> Result<[Reading], Unreadable> {
    .success(Self.style.readings(of: sample).map { sample.isWhole ? $0 : Self.withHiddenLines($0) })
  }

  func judge(_ samples: [Sample], tools: (any ToolRunner)?) -> [SyntaxVerdict] {
    let isClosed = samples.map { $0.balance.map { $0.crossed == nil && $0.unexpected.isEmpty && $0.open.isEmpty } ?? true }
    let open = samples.indices.filter { !isClosed[$0] }
    var verdicts = samples.map { _ in SyntaxVerdict.valid }
    for (index, verdict) in zip(open, BracketLanguage(.rust).judge(open.map { samples[$0] }, tools: tools)) { verdicts[index] = verdict }
    let closed = samples.indices.filter { isClosed[$0] }
    for (index, verdict) in zip(closed, judgeWithTool(closed.map { samples[$0] }, tools: tools)) { verdicts[index] = verdict }
    return verdicts
  }

  func doubt(about complaint: SampleComplaint, in sample: Sample) -> String? { Doubts.reason(complaint, in: sample, style: Self.style) }

  /// rustdoc hides lines that begin with `# `, and shows `##` as `#`.
  private static func withHiddenLines(_ reading: Reading) -> Reading {
    var result = reading
    for (index, line) in reading.lines.enumerated() {
      let text = line.drop { $0 == 0x20 || $0 == 0x09 }
      guard text.first == UInt8(ascii: "#") else { continue }
      let next = text.dropFirst().first
      if next == nil || next == 0x20 || next == UInt8(ascii: "#") { result.lines[index][line.count - text.count] = 0x20 }
    }
    return result
  }

  /// `fn name(…) -> Type` on a line without a body: as in a trait, with a semicolon.
  private static func signatures(_ reading: Reading) -> Reading {
    reading.mappingLines { line in
      let text = LineText.trimmed(line)
      let words = text.prefix { $0 != UInt8(ascii: "(") }.split(separator: 0x20)
      guard words.contains(where: { $0.elementsEqual("fn".utf8) }), !text.contains(UInt8(ascii: "{")) else { return line }
      let comment = text.indices.dropLast().first { text[$0...].starts(with: "//".utf8) } ?? text.endIndex
      let code = text[..<comment]
      guard let last = code.last(where: { $0 > 0x20 }), !";,(|".utf8.contains(last) else { return line }
      return line[..<comment] + [UInt8(ascii: ";")] + line[comment...]
    }
  }
}
