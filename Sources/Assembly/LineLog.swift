// The log: one line a message on standard error, as text for people or as JSON for collectors. journald and shells add the
// rest. No secret ever comes here: `Secret` prints as ***, URLs are redacted by their types.

import Domain
import Logging
import Settings
import Threading

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Writes log lines to standard error.
struct LineLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  let label: String
  let format: Settings.LogFormat
  let clock: any WallClock

  init(label: String, level: Logger.Level, format: Settings.LogFormat, clock: any WallClock) {
    self.label = label
    logLevel = level
    self.format = format
    self.clock = clock
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }.filter { "\($0.value)" != "" }
    let line = format == .json ? json(event, all) : text(event, all)
    // One write, so that lines of several threads and processes do not mix.
    _ = Array((line + "\n").utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private func text(_ event: LogEvent, _ metadata: [(key: String, value: Logger.MetadataValue)]) -> String {
    let pairs = metadata.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }.joined()
    return "\(clock.now().rfc3339) \(event.level.rawValue) \(label): \(Self.oneLine("\(event.message)"))\(pairs)"
  }

  private func json(_ event: LogEvent, _ metadata: [(key: String, value: Logger.MetadataValue)]) -> String {
    var fields = [("time", clock.now().rfc3339), ("level", event.level.rawValue), ("label", label), ("message", "\(event.message)")]
    fields += metadata.map { ($0.key, "\($0.value)") }
    return "{" + fields.map { "\"\(Self.escaped($0.0))\":\"\(Self.escaped($0.1))\"" }.joined(separator: ",") + "}"
  }

  private static func quoted(_ value: String) -> String {
    let isPlain = value.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") && $0 != 0x7F }
    return isPlain ? value : "\"\(escaped(value))\""
  }

  private static func oneLine(_ text: String) -> String { text.utf8.contains { $0 < 0x20 } ? escaped(text) : text }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Logger {
  /// The service's logger as the settings want it.
  public static func service(_ label: String, _ settings: Settings, clock: any WallClock) -> Logger {
    let level = Logger.Level(rawValue: settings.logLevel.rawValue) ?? .info
    return Logger(label: label) { LineLog(label: $0, level: level, format: settings.logFormat, clock: clock) }
  }
}
