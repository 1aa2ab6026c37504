// The program that bash runs, and how it is spoken to: one start for many samples, texts between zero bytes in, messages between zero
// bytes out. Each sample is read in a process of its own under `set -n`, which reads commands and executes none.

import Domain

struct ShellChecker {
  /// What bash says of one text.
  enum Answer: Hashable {
    case valid
    /// A line of the text, from 1.
    case broken(line: Int, message: String)
    case tooHard
  }

  static let tool = "bash"
  static let arguments = ["--noprofile", "--norc", "-c", program]

  let tools: any ToolRunner
  var timeout: Duration = .seconds(20)

  /// One answer for each text, in order. Texts have no zero bytes.
  func answers(_ texts: [[UInt8]]) throws(ToolError) -> [Answer] {
    // The first text is broken in its first line: by its answer the others' lines are counted.
    let input = ([Array(")".utf8)] + texts).joined(separator: [0])
    let result: ToolResult
    do {
      result = try tools.run(tool: Self.tool, arguments: Self.arguments, input: Array(input), timeout: timeout)
    } catch let error as ToolError {
      throw error
    } catch {
      throw .failed("bash could not be asked")
    }
    let messages = result.output.split(separator: 0, omittingEmptySubsequences: false).dropLast().map {
      String(decoding: $0, as: UTF8.self)
    }
    guard result.status == 0, messages.count == texts.count + 1, case .broken(let first, _) = Self.answer(messages[0], linesBefore: 0)
    else {
      throw .failed("bash gave no readable answer")
    }
    return messages.dropFirst().map { Self.answer($0, linesBefore: first - 1) }
  }

  /// Of `bash: eval: line 3: syntax error near unexpected token …` the first line that names a line.
  private static func answer(_ text: String, linesBefore: Int) -> Answer {
    if text.isEmpty { return .valid }
    for message in text.split(separator: "\n") {
      guard let mark = message.firstRange(of: "line ") else { continue }
      let digits = message[mark.upperBound...].prefix { $0.isNumber }
      guard let line = Int(digits), message[digits.endIndex...].hasPrefix(": ") else { continue }
      return .broken(line: max(1, line - linesBefore), message: String(message[digits.endIndex...].dropFirst(2)))
    }
    return .tooHard
  }

  /// `ulimit -t` ends a sample that bash's parser needs too long for; one that it cannot read at all says so in a line without a number.
  static let program = #"""
    LC_ALL=C
    shopt -s extglob
    file=${TMPDIR:-/tmp}/samples.$$
    cat >"$file" && exec 3<"$file" && rm "$file" || exit 2
    readarray -d '' -t -u 3 samples
    exec 3<&-
    for code in "${samples[@]}"; do
      message=$(ulimit -S -t 2; { eval "set -n
    $code"; } 2>&1)
      [ $? -gt 128 ] && message="ended"
      printf '%s\0' "$message"
    done
    """#
}
