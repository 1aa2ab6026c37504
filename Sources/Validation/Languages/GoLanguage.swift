// Go samples, judged by gofmt: all readings are files of one folder, parsed at one start.

struct GoLanguage: ToolLanguage {
  let name = "go"
  let names = ["go"]
  var parser: any ToolParser { Self.files }

  static let files = FileParser(tool: "gofmt", fileExtension: "go", command: #""$1" -e -l . > messages 2>&1"#, canary: "package ((")

  static let style = FragmentStyle(
    wraps: [
      Wrap(), Wrap("package _"), Wrap("package _; func _() {", "}", dropsImports: true), Wrap("package _; type _ interface {", "}"),
      Wrap("package _; type _ struct {", "}"), Wrap("package _; var _ =", "", end: .withoutSeparator),
      Wrap("package _; var _ = _{", "}", end: .withComma), Wrap("package _; func _() { switch _ {", "} }"),
      Wrap("package _; func _() { select {", "} }"), Wrap("package _; func _() { _(", ") }", end: .withComma),
      Wrap("package _; func _() { _.", "}"), Wrap("package _; const (", ")"), Wrap("package _; import (", ")"),
      Wrap("package _; type _", ""), Wrap("package _; func _() { if _ {", "}"),
    ],
    imports: ["import ", "package "], variants: { reading in [signatures(reading)].filter { $0 != reading } })

  func readings(of sample: Sample) -> Result<[Reading], Unreadable> { .success(Self.style.readings(of: sample)) }

  func doubt(about complaint: SampleComplaint, in sample: Sample) -> String? { Doubts.reason(complaint, in: sample, style: Self.style) }

  /// `client.Do(r *Request) error` on every line: as in an interface, without the receiver. `.Where(1)`: without the dot.
  private static func signatures(_ reading: Reading) -> Reading {
    reading.mappingLines { line in
      let start = LineText.indentation(line)
      guard let dot = line.firstIndex(of: UInt8(ascii: ".")), dot >= start, line[start..<dot].allSatisfy(LineText.isNameByte) else {
        return line
      }
      return [UInt8](repeating: 0x20, count: dot + 1) + line[(dot + 1)...]
    }
  }
}
