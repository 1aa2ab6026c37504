// nginx samples: words, strings, `;` and braces, as nginx itself reads them (`ngx_conf_read_token`). A fragment may be directives
// without their context. A directive whose `;` is missing swallows the next line: that is seen where the next line begins with the name
// of a directive.

import Domain

struct NginxLanguage: ScannedLanguage {
  let name = "nginx"
  let names = ["nginx"]

  func mistake(in sample: Sample) -> Mistake? {
    var scanner = NginxScanner(reader: ByteReader(sample.code), isStrict: sample.isWhole)
    return scanner.mistake()
  }

  func forgives(_ mistake: Mistake, in sample: Sample) -> Bool {
    mistake.kind == .stray || sample.hasPlaceholder
      || sample.lines.contains { $0.trimmed.starts(with: "$ ") || $0.trimmed.starts(with: "---") }
  }
}

private struct NginxScanner {
  var reader: ByteReader
  let isStrict: Bool
  /// Where blocks were opened.
  private var blocks: [Int] = []
  /// The words of the directive that is read.
  private var words: [Range<Int>] = []
  private var beginsLine = true

  init(reader: ByteReader, isStrict: Bool) {
    self.reader = reader
    self.isStrict = isStrict
  }

  mutating func mistake() -> Mistake? {
    do throws(Mistake) {
      while !reader.isAtEnd { try token() }
      if let first = words.first { throw Mistake(.unclosed, first, "`\(text(first))` is not ended with `;`") }
      if let place = blocks.last { throw Mistake(.unclosed, at: place, "`{` is never closed") }
      return nil
    } catch {
      return error
    }
  }

  private func text(_ range: Range<Int>) -> String { reader.bytes[range].prefix { $0 != 0x0A && $0 != 0x0D }.prefix(40).text }

  private mutating func token() throws(Mistake) {
    switch reader.current {
    case 0x0A:
      beginsLine = true
      reader.position += 1
    case let byte where byte.isSpace: reader.position += 1
    case UInt8(ascii: "#"): reader.skipLine()
    case UInt8(ascii: ";"): try endDirective()
    case UInt8(ascii: "{"): try openBlock()
    case UInt8(ascii: "}"): try closeBlock()
    default: try word()
    }
  }

  private mutating func endDirective() throws(Mistake) {
    if words.isEmpty, isStrict { throw Mistake(at: reader.position, "`;` ends nothing") }
    words = []
    reader.position += 1
  }

  private mutating func openBlock() throws(Mistake) {
    guard let first = words.first else { throw Mistake(at: reader.position, "`{` without the name of a block") }
    if text(first).hasSuffix("_by_lua_block") || text(first) == "content_by_njs" {
      try foreignBlock()
    } else {
      blocks.append(reader.position)
    }
    words = []
    reader.position += 1
  }

  /// Lua inside: braces and strings.
  private mutating func foreignBlock() throws(Mistake) {
    let start = reader.position
    var depth = 0
    while !reader.isAtEnd {
      if reader.current == UInt8(ascii: "{") { depth += 1 }
      if reader.current == UInt8(ascii: "}") { depth -= 1 }
      if depth == 0 { return }
      reader.position += 1
    }
    throw Mistake(.unclosed, at: start, "`{` is never closed")
  }

  private mutating func closeBlock() throws(Mistake) {
    if let first = words.first { throw Mistake(first, "`\(text(first))` is not ended with `;`") }
    guard blocks.popLast() != nil else { throw Mistake(.stray, at: reader.position, "`}` closes nothing") }
    reader.position += 1
  }

  private mutating func word() throws(Mistake) {
    let start = reader.position
    if reader.current == UInt8(ascii: "\"") || reader.current == UInt8(ascii: "'") { try string() } else { bareWord() }
    let range = start..<reader.position
    if beginsLine, let first = words.first, Self.names.contains(text(range)), words.count > 1 {
      throw Mistake(first, "`\(text(first))` is not ended with `;`")
    }
    words.append(range)
    beginsLine = false
  }

  private mutating func string() throws(Mistake) {
    let start = reader.position
    let quote = reader.current
    reader.position += 1
    while !reader.isAtEnd, reader.current != quote { reader.position += reader.current == UInt8(ascii: "\\") ? 2 : 1 }
    if reader.isAtEnd { throw Mistake(.unclosed, at: start, "a string that is never closed") }
    reader.position += 1
  }

  /// To a space, `;` or `{`, but `${` belongs to the word.
  private mutating func bareWord() {
    while !reader.isAtEnd, !reader.current.isSpace, reader.current != UInt8(ascii: ";") {
      if reader.current == UInt8(ascii: "{"), reader.peek(-1) != UInt8(ascii: "$") { return }
      reader.position += reader.current == UInt8(ascii: "\\") ? 2 : 1
    }
  }

  /// Directives whose names are no other directive's argument.
  private static let names: Set<String> = [
    "server_name", "listen", "location", "proxy_pass", "proxy_set_header", "proxy_http_version", "proxy_buffering", "proxy_read_timeout",
    "fastcgi_pass", "fastcgi_param", "ssl_certificate", "ssl_certificate_key", "ssl_protocols", "add_header", "access_log", "error_log",
    "client_max_body_size", "try_files", "worker_processes", "worker_connections", "keepalive_timeout", "sendfile", "gzip_types",
  ]
}
