// The environment of this process.

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

enum Environment {
  /// The absolute path of a folder that exists, without symbolic links; nil when there is none.
  static func absolutePath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Names and values; read once at start, before other threads could change it.
  static var current: [String: String] {
    var result: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2 { result[String(pair[0])] = String(pair[1]) }
      entry += 1
    }
    return result
  }
}
