// Where in a document a literal stands, and whether what stands there can be one: a flag may stand anywhere, a key of a file only
// where keys stand.

import Documents
import Domain

/// Finds the place of bytes in a document.
struct LiteralPlaces {
  enum Place {
    /// The code span around it.
    case codeSpan(Span)
    case sample(Snippet)
    /// Where a link or an image leads.
    case target(Span)
    case text(Block.Kind?)
  }

  private let document: Document
  private let codeSpans: [Span]
  private let targets: [Span]

  init(_ document: Document) {
    self.document = document
    codeSpans = document.references.filter { $0.kind == .codeSpan }.map(\.span).sorted()
    targets = document.references.compactMap(\.targetSpan).sorted()
  }

  func place(of span: Span) -> Place {
    if let snippet = snippet(around: span) { return .sample(snippet) }
    if let code = Self.span(around: span, in: codeSpans) { return .codeSpan(code) }
    if let target = Self.span(around: span, in: targets) { return .target(target) }
    return .text(document.block(at: span.start)?.kind)
  }

  private func snippet(around span: Span) -> Snippet? {
    var (low, high) = (0, document.snippets.count)
    while low < high {
      let middle = (low + high) / 2
      if document.snippets[middle].span.end < span.end { low = middle + 1 } else { high = middle }
    }
    return low < document.snippets.count && document.snippets[low].span.contains(span) ? document.snippets[low] : nil
  }

  private static func span(around span: Span, in spans: [Span]) -> Span? {
    var (low, high) = (0, spans.count)
    while low < high {
      let middle = (low + high) / 2
      if spans[middle].end < span.end { low = middle + 1 } else { high = middle }
    }
    return low < spans.count && spans[low].contains(span) ? spans[low] : nil
  }
}

/// Bytes around a literal.
struct LiteralSurroundings {
  let document: Document
  let span: Span

  /// The byte before, zero at the start.
  var before: UInt8 { span.start > 0 ? document.bytes[span.start - 1] : 0 }
  /// The byte behind, zero at the end.
  var after: UInt8 { span.end < document.bytes.count ? document.bytes[span.end] : 0 }
  var line: Span { document.lines.span(ofLine: document.lines.lineNumber(of: span.start)) }
  /// The part of the line that is near.
  var vicinity: Span { document.vicinity(of: span) }
  var lineBefore: String { document.text(Span(line.start, span.start)) }

  /// Stands in quotes, alone or with a few bytes beside it.
  var isQuoted: Bool { Self.quotes.contains(before) && Self.quotes.contains(after) }

  /// `name:`, `"name":`, `name =`, `- name:`: it begins what its line or its bracket says.
  func isKey(closingMarks: String = ":=") -> Bool {
    let rest = document.bytes[span.end..<line.end].drop { Self.quotes.contains($0) || $0 == 0x20 || $0 == UInt8(ascii: "?") }
    guard let mark = rest.first, closingMarks.utf8.contains(mark) else { return false }
    // `a == b`, `a::b`, `a => b` but for Ruby's hashes
    let next = rest.dropFirst().first ?? 0
    if mark == UInt8(ascii: ":") && next == mark || mark == UInt8(ascii: "=") && next == mark { return false }
    let beginning = document.bytes[line.start..<span.start].reversed().first { !Self.quotes.contains($0) && $0 != 0x20 && $0 != 0x09 }
    guard let beginning else { return true }
    return "{,(-[#*>".utf8.contains(beginning) || beginning == 0x0A || beginning == UInt8(ascii: ";")
  }

  private static let quotes = Array("\"'`".utf8)
}

/// Command lines that are another program's.
enum ForeignCommands {
  /// Whether the command before a flag or a subcommand is one that everybody has.
  static func own(_ text: String) -> Bool { command(of: text).map { tools.contains($0) } ?? false }

  /// The command that the end of a line belongs to: its first word behind prompts, variables and pipes.
  static func command(of text: String) -> String? {
    let last = text.split { "|;&(`".contains($0) }.last ?? ""
    let words = last.split { $0 == " " || $0 == "\t" || $0 == "\"" || $0 == "'" }.map(String.init)
    let word = words.first { word in
      !["$", "#", ">", "%", "sudo", "env", "exec", "time", "-", "run:", "RUN", "then", "do", "if"].contains(word) && !word.contains("=")
    }
    return word.map { String($0.split(separator: "/").last ?? "") }
  }

  private static let tools: Set<String> = [
    "git", "docker", "docker-compose", "podman", "kubectl", "helm", "curl", "wget", "npm", "yarn", "pnpm", "bun", "pip", "pip3", "pipx",
    "uv",
    "poetry", "cargo", "rustup", "rustc", "go", "gofmt", "make", "cmake", "ninja", "bundle", "gem", "rake", "mvn", "gradle", "gradlew",
    "java",
    "javac", "python", "python3", "node", "deno", "ruby", "swift", "xcodebuild", "apt", "apt-get", "apk", "brew", "yum", "dnf", "tar",
    "unzip",
    "ssh", "scp", "rsync", "ls", "cat", "grep", "rg", "sed", "awk", "find", "xargs", "echo", "chmod", "chown", "mkdir", "cp", "mv", "rm",
    "gh",
    "aws", "gcloud", "az", "terraform", "ansible", "psql", "mysql", "redis-cli", "sqlite3", "openssl", "systemctl", "journalctl", "pytest",
    "tox",
    "jest", "mocha", "eslint", "tsc", "webpack", "vite", "cosign", "gpg", "jq", "bat", "fd", "fzf", "vim", "code", "tmux", "dotnet",
    "composer",
    "php", "perl", "gcc", "clang", "nix", "nix-shell", "cygpath", "ps", "kill", "export",
  ]
}
