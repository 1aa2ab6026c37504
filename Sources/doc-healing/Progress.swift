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

  /// A line about what is being done, on standard error.
  static func note(_ text: String) {
    guard !text.isEmpty else { return }
    _ = Array("doc-healing: \(text)\n".utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
