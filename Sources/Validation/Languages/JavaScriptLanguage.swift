// JavaScript, JSX, TypeScript and TSX samples, judged by the TypeScript compiler's parser where node has it, else (JavaScript only) by node
// itself. The parser knows all four as one grammar, and authors tag samples with any of the four names: a sample is right in any of them.

struct JavaScriptLanguage: ToolLanguage {
  let name = "javascript"
  let names = ["javascript", "jsx", "typescript", "tsx"]
  var parser: any ToolParser { Self.script }

  static let script = ScriptParser(
    tool: "node", arguments: ["--no-warnings", "--experimental-vm-modules", "--stack-size=4000", "-e", JavaScriptProgram.text])

  static let style = FragmentStyle(
    wraps: [
      Wrap(), Wrap("", "export {};"), Wrap("async function* _() {", "}", dropsImports: true), Wrap("(", ")", end: .withoutSeparator),
      Wrap("class _ {", "}", dropsImports: true), Wrap("interface _ {", "}", dropsImports: true), Wrap("({", "})", dropsImports: true),
      Wrap("type _ =", ""), Wrap("_(", ")", end: .withoutSeparator), Wrap("_", ""), Wrap("switch (_) {", "}"), Wrap("if (_) {}", ""),
      Wrap("<>", "</>"), Wrap("try {} ", ""), Wrap("_ = [", "]"), Wrap("", "class _ {}"), Wrap("enum _ {", "}"),
    ],
    imports: ["import ", "import{", "export {", "export *", "'use ", "\"use "], prompts: ["> ", "node> "])

  func readings(of sample: Sample) -> Result<[Reading], Unreadable> { .success(Self.style.readings(of: sample)) }

  func doubt(about complaint: SampleComplaint, in sample: Sample) -> String? {
    if let reason = Doubts.reason(complaint, in: sample, style: Self.style) { return reason }
    let line = String(decoding: Reading(literal: sample).lines[complaint.line], as: UTF8.self)
    return Self.isNewer(line) ? "the line may be in a newer TypeScript" : nil
  }

  /// What the language learned after TypeScript 4.8: the parser here may be older than the sample.
  private static func isNewer(_ line: String) -> Bool {
    line.containsAny(of: [
      "satisfies ", "<const ", "using ", "accessor ", " with {", "import defer", "import type ", "export type *", "|>", "?.[",
    ])
  }
}
