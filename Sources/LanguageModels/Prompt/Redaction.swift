// Keeps keys and passwords that stand in a repository's text from leaving the machine. Errs on the side of hiding: a word too many
// that is hidden costs a worse proposal, a key that is not costs a key.
//
// One pass over the bytes: private key blocks, words that begin as the tokens of well-known services do, values of names that speak of
// secrets, user and password in addresses, and long words that look like chance.

/// Hides what looks like a secret.
enum Redaction {
  static let mark = "[redacted]"

  /// The text with every secret-looking piece replaced.
  static func redacted(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let ranges = secrets(in: bytes)
    guard !ranges.isEmpty else { return text }
    var result: [UInt8] = []
    var position = 0
    for range in ranges where range.upperBound > position {
      if range.lowerBound >= position { result += bytes[position..<range.lowerBound] + Array(mark.utf8) }
      position = range.upperBound
    }
    return String(decoding: result + bytes[position...], as: UTF8.self)
  }

  static func looksSecret(_ text: String) -> Bool { !secrets(in: Array(text.utf8)).isEmpty }

  /// Whether a file is one whose content nobody sends anywhere.
  static func isSecretFile(_ path: String) -> Bool {
    let name = (path.split(separator: "/").last.map(String.init) ?? "").lowercased()
    let isNamed = [
      "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", ".npmrc", ".pypirc", ".netrc", "_netrc", ".htpasswd", ".pgpass", "kubeconfig",
    ]
    .contains(name)
    let begins = [".env", "credentials", "secret", "id_rsa."].contains { name.hasPrefix($0) }
    let ends = [".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".tfvars", ".tfstate", ".kdbx", ".asc", ".gpg", ".env", ".ppk"]
      .contains { name.hasSuffix($0) }
    return isNamed || begins || ends || path.lowercased().contains("/.aws/") || path.lowercased().contains("/.ssh/")
  }

  /// Ascending by their beginning; they may overlap.
  private static func secrets(in bytes: [UInt8]) -> [Range<Int>] {
    (keyBlocks(bytes) + words(bytes) + addresses(bytes)).sorted { $0.lowerBound < $1.lowerBound }
  }

  /// `-----BEGIN … PRIVATE KEY-----` to its end, or to the text's.
  private static func keyBlocks(_ bytes: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start: Int?
    forEachLine(bytes) { line in
      let text = bytes[line]
      if start == nil, contains(text, "-----BEGIN"), contains(text, "PRIVATE KEY") { start = line.lowerBound }
      guard let begin = start, contains(text, "-----END") else { return }
      ranges.append(begin..<line.upperBound)
      start = nil
    }
    if let start { ranges.append(start..<bytes.count) }
    return ranges
  }

  private static let prefixes = [
    "ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "sk-", "sk_live_", "sk_test_", "rk_live_",
    "pk_live_",
    "xoxa-", "xoxb-", "xoxp-", "xoxs-", "xoxr-", "xapp-", "AKIA", "ASIA", "ABSK", "AIza", "ya29.", "eyJ", "npm_", "pypi-", "hf_", "SG.",
    "whsec_", "dop_v1_", "shpat_", "dckr_pat_", "gsk_", "nvapi-", "AGE-SECRET-KEY-", "lin_api_", "key-",
  ].map { Array($0.utf8) }

  private static let names = [
    "password", "passwd", "passphrase", "secret", "token", "api_key", "apikey", "api-key", "access_key", "accesskey", "private_key",
    "credential",
    "authorization", "bearer", "basic",
  ].map { Array($0.utf8) }

  /// What follows a name that speaks of a secret and is none: types and remarks of documentation.
  private static let harmless = Set([
    "string", "boolean", "number", "integer", "object", "optional", "required", "undefined", "default", "bearer", "basic",
  ])

  /// Words of their own account, and the words that are given to a name that speaks of a secret.
  private static func words(_ bytes: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var name: Name?
    var position = 0
    while position < bytes.count {
      guard isWord(bytes[position]) else {
        if bytes[position] == 0x3A || bytes[position] == 0x3D { name?.isGiven = true }
        // A value stands on its name's line, after a colon, an equals sign, a space or a quote.
        if !":= \"'`>\t".utf8.contains(bytes[position]) { name = nil }
        position += 1
        continue
      }
      let end = bytes[position...].firstIndex { !isWord($0) } ?? bytes.count
      let word = bytes[position..<end]
      let isHidden = name?.gives(word) ?? false || isToken(word) || isAccessKey(word) || looksRandom(word)
      if isHidden { ranges.append(position..<end) }
      // `Authorization: Bearer VALUE`: a short word in between takes nothing away.
      let wasGiven = name?.isGiven == true
      name = isHidden ? nil : Name(word, isGiven: wasGiven) ?? (word.count < 6 && wasGiven ? name : nil)
      position = end
    }
    return ranges
  }

  /// A word that speaks of a secret.
  private struct Name {
    /// `Bearer VALUE`: the value follows without a colon.
    var isScheme: Bool
    /// Whether a colon or an equals sign came.
    var isGiven: Bool

    init?(_ word: ArraySlice<UInt8>, isGiven: Bool) {
      self.isGiven = isGiven
      guard names.contains(where: { ends(word, with: $0) }) else { return nil }
      isScheme = word.count <= 6 && (ends(word, with: Array("bearer".utf8)) || ends(word, with: Array("basic".utf8)))
    }

    func gives(_ word: ArraySlice<UInt8>) -> Bool {
      guard word.count >= 6, isGiven || isScheme && isMixed(word) && word.count >= 8 else { return false }
      return !harmless.contains(String(decoding: word, as: UTF8.self).lowercased())
    }
  }

  /// What stands between `://` and `@` with a colon in it.
  private static func addresses(_ bytes: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var position = 0
    let mark = Array("://".utf8)
    while position + mark.count <= bytes.count {
      guard bytes[position..<position + 3].elementsEqual(mark) else {
        position += 1
        continue
      }
      let start = position + 3
      let end = bytes[start...].firstIndex { $0 <= 0x20 || "/\"'`<>".utf8.contains($0) } ?? bytes.count
      if let at = bytes[start..<end].lastIndex(of: 0x40), bytes[start..<at].contains(0x3A) { ranges.append(start..<at) }
      position = end
    }
    return ranges
  }

  private static func isToken(_ word: ArraySlice<UInt8>) -> Bool {
    word.count >= 16 && prefixes.contains { word.starts(with: $0) && isMixed(word.dropFirst($0.count)) }
  }

  /// Forty characters of base64, as AWS makes its secret access keys.
  private static func isAccessKey(_ word: ArraySlice<UInt8>) -> Bool {
    word.count == 40 && !word.contains { ".-_~!#%*$".utf8.contains($0) } && word.contains { (0x30...0x39).contains($0) }
      && word.contains { (0x41...0x5A).contains($0) } && word.contains { (0x61...0x7A).contains($0) }
  }

  /// Whether it holds a digit or both cases, as tokens do and words do not.
  private static func isMixed(_ word: ArraySlice<UInt8>) -> Bool {
    word.contains { (0x30...0x39).contains($0) }
      || (word.contains { (0x41...0x5A).contains($0) } && word.contains { (0x61...0x7A).contains($0) })
  }

  /// A long word in which letters of both cases and digits take turns more often than in names.
  private static func looksRandom(_ word: ArraySlice<UInt8>) -> Bool {
    for piece in word.split(separator: 0x2F) + [word] where piece.count >= 24 {
      let digits = piece.count { (0x30...0x39).contains($0) }
      var turns = 0
      var last = 0
      for byte in piece {
        let kind = (0x30...0x39).contains(byte) ? 1 : (0x41...0x5A).contains(byte) ? 2 : 3
        if kind != last { turns += 1 }
        last = kind
      }
      if digits >= 3, turns >= piece.count / 4 { return true }
    }
    return false
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) && byte < 0x80 || "_-+/.~!#%*$".utf8.contains(byte)
  }

  private static func ends(_ word: ArraySlice<UInt8>, with name: [UInt8]) -> Bool {
    var word = word
    while let last = word.last, (0x30...0x39).contains(last) || last == 0x5F || last == 0x73 && !name.contains(0x73) { word.removeLast() }
    guard word.count >= name.count else { return false }
    return zip(word.suffix(name.count), name).allSatisfy { (0x41...0x5A).contains($0) ? $0 | 0x20 == $1 : $0 == $1 }
  }

  private static func contains(_ bytes: ArraySlice<UInt8>, _ text: String) -> Bool { bytes.firstRange(of: Array(text.utf8)) != nil }

  private static func forEachLine(_ bytes: [UInt8], _ body: (Range<Int>) -> Void) {
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      body(start..<end)
      start = end + 1
    }
  }
}
