// What a request asks for: its path in segments and its query, both percent-decoded once.

import FastCGI

/// A request's target, taken apart.
struct Target {
  var segments: [String]
  var query: [String: String]

  init(_ request: Request) {
    segments = request.path.split(separator: "/", omittingEmptySubsequences: true).map { Target.decoded($0, plusIsSpace: false) }
    query = [:]
    for pair in request.query.split(separator: "&").prefix(64) {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      query[Target.decoded(parts[0], plusIsSpace: true)] = parts.count > 1 ? Target.decoded(parts[1], plusIsSpace: true) : ""
    }
  }

  /// A query value as a whole number within bounds; throws a problem that names the parameter.
  func number(_ name: String, in bounds: ClosedRange<Int>, default value: Int) throws -> Int {
    guard let text = query[name] else { return value }
    guard let number = Int(text), bounds.contains(number) else {
      throw Problem.badRequest("\(name) must be a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
    }
    return number
  }

  /// A query value as a case of an enumeration; throws a problem that lists the cases.
  func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, as type: Choice.Type) throws -> Choice?
  where Choice.RawValue == String {
    guard let text = query[name] else { return nil }
    guard let choice = Choice(rawValue: text) else {
      throw Problem.badRequest("\(name) must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }

  /// Percent-decoding (RFC 3986); a broken escape stays as it is.
  static func decoded(_ text: Substring, plusIsSpace: Bool) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let high = rest.first.flatMap(hexDigit), let low = rest.dropFirst().first.flatMap(hexDigit) {
        bytes.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
