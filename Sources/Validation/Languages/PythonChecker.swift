// The program that python3 runs, and how it is spoken to: one start for many samples, JSON in, JSON out. It compiles and never
// executes; `-I -S -E` keep the environment and site packages out of it.

import FoundationEssentials

struct PythonChecker {
  struct Request: Encodable {
    struct Item: Encodable {
      var readings: [String]
      var whole: Bool
    }
    var samples: [Item]
  }

  /// The answer to one sample: all nil when a reading parses.
  struct Answer: Decodable, Hashable {
    /// 1-based line of the first reading, and byte columns from 0.
    var line: Int?
    var start: Int?
    var end: Int?
    var message: String?
    /// Why it could not be compiled at all.
    var unjudged: String?
  }

  static let tool = "python3"
  static let arguments = ["-I", "-S", "-B", "-W", "ignore", "-c", program]

  let tools: any ToolRunner
  var timeout: Duration = .seconds(20)

  /// One answer for each item, in order.
  func answers(_ items: [Request.Item]) throws(ToolError) -> [Answer] {
    let result = try run(items)
    guard result.status == 0 else { throw .failed("python3 ended with status \(result.status)") }
    guard let answers = try? JSONDecoder().decode([Answer].self, from: Data(result.output)), answers.count == items.count else {
      throw .failed("python3 gave no readable answer")
    }
    return answers
  }

  private func run(_ items: [Request.Item]) throws(ToolError) -> ToolResult {
    do {
      let input = [UInt8](try JSONEncoder().encode(Request(samples: items)))
      return try tools.run(tool: Self.tool, arguments: Self.arguments, input: input, timeout: timeout)
    } catch let error as ToolError {
      throw error
    } catch {
      throw .failed("python3 could not be asked")
    }
  }

  /// A reading is parsed only (`ast` with top-level await allowed), a whole sample is compiled, which also finds `return` outside a
  /// function. Columns of a `SyntaxError` count characters from 1; they become bytes from 0.
  static let program = #"""
    import ast, json, sys
    FRAGMENT = ast.PyCF_ONLY_AST | getattr(ast, "PyCF_ALLOW_TOP_LEVEL_AWAIT", 0)

    def column(lines, line, offset):
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        return len(text[: max(0, (offset or 1) - 1)].encode("utf-8", "replace"))

    def problem(code, whole):
        try:
            compile(code, "sample", "exec", 0 if whole else FRAGMENT, True)
            return {}
        except SyntaxError as error:
            lines = code.split("\n")
            line = min(max(1, error.lineno or 1), len(lines))
            start = column(lines, line, error.offset)
            last = getattr(error, "end_lineno", None) or line
            end = column(lines, line, getattr(error, "end_offset", None)) if last == line else len(lines[line - 1].encode())
            return {"line": line, "start": start, "end": max(start, end), "message": error.msg or "invalid syntax"}
        except (ValueError, MemoryError, RecursionError, OverflowError, UnicodeError) as error:
            return {"unjudged": type(error).__name__}

    def answer(sample):
        first = None
        for reading in sample["readings"]:
            found = problem(reading, sample["whole"])
            if not found:
                return {}
            first = first or found
        return first or {}

    request = json.load(sys.stdin)
    json.dump([answer(sample) for sample in request["samples"]], sys.stdout)
    """#
}
