// Random texts that are right in their language: small grammars, written so that each of the marks that `aMissingMarkIsFound` takes away
// is needed.

import TestSupport

extension DataLanguageTests {
  private static func name(_ random: inout SeededGenerator) -> String {
    random.text(count: 1, of: "abcdefgh") + random.text(count: random.int(in: 0...5))
  }

  /// One to `count` texts, with something between them.
  private static func several(_ random: inout SeededGenerator, _ count: Int, _ separator: String, _ part: Grammar) -> String {
    (0..<random.int(in: 1...count)).map { _ in part(&random) }.joined(separator: separator)
  }

  // MARK: Styles, queries, settings

  static let css: Grammar = { random in several(&random, 3, "\n") { rule(&$0, depth: 3) } + "\n" }

  private static func rule(_ random: inout SeededGenerator, depth: Int) -> String {
    let values = ["red", "'it\\'s'", "\"x\"", "calc((1px + 2px) * 3)", "url(data:image/png;base64,iVBO//w)", "url( 'a)b' )"]
    let body = several(&random, 3, "\n") { inner in
      depth > 0 && inner.bool() ? rule(&inner, depth: depth - 1) : "\(name(&inner)): \(inner.pick(values)); /* don't */"
    }
    return ".\(name(&random)) > a[b=\"c\"] \(random.pick(["{", "{ // x"]))\n\(body)\n}"
  }

  static let sql: Grammar = { random in
    several(&random, 3, ";\n") { inner in
      let items = several(&inner, 3, ", ") { expression(&$0, depth: 3) }
      return "SELECT \(items) FROM \"\(name(&inner))\" -- note\nWHERE x IN (\(expression(&inner, depth: 2)))"
    }
  }

  private static func expression(_ random: inout SeededGenerator, depth: Int) -> String {
    guard depth > 0 else { return random.pick(["1", "'a'", "'it''s b'", "`c`", "$1", ":d", "e.f"]) }
    return random.bool()
      ? "\(name(&random))(\(several(&random, 3, ", ") { expression(&$0, depth: depth - 1) }))" : expression(&random, depth: depth - 1)
  }

  static let ini: Grammar = { random in
    several(&random, 4, "\n") { inner in
      let lines = several(&inner, 4, "\n") { line in line.pick(["a = b", "c: d", "; e", "# f", "g", "h = i \\\n  j", "  k"]) }
      return "[\(name(&inner)) \"\(name(&inner))\"]\n\(lines)"
    }
  }

  static let dotenv: Grammar = { random in
    several(&random, 6, "\n") { inner in
      let value = inner.pick(["1", "'a b'", "\"two\nlines\"", "it's", "\"a \\\"b\\\"\" # c", ""])
      return "\(inner.bool() ? "export " : "")\(name(&inner).uppercased())=\(value)"
    }
  }

  // MARK: Data

  static let json5: Grammar = { random in "// don't\n" + value(&random, depth: 4, isJSON5: true, space: "\n  ") + "\n" }
  static let jsonc: Grammar = { random in "/* don't */" + value(&random, depth: 4, isJSON5: false, space: "\n  ") + " // end\n" }
  static let jsonLines: Grammar = { random in
    several(&random, 4, "\n") { inner in "{\"a\": \(value(&inner, depth: 0, isJSON5: false, space: "")), \"b\": {\"c\": \"d\"}}" }
  }

  private static func value(_ random: inout SeededGenerator, depth: Int, isJSON5: Bool, space: String) -> String {
    let scalars =
      ["1", "-1.5e10", "true", "null", "\"a\\n\\u00e9\"", "\"it's\""]
      + (isJSON5 ? ["'a\\'b'", "0xFF", ".5", "5.", "+Infinity", "NaN"] : [])
    guard depth > 0 else { return random.pick(scalars) }
    let isList = random.bool()
    let items = several(&random, 3, ",\(space)") { inner in
      let item = inner.bool() ? value(&inner, depth: depth - 1, isJSON5: isJSON5, space: space) : inner.pick(scalars)
      return isList ? item : (isJSON5 ? inner.pick(["a", "$b", "'c d'", "\"e\""]) : "\"\(name(&inner))\"") + ": " + item
    }
    let comma = random.bool() && !space.isEmpty ? "," : ""
    return isList ? "[\(space)\(items)\(comma)]" : "{\(space)\(items)\(comma)}"
  }

  static let hcl: Grammar = { random in several(&random, 3, "\n") { block(&$0, depth: 3) } + "\n" }

  private static func block(_ random: inout SeededGenerator, depth: Int) -> String {
    let body = several(&random, 3, "\n") { inner in
      if depth > 0, inner.bool() { return block(&inner, depth: depth - 1) }
      return "\(name(&inner)) = "
        + inner.pick(["[1, [2, 3]]", "\"x\" # it's", "{ a = \"b\" } // c", "f(g[0])", "<<-EOT\n  it's\n  EOT", "true"])
    }
    return "\(name(&random)) \"\(name(&random))\" {\n\(body)\n}"
  }

  // MARK: Markup

  static let xml: Grammar = { random in "<?xml version='1.0'?>\n" + element(&random, depth: 4, isHTML: false) + "\n" }
  static let html: Grammar = { random in
    "<!doctype html>\n" + several(&random, 3, "\n") { element(&$0, depth: 4, isHTML: true) }
      + "<br>\n<script>if (a < b) { c = \"<d\" }</script>\n"
  }

  private static func element(_ random: inout SeededGenerator, depth: Int, isHTML: Bool) -> String {
    let tag = isHTML ? random.pick(["div", "span", "p", "ul"]) : name(&random)
    let attributes = random.bool() ? " a=\"b c\" d=\"\(isHTML ? "e > f" : "&lt;")\"" : ""
    guard depth > 0 else { return isHTML ? "<img\(attributes)>" : "<\(tag)\(attributes)/>" }
    let body = several(&random, 3, "") { inner in
      inner.bool()
        ? element(&inner, depth: depth - 1, isHTML: isHTML) : inner.pick(["text", "it's &amp; so", "\n  ", isHTML ? "a < b" : "é"])
    }
    return "<\(tag)\(attributes)>\(body)</\(tag)>"
  }

  // MARK: Programs' files

  static let dockerfile: Grammar = { random in
    "# syntax=docker/dockerfile:1\nARG A=1\nFROM alpine:${A} AS build\n"
      + several(&random, 6, "\n") { inner in
        inner.pick([
          "RUN a \\\n  # why\n  b \\\n\n  c", "COPY --from=build . /x", "ENV A=b C=\"d e\"", "RUN <<EOF\nfrom nowhere\nEOF", "# note", "",
          "cmd [\"a\"]",
          "HEALTHCHECK CMD x || exit 1", "COPY <<A <<-B /y/\n1\nA\n2\nB", "EXPOSE 80/tcp",
        ])
      }
  }

  static let makefile: Grammar = { random in
    several(&random, 6, "\n") { inner in
      inner.pick([
        "CC := gcc", "all: main.o\n\tcc -o $@ $^\n\n\t@echo done", "ifeq ($(A),b)\n  C = d\nelse\n  C = e\nendif",
        "define text\nifeq\n  a: b\n      c\nendef",
        "# note", ".PHONY: all", "%.o: %.c ; cc $<", "include x.mk", "-include y.mk", "LIST = a \\\n       b", "x: y z\n", "a: CFLAGS = -g",
      ])
    }
  }

  static let nginx: Grammar = { random in several(&random, 3, "\n") { location(&$0, depth: 3) } + "\n" }

  private static func location(_ random: inout SeededGenerator, depth: Int) -> String {
    let body = several(&random, 3, "\n") { inner in
      if depth > 0, inner.bool() { return location(&inner, depth: depth - 1) }
      return "  "
        + inner.pick(["listen 80", "server_name a.org *.b.org", "proxy_pass http://$c:80", "add_header X \"it's d\"", "access_log 'e f'"])
        + "; # it's"
    }
    return "location ~ \\.\(name(&random))$ {\n\(body)\n}"
  }

  static let graphql: Grammar = { random in several(&random, 3, "\n") { $0.bool() ? operation(&$0) : type(&$0) } + "\n" }

  private static func operation(_ random: inout SeededGenerator) -> String {
    "query \(name(&random).uppercased())($a: [Int!]! = [1], $b: In = {c: \"d\"}) @x \(selections(&random, depth: 3))"
  }

  private static func selections(_ random: inout SeededGenerator, depth: Int) -> String {
    let fields = several(&random, 3, " ") { inner in
      let field = inner.pick(["\(name(&inner)): ", ""]) + name(&inner) + inner.pick(["(a: $a, b: [\"c\"])", " @skip(if: true)", ""])
      return field + (depth > 0 && inner.bool() ? " " + selections(&inner, depth: depth - 1) : "")
    }
    return "{ \(fields) \(random.pick(["...F", "... on T { id }", "# it's\n"])) }"
  }

  private static func type(_ random: inout SeededGenerator) -> String {
    let fields = several(&random, 3, "\n") { inner in
      inner.pick(["", "\"it's\"\n", "\"\"\"\na \"b\"\n\"\"\"\n"]) + name(&inner) + inner.pick(["", "(x: Int = 1, y: E)"])
        + ": [\(name(&inner))!]! @d(r: \"s\")"
    }
    return "\(random.pick(["type", "interface", "extend type"])) \(name(&random).uppercased()) implements A & B {\n\(fields)\n}"
  }

  static let proto: Grammar = { random in "syntax = \"proto3\"; // it's\n" + several(&random, 3, "\n") { message(&$0, depth: 3) } + "\n" }

  private static func message(_ random: inout SeededGenerator, depth: Int) -> String {
    let body = several(&random, 3, "\n") { inner in
      depth > 0 && inner.bool() ? message(&inner, depth: depth - 1) : "  string \(name(&inner)) = 1 [(a).b = \"c\"]; /* it's */"
    }
    return "message \(name(&random)) {\n\(body)\n}"
  }

  static let diff: Grammar = { random in
    "--- a/x\n+++ b/x\n"
      + several(&random, 3, "\n") { inner in
        let lines = (0..<inner.int(in: 1...8)).map { _ in inner.pick([" same", "-old", "+new", "", "--- x", "+++ y"]) }
        let old = lines.filter { $0.isEmpty || " -".contains($0.first ?? " ") }.count
        let new = lines.filter { $0.isEmpty || " +".contains($0.first ?? " ") }.count
        return "@@ -1,\(old) +1,\(new) @@ f()\n" + lines.joined(separator: "\n")
      } + "\n"
  }

  // MARK: Shells

  static let shell: Grammar = { random in "#!/bin/bash\n" + several(&random, 4, "\n") { statement(&$0, depth: 2) } + "\n" }

  private static func statement(_ random: inout SeededGenerator, depth: Int) -> String {
    let words = ["a", "\"b c\"", "'d e'", "$(f g)", "${x:-y}", "--z=1", "2>&1", ">/dev/null"]
    let command = "\(random.pick(["ls", "echo", "./run"])) \(several(&random, 3, " ") { $0.pick(words) })"
    guard depth > 0 else { return command }
    let body = statement(&random, depth: depth - 1)
    return random.pick([
      command, "\(command) |\n  \(body)", "if [ -f \"x\" ]; then\n\(body)\nfi", "for i in 1 2; do\n\(body)\ndone", "f() {\n\(body)\n}",
      "cat <<EOF\nplain text\nEOF", "case $x in\n  a|b) \(body)\n  ;;\nesac", "[[ $a =~ ^b$ ]] && \(command)", "ls \\\n  -l",
    ])
  }

  static let session: Grammar = { random in
    several(&random, 5, "\n") { inner in
      inner.pick([
        "$ ls -l\ntotal (1\nit's", "$ cat <<EOF\n> it's (x\n> EOF\nout", "$ echo 'a\nb'\n)", "me@host:~/x$ make \\\n    all\n| table |",
        "# a (note", "$ a | b && c",
        "$ f() {\n>   echo x\n> }",
      ])
    }
  }
}
