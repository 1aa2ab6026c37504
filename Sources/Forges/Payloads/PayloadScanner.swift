// The safe face of `JSONScanner`: arrays in, strings out.

/// Checks that bytes are one JSON object, and pulls a few strings out of it, without building a tree.
public enum PayloadScanner {
  /// Deeper than any forge's payload, shallow enough for any thread's stack.
  public static let maximumDepth = 128

  /// Throws unless the bytes are exactly one well-formed JSON object.
  public static func check(_ bytes: [UInt8]) throws(JSONProblem) {
    _ = try scan(bytes, wanted: [], mustBeObject: true)
  }

  /// Checks as `check` does and returns the string at each path, such as `["repository", "full_name"]`; nil where there is no
  /// string. Arrays are not entered; where a name stands twice, the first string counts. At most 64 paths.
  public static func strings(at paths: [[String]], in bytes: [UInt8]) throws(JSONProblem) -> [String?] {
    try scan(bytes, wanted: paths.map { path in path.map { Array($0.utf8) } }, mustBeObject: true)
  }

  /// Throws unless the bytes are exactly one well-formed JSON value of any kind.
  static func checkValue(_ bytes: [UInt8], maximumDepth: Int = maximumDepth) throws(JSONProblem) {
    _ = try scan(bytes, wanted: [], mustBeObject: false, maximumDepth: maximumDepth)
  }

  private static func scan(
    _ bytes: [UInt8], wanted: [[[UInt8]]], mustBeObject: Bool, maximumDepth: Int = maximumDepth
  ) throws(JSONProblem) -> [String?] {
    let result = bytes.withUnsafeBufferPointer { buffer -> Result<[String?], JSONProblem> in
      guard let base = buffer.baseAddress else { return .failure(JSONProblem(offset: 0, reason: .empty)) }
      var scanner = JSONScanner(base: base, count: buffer.count, maximumDepth: maximumDepth, wanted: wanted)
      do throws(JSONProblem) {
        try scanner.scanDocument(mustBeObject: mustBeObject)
      } catch {
        return .failure(error)
      }
      return .success(scanner.found.map { $0.map { text(buffer, $0) } })
    }
    return try result.get()
  }

  private static func text(_ buffer: UnsafeBufferPointer<UInt8>, _ place: (start: Int, end: Int, isEscaped: Bool)) -> String {
    let raw = UnsafeBufferPointer(rebasing: buffer[place.start..<place.end])
    return place.isEscaped ? String(decoding: JSONText.unescaped(raw), as: UTF8.self) : String(decoding: raw, as: UTF8.self)
  }
}
