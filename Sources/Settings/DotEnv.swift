// Reads `.env` files: `NAME=value` lines, `export ` before them allowed, `#` comments, values in single quotes (taken as they
// are) or double quotes (`\n`, `\"`, `\\`, `\$` escapes). Nothing is expanded. swift-configuration's own reader of such files
// is asynchronous and passes over malformed lines in silence; we need neither, so we read the text and hand the pairs to its
// provider.

import SystemPackage

enum DotEnv {
  static let sizeLimit = 256 * 1024

  /// The pairs of a file; empty when the file does not exist. Throws one line that says what is wrong where.
  static func load(_ path: String) throws(SettingsError) -> [String: String] {
    do {
      guard let bytes = try SmallFile.read(path, limit: sizeLimit) else { return [:] }
      return try parse(String(decoding: bytes, as: UTF8.self), path: path)
    } catch let error as SettingsError {
      throw error
    } catch {
      throw SettingsError("cannot read \(path): \(error)")
    }
  }

  static func parse(_ text: String, path: String) throws(SettingsError) -> [String: String] {
    var pairs: [String: String] = [:]
    var number = 0
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      number += 1
      guard let (name, rest) = try assignment(line, place: "\(path):\(number)") else { continue }
      guard let value = value(rest) else {
        throw SettingsError("\(path):\(number): the quotation of \(name)'s value does not end on its line")
      }
      pairs[name] = value
    }
    return pairs
  }

  /// The name and what follows the `=`; nil for comments and empty lines.
  private static func assignment(_ line: Substring, place: String) throws(SettingsError) -> (String, Substring)? {
    var line = line.drop(while: isBlank)
    if line.isEmpty || line.first == "#" { return nil }
    if line.hasPrefix("export ") { line = line.dropFirst("export ".count).drop(while: isBlank) }
    guard let equals = line.firstIndex(of: "=") else { throw SettingsError("\(place): expected NAME=value") }
    let name = trimmed(line[..<equals])
    guard let first = name.utf8.first, !(first >= 0x30 && first <= 0x39), name.utf8.allSatisfy(isNameByte) else {
      throw SettingsError("\(place): expected a name of letters, digits and underscores before the =")
    }
    return (String(name), line[line.index(after: equals)...])
  }

  /// The value without its quotes and its trailing comment; nil when a quotation does not end.
  private static func value(_ text: Substring) -> String? {
    let text = trimmed(text)
    guard let quote = text.first, quote == "\"" || quote == "'" else {
      let comment = text.firstRange(of: " #")?.lowerBound ?? text.endIndex
      return text.first == "#" ? "" : String(trimmed(text[..<comment]))
    }
    var value = ""
    var rest = text.dropFirst()
    while let character = rest.popFirst() {
      if character == quote { return rest.drop(while: isBlank).first.map { $0 == "#" } ?? true ? value : nil }
      if character == "\\", quote == "\"", let escaped = rest.popFirst() {
        value.append(escaped == "n" ? "\n" : escaped)
      } else {
        value.append(character)
      }
    }
    return nil
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
  }

  private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte == 0x5F || (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A)
  }
}

/// Files that people write by hand.
enum SmallFile {
  struct TooLarge: Error, CustomStringConvertible {
    var limit: Int
    var description: String { "it is larger than \(limit / 1024) KiB" }
  }

  /// The bytes of a file; nil when it does not exist. Throws `Errno` or `TooLarge`.
  static func read(_ path: String, limit: Int) throws -> [UInt8]? {
    let file: FileDescriptor
    do {
      file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
    } catch Errno.noSuchFileOrDirectory {
      return nil
    }
    return try file.closeAfter {
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 16 * 1024)
      while true {
        let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
        if count == 0 { return bytes }
        bytes += buffer[..<count]
        if bytes.count > limit { throw TooLarge(limit: limit) }
      }
    }
  }
}
