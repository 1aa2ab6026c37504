// Flags and subcommands that an argument parser makes of something else than their spelling: of a field's name, of a name without
// dashes. What is spelled with its dashes (`add_argument("--name")`, `.option("--name")`, a `case "--name"`) needs no reading: it is
// found as text.

import Domain

/// A flag or a subcommand as a user types it.
struct DeclaredArgument: Hashable {
  var kind: LiteralKind
  var text: String
  /// 1-based.
  var line: Int
}

/// Reads the declarations of one source file.
struct ArgumentDeclarations {
  private(set) var found: [DeclaredArgument] = []
  private let source: LexedSource
  private var tokens: ContiguousArray<Token> { source.tokens }

  init(_ source: LexedSource) {
    self.source = source
    switch source.language {
    case .rust: readRust()
    case .go: readGo()
    case .swift: readSwift()
    case .python: readPython()
    case .javascript, .typescript: readScript()
    case .java, .c, .cpp, .csharp, .kotlin, .php, .ruby: break
    }
  }

  private func text(_ index: Int) -> String { index < tokens.count ? source.text(tokens[index]) : "" }

  private func isMark(_ index: Int, _ mark: Unicode.Scalar) -> Bool { index >= 0 && index < tokens.count && tokens[index].isMark(mark) }

  private mutating func add(_ kind: LiteralKind, _ name: String, at index: Int) {
    guard name.utf8.count >= 2, name.utf8.count <= 64, name.utf8.allSatisfy({ LiteralShape.isWordByte($0) || $0 == LiteralShape.dash })
    else { return }
    found.append(DeclaredArgument(kind: kind, text: kind == .flag ? "--" + name : name, line: Int(tokens[index].line)))
  }

  /// A string's content; nil for another token.
  private func string(_ index: Int) -> String? {
    guard index < tokens.count, tokens[index].kind == .string else { return nil }
    return String(text(index).drop { $0 == "\"" || $0 == "'" || $0 == "`" }.prefix { $0 != "\"" && $0 != "'" && $0 != "`" })
  }

  /// The index behind the bracket that closes the one at `index`.
  private func behindBracket(_ index: Int, limit: Int = 400) -> Int {
    var depth = 0
    var position = index
    while position < tokens.count, position - index < limit {
      if isMark(position, "(") || isMark(position, "[") || isMark(position, "{") { depth += 1 }
      if isMark(position, ")") || isMark(position, "]") || isMark(position, "}") {
        depth -= 1
        if depth == 0 { return position + 1 }
      }
      position += 1
    }
    return position
  }

  // MARK: Rust

  /// `#[arg(long)] field`, `#[clap(long = "name")]`, variants of an enum that derives `Subcommand`.
  private mutating func readRust() {
    for index in tokens.indices where isMark(index, "#") && isMark(index + 1, "[") {
      let end = behindBracket(index + 1)
      let attribute = text(index + 2)
      if ["arg", "clap", "structopt"].contains(attribute) { readArgument(index + 2..<end) }
      if attribute == "derive", (index..<end).contains(where: { text($0) == "Subcommand" }) { readVariants(from: end) }
    }
  }

  private mutating func readArgument(_ range: Range<Int>) {
    guard let long = range.first(where: { text($0) == "long" && (isMark($0 - 1, "(") || isMark($0 - 1, ",")) }) else { return }
    if isMark(long + 1, "="), let name = string(long + 2) { return add(.flag, name, at: long) }
    guard isMark(long + 1, ",") || isMark(long + 1, ")"), let field = field(behind: range.upperBound) else { return }
    add(.flag, LiteralShape.kebab(text(field)), at: field)
  }

  /// The name of the field behind its attributes and visibility.
  private func field(behind start: Int) -> Int? {
    var index = start
    while index < tokens.count, index - start < 200 {
      if isMark(index, "#"), isMark(index + 1, "[") {
        index = behindBracket(index + 1)
      } else if text(index) == "pub" {
        index = isMark(index + 1, "(") ? behindBracket(index + 1) : index + 1
      } else {
        return tokens[index].kind == .identifier && isMark(index + 1, ":") ? index : nil
      }
    }
    return nil
  }

  private mutating func readVariants(from start: Int) {
    guard let open = (start..<min(start + 80, tokens.count)).first(where: { isMark($0, "{") }) else { return }
    guard (start..<open).contains(where: { text($0) == "enum" }) else { return }
    let end = behindBracket(open, limit: 20_000)
    var index = open + 1
    while index < end - 1 {
      if isMark(index, "#"), isMark(index + 1, "[") {
        index = behindBracket(index + 1)
      } else if tokens[index].kind == .identifier {
        add(.subcommand, LiteralShape.kebab(text(index)), at: index)
        index += 1
        if isMark(index, "(") || isMark(index, "{") { index = behindBracket(index, limit: 5000) }
      } else {
        index += 1
      }
    }
  }

  // MARK: Go

  private static let goTypes: Set<String> = [
    "String", "Bool", "Int", "Int64", "Int32", "Uint", "Uint64", "Float64", "Duration", "StringSlice", "StringArray", "StringToString",
    "IntSlice", "Count",
  ]

  /// `flags.StringVarP(&x, "name", "n", …)`, `flag.Bool("name", …)`, `&cli.StringFlag{Name: "name"}`, `Use: "name [flags]"`.
  private mutating func readGo() {
    for index in tokens.indices where tokens[index].kind == .identifier {
      let name = text(index)
      if isMark(index - 1, "."), isMark(index + 1, "("), isGoFlagCall(name) {
        if let first = (index + 2..<min(index + 14, tokens.count)).first(where: { tokens[$0].kind == .string }), let flag = string(first),
          !(index + 2..<first).contains(where: { isMark($0, ")") })
        {
          add(.flag, flag, at: first)
        }
      }
      if name == "Use", isMark(index + 1, ":"), let use = string(index + 2), let word = use.split(separator: " ").first {
        add(.subcommand, String(word), at: index + 2)
      }
      if name.hasSuffix("Flag"), isMark(index + 1, "{") { readFlagLiteral(from: index + 1) }
    }
  }

  private func isGoFlagCall(_ name: String) -> Bool {
    var base = Substring(name)
    if base.hasSuffix("P") { base = base.dropLast() }
    if base.hasSuffix("Var") { base = base.dropLast(3) }
    return Self.goTypes.contains(String(base))
  }

  private mutating func readFlagLiteral(from open: Int) {
    let end = behindBracket(open)
    guard let name = (open..<end).first(where: { text($0) == "Name" && isMark($0 + 1, ":") }), let flag = string(name + 2) else { return }
    add(.flag, flag, at: name + 2)
  }

  // MARK: Swift

  /// `@Option(name: .long) var someName`, `@Flag var verbose`, `commandName: "name"`.
  private mutating func readSwift() {
    for index in tokens.indices where tokens[index].kind == .identifier {
      if text(index) == "commandName", isMark(index + 1, ":"), let name = string(index + 2) { add(.subcommand, name, at: index + 2) }
      guard isMark(index - 1, "@"), ["Option", "Flag"].contains(text(index)) else { continue }
      var position = isMark(index + 1, "(") ? behindBracket(index + 1) : index + 1
      let custom = (index..<position).first { ["customLong", "long"].contains(text($0)) && isMark($0 + 1, "(") }
      if let custom, let name = string(custom + 2) {
        add(.flag, name, at: custom)
        continue
      }
      while position < tokens.count, ["public", "private", "internal", "fileprivate", "package"].contains(text(position)) { position += 1 }
      guard text(position) == "var", position + 1 < tokens.count else { continue }
      add(.flag, LiteralShape.kebab(text(position + 1)), at: position + 1)
    }
  }

  // MARK: Python, JavaScript

  /// `subparsers.add_parser("name")`, `@cli.command("name")`, `@cli.command()` over `def name`.
  private mutating func readPython() {
    for index in tokens.indices where tokens[index].kind == .identifier && isMark(index - 1, ".") && isMark(index + 1, "(") {
      let name = text(index)
      if name == "add_parser", let command = string(index + 2) { add(.subcommand, command, at: index + 2) }
      guard name == "command", isMark(index - 3, "@") else { continue }
      if let command = string(index + 2) {
        add(.subcommand, command, at: index + 2)
      } else if let definition = (index..<min(index + 60, tokens.count)).first(where: { text($0) == "def" }), definition + 1 < tokens.count
      {
        add(.subcommand, LiteralShape.kebab(text(definition + 1)), at: definition + 1)
      }
    }
  }

  /// `program.command("name <argument>")`.
  private mutating func readScript() {
    for index in tokens.indices where isMark(index - 1, ".") && isMark(index + 1, "(") && text(index) == "command" {
      if let use = string(index + 2), let word = use.split(separator: " ").first { add(.subcommand, String(word), at: index + 2) }
    }
  }
}
