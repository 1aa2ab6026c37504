// PHP samples, judged by PHP's own parser through its tokenizer: code is parsed, never executed.

struct PHPLanguage: ToolLanguage {
  let name = "php"
  let names = ["php"]
  var parser: any ToolParser { Self.script }

  /// `-n` leaves out the host's settings, and with them extensions that are no part of the program: the tokenizer is asked for.
  static let script = ScriptParser(
    tool: "php",
    arguments: [
      "-n", "-d", "display_startup_errors=0", "-d", "log_errors=0", "-d", "extension=tokenizer", "-d", "memory_limit=256M", "-r", program,
    ])

  /// Samples that leave out `<?php`, as most do.
  static let style = FragmentStyle(
    wraps: [
      Wrap("<?php"), Wrap("<?php", ";"), Wrap("<?php class _ {", "}", dropsImports: true), Wrap("<?php _(", ");", end: .withoutSeparator),
      Wrap("<?php $_ = [", "];", dropsImports: true), Wrap("<?php interface _ {", "}", dropsImports: true),
      Wrap("<?php interface _ {", ";}", dropsImports: true), Wrap("<?php $_", ";", end: .withoutSeparator),
      Wrap("<?php switch ($_) {", "}"), Wrap("<?php match ($_) {", "};"), Wrap("<?php", "class _ {}"), Wrap("<?php", "function _() {}"),
      Wrap("<?php class _ {", "function _() {} }"),
    ],
    imports: ["use ", "namespace "], prompts: ["php > "], variants: { reading in [signatures(reading)].filter { $0 != reading } })

  /// Those that have it.
  static let tagged = FragmentStyle(wraps: [Wrap()], imports: style.imports, prompts: style.prompts)

  func readings(of sample: Sample) -> Result<[Reading], Unreadable> {
    .success((sample.isWhole || sample.contains("<?") || Self.isMarkup(sample) ? Self.tagged : Self.style).readings(of: sample))
  }

  /// A page or a template without code: PHP gives it out as it is.
  private static func isMarkup(_ sample: Sample) -> Bool {
    let text = sample.code.drop { $0 <= 0x20 }
    return ["<", "@", "{{", "{!!"].contains { text.starts(with: $0.utf8) } && !text.starts(with: "<<<".utf8)
  }

  /// `$client->send(array $data): bool;` on every line: as in an interface, without the receiver.
  private static func signatures(_ reading: Reading) -> Reading {
    reading.mappingLines { line in
      let start = LineText.indentation(line)
      let receiver = line[start...].prefix { LineText.isNameByte($0) || $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "\\") }
      let rest = line[receiver.endIndex...]
      guard !receiver.isEmpty, rest.starts(with: "->".utf8) || rest.starts(with: "::".utf8) else { return line }
      return line[..<start] + Array("function ".utf8) + rest.dropFirst(2)
    }
  }

  /// Without `<?php` a sample may be a signature, entries of an array, a template: what was left out is anybody's guess.
  func doubt(about complaint: SampleComplaint, in sample: Sample) -> String? {
    sample.contains("<?php") ? Doubts.reason(complaint, in: sample, style: Self.style) : "the sample leaves `<?php` out"
  }

  private static let program = #"""
    function answer($sample) {
      $failures = [];
      foreach ($sample["readings"] as $number => $text) {
        try {
          token_get_all($text, TOKEN_PARSE);
          return new stdClass;
        } catch (ParseError $error) {
          $message = preg_replace('/^syntax error, /', '', $error->getMessage());
          $failures[] = ["reading" => $number, "line" => $error->getLine(), "message" => $message];
        }
      }
      return ["failures" => $failures];
    }
    function missing($sample) { return ["missing" => "PHP's extension tokenizer"]; }
    $request = json_decode(stream_get_contents(STDIN), true, 16);
    $judge = function_exists("token_get_all") ? "answer" : "missing";
    echo json_encode(array_map($judge, $request["samples"]), JSON_INVALID_UTF8_SUBSTITUTE);
    """#
}
