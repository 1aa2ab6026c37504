// Random input for whole-service tests.

import Domain
import Foundation
import Logging
import TestSupport
import Testing
import Threading

enum Payloads {
  /// A random JSON object, sometimes one that names a repository.
  static func object(_ random: inout SeededGenerator) -> String {
    var object = fields(&random, depth: 0)
    if random.bool() { object["repository"] = ["full_name": "\(random.text(count: 5))/\(random.text(count: 5))"] }
    return text(object)
  }

  private static func fields(_ random: inout SeededGenerator, depth: Int) -> [String: Any] {
    var object: [String: Any] = [:]
    for _ in 0..<random.int(in: 0...5) { object[random.text(count: random.int(in: 1...12))] = value(&random, depth: depth) }
    return object
  }

  private static func value(_ random: inout SeededGenerator, depth: Int) -> Any {
    switch random.int(in: 0...(depth < 3 ? 6 : 4)) {
    case 0: random.bool()
    case 1: random.int(in: -1_000_000...1_000_000)
    case 2: NSNull()
    case 3: Double(random.int(in: 0...1000)) / 8
    case 4: random.text(count: random.int(in: 0...20), of: "abc \"\\/\n\t<>&é漢😀")
    case 5: (0..<random.int(in: 0...4)).map { _ in value(&random, depth: depth + 1) }
    default: fields(&random, depth: depth + 1)
    }
  }

  /// The body of a snippet request; the code is sometimes broken.
  static func snippet(_ random: inout SeededGenerator, language: String) -> String {
    text([
      "file_path": "docs/\(random.text(count: 6)).md", "snippet_id": random.text(count: 4), "code": code(&random, language),
      "language": language,
    ])
  }

  private static func code(_ random: inout SeededGenerator, _ language: String) -> String {
    let names = (0..<random.int(in: 1...4)).map { _ in "k" + random.text(count: 4) }
    var code =
      switch language {
      case "json": "{" + names.map { "\"\($0)\": \(random.int(in: 0...9))" }.joined(separator: ", ") + "}"
      case "yaml": names.map { "\($0): \(random.int(in: 0...9))\n" }.joined()
      case "toml": names.map { "\($0) = \(random.int(in: 0...9))\n" }.joined()
      default: names.map { "\($0) = f(\(random.int(in: 0...9)), [1, 2])\n" }.joined()
      }
    if random.bool() {
      let cut = random.int(in: 0...max(0, code.count - 1))
      let place = code.index(code.startIndex, offsetBy: cut)
      if random.bool() { code.remove(at: place) } else { code.insert(random.pick("{}[](),:=\"'\u{201C}"), at: place) }
    }
    return code
  }

  static func text(_ object: [String: Any]) -> String {
    String(decoding: (try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])) ?? Data(), as: UTF8.self)
  }
}

/// A logger whose lines are kept.
enum CapturedLog {
  static func logger(into lines: Monitor<[String]>) -> Logger {
    Logger(label: "test") { _ in Handler(lines: lines) }
  }

  private struct Handler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    let lines: Monitor<[String]>

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let line = "\(event.message) \(event.metadata ?? [:])"
      lines.update { $0.append(line) }
    }
  }
}
