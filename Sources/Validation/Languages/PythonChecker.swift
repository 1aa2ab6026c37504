// The program that python3 runs, and how it is spoken to: one start for many samples, JSON in, JSON out. It compiles and never
// executes; `-I -S -E` keep the environment and site packages out of it.

enum PythonChecker {
  static let tool = "python3"
  static let arguments = ["-I", "-S", "-B", "-W", "ignore", "-c", program]
  static let parser = ScriptParser(tool: tool, arguments: arguments)

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
        for number, reading in enumerate(sample["readings"]):
            found = problem(reading, sample["whole"])
            if not found:
                return {}
            first = first or dict(found, reading=number)
        if first and "unjudged" in first:
            return {"unjudged": "python3 cannot compile the sample: " + first["unjudged"]}
        return {"failures": [first]} if first else {}

    request = json.load(sys.stdin)
    json.dump([answer(sample) for sample in request["samples"]], sys.stdout)
    """#
}
