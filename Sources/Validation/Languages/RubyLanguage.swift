// Ruby samples, judged by Ruby's own parser through Ripper: code is parsed, never executed.

struct RubyLanguage: ToolLanguage {
  let name = "ruby"
  let names = ["ruby"]
  var parser: any ToolParser { Self.script }

  static let script = ScriptParser(tool: "ruby", arguments: ["--disable=gems", "-W0", "-e", program])

  static let style = FragmentStyle(
    wraps: [
      Wrap(), Wrap("def _", "end"), Wrap("_(", ")", end: .withoutSeparator), Wrap("_", ""), Wrap("case _", "end"), Wrap("begin", "end"),
      Wrap("if _", "end"), Wrap("_ {", "}"),
    ],
    lineComment: "#", prompts: ["irb", "pry", "[1] pry", ">> ", "> "])

  func readings(of sample: Sample) -> Result<[Reading], Unreadable> {
    .success(Self.style.readings(of: sample).map { sample.isWhole ? $0 : Self.withoutResults($0) })
  }

  /// A missing `end` is a sample that breaks off; one `end` too many closes what is wrapped around the sample, and is a mistake.
  func doubt(about complaint: SampleComplaint, in sample: Sample) -> String? {
    if complaint.complaint.message != "unexpected `end', expecting end-of-input",
      let reason = Doubts.reason(complaint, in: sample, style: Self.style)
    {
      return reason
    }
    return complaint.complaint.message.contains("%string") ? "the line may be Haml" : nil
  }

  /// `=> 3` on a line of its own shows what the line before gives.
  private static func withoutResults(_ reading: Reading) -> Reading {
    reading.mappingLines { line in LineText.trimmed(line).starts(with: "=>".utf8) ? [] : line }
  }

  private static let program = #"""
    require "json"
    require "ripper"
    class Reader < Ripper
      attr_reader :problem
      def note(message) = @problem ||= [lineno, column, message]
      def on_parse_error(message) = note(message)
      def compile_error(message) = note(message)
      def on_alias_error(message, _) = note(message)
      def on_assign_error(message, _) = note(message)
      def on_class_name_error(message, _) = note(message)
      def on_param_error(message, _) = note(message)
    end
    def problem(text)
      reader = Reader.new(text)
      reader.parse
      return nil unless reader.error? || reader.problem
      line, column, message = reader.problem || [1, 0, "syntax error"]
      { line: line, start: column, message: message.lines.first.to_s.strip.delete_prefix("syntax error, ") }
    end
    def answer(sample)
      failures = []
      sample["readings"].each_with_index do |text, reading|
        found = problem(text)
        return {} unless found
        failures << found.merge(reading: reading)
      end
      { failures: failures }
    rescue SystemStackError, RangeError, ArgumentError, EncodingError => error
      { unjudged: "ruby cannot parse the sample: #{error.class}" }
    end
    request = JSON.parse($stdin.set_encoding("UTF-8").read)
    print JSON.generate(request["samples"].map { |sample| answer(sample) })
    """#
}
