// What goes to a person's terminal only.

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

enum Progress {
  /// Colour only on a terminal, and never with `NO_COLOR` (https://no-color.org).
  static var wantsColour: Bool {
    guard isatty(STDOUT_FILENO) == 1 else { return false }
    guard let value = getenv("NO_COLOR") else { return true }
    return value.pointee == 0
  }

  /// Replaces the line at the bottom of a terminal; nothing where standard error is none. Empty takes it away.
  static func bar(_ text: String) {
    guard isatty(STDERR_FILENO) == 1 else { return }
    let line = text.isEmpty ? "\r\u{1B}[K" : "\r\u{1B}[Kdoc-healing: \(text)"
    _ = Array(line.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// A line about what is being done, on standard error.
  static func note(_ text: String) {
    guard !text.isEmpty else { return }
    _ = Array("doc-healing: \(text)\n".utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
