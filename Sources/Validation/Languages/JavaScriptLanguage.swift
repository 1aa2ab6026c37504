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
      Wrap("<>", "</>", marks: "<{"), Wrap("<_", "/>"), Wrap("try {} ", ""), Wrap("_ = [", "]"), Wrap("", "class _ {}"),
      Wrap("enum _ {", "}"),
    ],
    imports: ["import ", "import{", "export {", "export *", "'use ", "\"use "], prompts: ["> ", "node> "],
    variants: { reading in [olderSyntax(reading), shownValue(reading), typedArgument(reading)].filter { $0 != reading } })

  func readings(of sample: Sample) -> Result<[Reading], Unreadable> { .success(Self.style.readings(of: sample)) }

  func doubt(about complaint: SampleComplaint, in sample: Sample) -> String? {
    if let reason = Doubts.reason(complaint, in: sample, style: Self.style) { return reason }
    let line = String(decoding: Reading(literal: sample).lines[complaint.line], as: UTF8.self)
    if isPseudoType(line, sample) { return "the line shows types in a language without" }
    if line.containsAny(of: ["?)", "?,", "? )", "?]"]) { return "the line shows which arguments may be left out" }
    if complaint.isAtEnd, complaint.complaint.message.hasPrefix("'}' expected") { return "the sample breaks off" }
    if Self.isMarkupOrValue(sample) { return "the sample is a piece of markup, or a value as it is shown" }
    if line.contains("/*") && line.contains("*/") { return "a comment stands for something" }
    if sample.contains("<!--") { return "the sample is HTML" }
    if sample.contains("@flow") || sample.contains("Flow ") { return "the sample is in Flow" }
    return Self.isNewer(line) ? "the line may be in a newer TypeScript" : nil
  }

  /// `<Button` with what follows, and `Response { status: 200 }`.
  private static func isMarkupOrValue(_ sample: Sample) -> Bool {
    let text = sample.code.drop { $0 <= 0x20 }
    if text.first == UInt8(ascii: "<") { return true }
    let word = text.prefix(while: LineText.isNameByte)
    return !word.isEmpty && text[word.endIndex...].starts(with: " {".utf8) && word.first.map { $0 >= 65 && $0 <= 90 } == true
  }

  /// `timeout?: number` in JavaScript, and `=> void` where a value is wanted.
  private func isPseudoType(_ line: String, _ sample: Sample) -> Bool {
    line.contains("?:") && (sample.language == "javascript" || sample.language == "jsx") || line.contains("=> void")
  }

  /// What the language learned after TypeScript 4.8: the parser here may be older than the sample.
  private static func isNewer(_ line: String) -> Bool {
    line.containsAny(of: ["<const ", "accessor ", " with {", "import defer", "export type *", "|>", "enum "])
  }

  // MARK: Variants

  /// `satisfies` (TypeScript 4.9) reads as `as`, `using` (5.2) as `let`.
  private static func olderSyntax(_ reading: Reading) -> Reading {
    reading.mappingLines {
      replacing("using ", "const ", in: replacing("await using ", "const       ", in: replacing("satisfies ", "as        ", in: $0)))
    }
  }

  /// `ZodError { issues: [] }`, as node shows values: without the name it is an object.
  private static func shownValue(_ reading: Reading) -> Reading {
    guard let index = reading.lines.firstIndex(where: { !LineText.isBlank($0) }) else { return reading }
    let line = reading.lines[index]
    let text = LineText.trimmed(line)
    guard text.last == UInt8(ascii: "{"), text.dropLast(2).allSatisfy(LineText.isNameByte), text.count > 2 else { return reading }
    var result = reading
    for offset in text.indices.dropLast() { result.lines[index][offset] = 0x20 }
    return result
  }

  /// `createSlice({ name: string })` shows an argument by its type.
  private static func typedArgument(_ reading: Reading) -> Reading {
    reading.mappingLines { line in
      guard LineText.trimmed(line).suffix(2).elementsEqual("({".utf8), let brace = line.lastIndex(of: UInt8(ascii: "{")) else {
        return line
      }
      return line[..<brace] + Array("_: ".utf8) + line[brace...]
    }
  }

  /// `word`, where it is no part of a longer one, by a text of the same length.
  private static func replacing(_ word: String, _ replacement: String, in line: [UInt8]) -> [UInt8] {
    let needle = Array(word.utf8)
    guard line.count > needle.count else { return line }
    var result = line
    for index in 0...(line.count - needle.count) where line[index...].starts(with: needle) {
      if index > 0, LineText.isNameByte(line[index - 1]) { continue }
      result.replaceSubrange(index..<(index + needle.count), with: replacement.utf8)
    }
    return result
  }
}
