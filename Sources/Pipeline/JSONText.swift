// JSON in and out of text, one way for job payloads, results and HTTP bodies.

import Domain
import FoundationEssentials

/// Encodes with sorted keys, so that equal values give equal text.
public enum JSONText {
  /// The JSON of `value`.
  public static func encode(_ value: some Encodable) throws -> String { String(decoding: try bytes(value), as: UTF8.self) }

  /// The JSON of `value` as UTF-8.
  public static func bytes(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value))
  }

  /// Reads a value from JSON text; throws `DecodingError`.
  public static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }

  /// Reads a value from UTF-8 bytes; throws `DecodingError`.
  public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
    try JSONDecoder().decode(type, from: Data(bytes))
  }
}
