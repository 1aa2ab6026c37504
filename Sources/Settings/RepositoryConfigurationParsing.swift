// `.doc-healing.yml` to `RepositoryConfiguration`, by way of Yams' nodes, which know their lines. Only plain mappings, lists
// and scalars are used: what a scalar means is decided here, by the key that it belongs to.
//
// When you add a key: a property in RepositoryConfiguration, a line in the mapping below, a row in
// docs/configure-a-repository.md (a test compares `allKeys` with the page).

import Domain
import Yams

extension RepositoryConfiguration {
  /// Reads the file's bytes. Never fails: what cannot be used is a mistake, and the rest counts.
  /// - Parameter knownRules: the rules that there are; nil takes any name.
  public static func parse(_ bytes: [UInt8], knownRules: [String]? = nil) -> (
    configuration: RepositoryConfiguration, mistakes: [ConfigurationMistake]
  ) {
    guard bytes.count <= sizeLimit else { return (cautious, [ConfigurationMistake(line: 1, message: "the file is larger than 64 KiB")]) }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      return (cautious, [ConfigurationMistake(line: 1, message: "the file is not UTF-8 text")])
    }
    if let mistake = YAMLGuard.mistake(in: bytes) { return (cautious, [mistake]) }
    do {
      let root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
      var reader = ConfigurationReader(knownRules: knownRules)
      let configuration = root.map { reader.configuration($0) } ?? RepositoryConfiguration()
      return (configuration, reader.mistakes)
    } catch {
      return (cautious, [YAMLGuard.mistake(for: error)])
    }
  }

  /// Every key, with `*` for a language's name.
  static let allKeys =
    ConfigurationReader.rootKeys
    + ConfigurationReader.documentationKeys.map { "documentation." + $0 }
    + ConfigurationReader.languageKeys.map { "languages.*." + $0 }
    + ConfigurationReader.validationKeys.map { "validation." + $0 }
    + ConfigurationReader.notificationKeys.map { "notifications." + $0 }
    + ConfigurationReader.markerKeys.map { "snippetMarkers." + $0 }
    + ConfigurationReader.ignoreKeys.map { "ignore." + $0 }
}

/// Walks the nodes and collects mistakes.
struct ConfigurationReader {
  static let rootKeys = [
    "enabled", "documentation", "languages", "rules", "validation", "notifications", "snippetMarkers", "branches", "ignore",
  ]
  static let documentationKeys = ["include", "exclude"]
  static let languageKeys = ["enabled", "timeout", "dependencies", "level"]
  static let validationKeys = [
    "autoCorrect", "confidenceThreshold", "requireManualReview", "blockOnFailure", "maxConcurrentSnippets", "languageModel",
    "acceptanceThreshold",
  ]
  static let notificationKeys = ["prComments", "statusChecks", "reviewComments"]
  static let ignoreKeys = ["finding", "rule", "file", "until", "reason"]
  static let markerKeys = ["codeBlockLanguages", "ignoreMarker"]
  private static let mistakeLimit = 100

  private(set) var mistakes: [ConfigurationMistake] = []
  private let knownRules: [String]?

  init(knownRules: [String]?) { self.knownRules = knownRules }

  mutating func configuration(_ root: Node) -> RepositoryConfiguration {
    var result = RepositoryConfiguration()
    forEachKey(of: root, named: "the file", known: Self.rootKeys) { reader, key, value in
      switch key {
      case "enabled": reader.setBoolean(&result.enabled, value, key)
      case "documentation": reader.readDocumentation(&result.documentation, value)
      case "languages": reader.readLanguages(&result.languages, value)
      case "rules": reader.readRules(&result.rules, value)
      case "validation": reader.readValidation(&result.validation, value)
      case "notifications": reader.readNotifications(&result.notifications, value)
      case "branches": result.branches = reader.globs(value, key) ?? []
      case "ignore": reader.readIgnored(&result.ignored, value)
      default: reader.readMarkers(&result.snippetMarkers, value)
      }
    }
    return result
  }

  private mutating func readDocumentation(_ target: inout RepositoryConfiguration.Documentation, _ node: Node) {
    var read = target
    forEachKey(of: node, named: "documentation", known: Self.documentationKeys) { reader, key, value in
      guard let globs = reader.globs(value, "documentation." + key) else { return }
      if key == "include" { read.include = globs } else { read.exclude = globs }
    }
    target = read
  }

  private mutating func readLanguages(_ target: inout [String: RepositoryConfiguration.Language], _ node: Node) {
    var read: [String: RepositoryConfiguration.Language] = [:]
    forEachKey(of: node, named: "languages", known: nil) { reader, name, value in
      guard (1...40).contains(name.utf8.count) else { return reader.report(value, "a language's name has 1 to 40 characters") }
      var language = RepositoryConfiguration.Language()
      let place = "languages.\(Shown.plain(name))"
      reader.forEachKey(of: value, named: place, known: Self.languageKeys) { reader, key, value in
        switch key {
        case "enabled": reader.setBoolean(&language.enabled, value, "\(place).\(key)")
        case "timeout": language.timeout = reader.integer(value, "\(place).\(key)", in: 1...600) ?? language.timeout
        case "dependencies": language.dependencies = reader.strings(value, "\(place).\(key)") ?? []
        default: language.level = reader.choice(value, "\(place).\(key)")
        }
      }
      read[name.lowercased()] = language
    }
    target = read
  }

  private mutating func readRules(_ target: inout [String: Bool], _ node: Node) {
    var read: [String: Bool] = [:]
    forEachKey(of: node, named: "rules", known: knownRules) { reader, name, value in
      guard (1...60).contains(name.utf8.count) else { return reader.report(value, "a rule's name has 1 to 60 characters") }
      var isOn = true
      reader.setBoolean(&isOn, value, "rules.\(Shown.plain(name))")
      read[name] = isOn
    }
    target = read
  }

  private mutating func readValidation(_ target: inout RepositoryConfiguration.Validation, _ node: Node) {
    var read = target
    forEachKey(of: node, named: "validation", known: Self.validationKeys) { reader, key, value in
      let place = "validation." + key
      switch key {
      case "autoCorrect": reader.setBoolean(&read.autoCorrect, value, place)
      case "confidenceThreshold": read.confidenceThreshold = reader.fraction(value, place) ?? read.confidenceThreshold
      case "requireManualReview": reader.setBoolean(&read.requireManualReview, value, place)
      case "blockOnFailure": reader.setBoolean(&read.blockOnFailure, value, place)
      case "languageModel": reader.setBoolean(&read.languageModel, value, place)
      case "acceptanceThreshold": read.acceptanceThreshold = reader.fraction(value, place) ?? read.acceptanceThreshold
      default: read.maxConcurrentSnippets = reader.integer(value, place, in: 1...64) ?? read.maxConcurrentSnippets
      }
    }
    target = read
  }

  private mutating func readNotifications(_ target: inout RepositoryConfiguration.Notifications, _ node: Node) {
    var read = target
    forEachKey(of: node, named: "notifications", known: Self.notificationKeys) { reader, key, value in
      let place = "notifications." + key
      switch key {
      case "prComments": reader.setBoolean(&read.prComments, value, place)
      case "statusChecks": reader.setBoolean(&read.statusChecks, value, place)
      default: reader.setBoolean(&read.reviewComments, value, place)
      }
    }
    target = read
  }

  private mutating func readMarkers(_ target: inout RepositoryConfiguration.SnippetMarkers, _ node: Node) {
    var read = target
    forEachKey(of: node, named: "snippetMarkers", known: Self.markerKeys) { reader, key, value in
      let place = "snippetMarkers." + key
      if key == "codeBlockLanguages" {
        read.codeBlockLanguages = reader.strings(value, place)?.map { $0.lowercased() } ?? read.codeBlockLanguages
      } else if let marker = reader.scalar(value, place, expected: "text of 1 to 200 characters"), (1...200).contains(marker.utf8.count) {
        read.ignoreMarker = marker
      }
    }
    target = read
  }

  private static let ignoreLimit = 500

  private mutating func readIgnored(_ target: inout [RepositoryConfiguration.IgnoreEntry], _ node: Node) {
    guard case .sequence(let sequence) = node else { return report(node, "ignore: expected a list of entries") }
    if sequence.count > Self.ignoreLimit { report(node, "ignore: only the first \(Self.ignoreLimit) entries count") }
    target = sequence.prefix(Self.ignoreLimit).compactMap { readIgnored($0) }
  }

  private mutating func readIgnored(_ node: Node) -> RepositoryConfiguration.IgnoreEntry? {
    var targets: [RepositoryConfiguration.IgnoreEntry.Target] = []
    var (until, reason): (String?, String?) = (nil, nil)
    let before = mistakes.count
    forEachKey(of: node, named: "ignore", known: Self.ignoreKeys) { reader, key, value in
      let place = "ignore." + key
      guard let text = reader.scalar(value, place, expected: "text") else { return }
      switch key {
      case "finding": reader.readFinding(text, value).map { targets.append($0) }
      case "rule": reader.readRule(text, value).map { targets.append($0) }
      case "file": reader.globs(value, place)?.first.map { targets.append(.file($0)) }
      case "until": until = reader.day(text, value)
      default: reason = String(text.prefix(500))
      }
    }
    guard mistakes.count == before else { return nil }
    guard targets.count == 1 else {
      report(node, "ignore: expected one of finding, rule and file in each entry")
      return nil
    }
    return RepositoryConfiguration.IgnoreEntry(target: targets[0], until: until, reason: reason)
  }

  private mutating func readFinding(_ text: String, _ node: Node) -> RepositoryConfiguration.IgnoreEntry.Target? {
    if (6...200).contains(text.utf8.count) { return .finding(text) }
    report(node, "ignore.finding: expected a finding's name of 6 characters or more")
    return nil
  }

  private mutating func readRule(_ text: String, _ node: Node) -> RepositoryConfiguration.IgnoreEntry.Target? {
    if knownRules?.contains(text) ?? (1...60).contains(text.utf8.count) { return .rule(text) }
    report(node, "ignore.rule is \(Shown.quoted(text)), which is no rule\(NearName.hint(for: text, among: knownRules ?? []))")
    return nil
  }

  private mutating func day(_ text: String, _ node: Node) -> String? {
    if CalendarDay.isValid(text) { return text }
    report(node, "ignore.until is \(Shown.quoted(text)): expected a day such as 2027-01-31")
    return nil
  }

  // MARK: Nodes

  /// Calls `body` for each known key of a mapping; nil knows all. A key without a value stands for its default.
  private mutating func forEachKey(
    of node: Node, named name: String, known: [String]?, _ body: (inout ConfigurationReader, String, Node) -> Void
  ) {
    if isNothing(node) { return }
    guard case .mapping(let mapping) = node else { return report(node, "\(name): expected keys with values") }
    for (keyNode, value) in mapping {
      guard case .scalar(let scalar) = keyNode else {
        report(keyNode, "\(name): expected a name before the colon")
        continue
      }
      if let known, !known.contains(scalar.string) {
        let hint = NearName.hint(for: scalar.string, among: known)
        report(
          keyNode, "unknown key \(Shown.quoted(scalar.string)) in \(name)\(hint.isEmpty ? ": expected \(Shown.alternatives(known))" : hint)"
        )
      } else if !isNothing(value) {
        body(&self, scalar.string, value)
      }
    }
  }

  private func isNothing(_ node: Node) -> Bool {
    guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return false }
    return ["", "~", "null"].contains(scalar.string)
  }

  private mutating func scalar(_ node: Node, _ place: String, expected: String) -> String? {
    if case .scalar(let scalar) = node { return scalar.string }
    report(node, "\(place): expected \(expected)")
    return nil
  }

  private mutating func setBoolean(_ target: inout Bool, _ node: Node, _ place: String) {
    guard let text = scalar(node, place, expected: "true or false") else { return }
    switch text.lowercased() {
    case "true", "yes", "on": target = true
    case "false", "no", "off": target = false
    default: report(node, "\(place) is \(Shown.quoted(text)): expected true or false")
    }
  }

  private mutating func integer(_ node: Node, _ place: String, in range: ClosedRange<Int>) -> Int? {
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard let text = scalar(node, place, expected: expected) else { return nil }
    if let number = Digits.parse(text), range.contains(number) { return number }
    report(node, "\(place) is \(Shown.quoted(text)): expected \(expected)")
    return nil
  }

  private mutating func fraction(_ node: Node, _ place: String) -> Double? {
    guard let text = scalar(node, place, expected: "a number from 0 to 1") else { return nil }
    let isPlain = text.utf8.count <= 20 && text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E }
    if isPlain, let number = Double(text), (0...1).contains(number) { return number }
    report(node, "\(place) is \(Shown.quoted(text)): expected a number from 0 to 1")
    return nil
  }

  private mutating func choice<Value: RawRepresentable<String> & CaseIterable>(_ node: Node, _ place: String) -> Value? {
    let names = Value.allCases.map(\.rawValue)
    guard let text = scalar(node, place, expected: Shown.alternatives(names)) else { return nil }
    if let value = Value(rawValue: text) { return value }
    report(node, "\(place) is \(Shown.quoted(text)): expected \(Shown.alternatives(names))\(NearName.hint(for: text, among: names))")
    return nil
  }

  /// The texts of a list, or of a single scalar, each with its node.
  private mutating func items(_ node: Node, _ place: String) -> [(String, Node)]? {
    switch node {
    case .scalar(let scalar): return [(scalar.string, node)]
    case .sequence(let sequence) where sequence.count <= 200:
      return sequence.compactMap { item in scalar(item, place, expected: "a list of texts").map { ($0, item) } }
    case .sequence:
      report(node, "\(place): expected at most 200 entries")
    default:
      report(node, "\(place): expected a list of texts")
    }
    return nil
  }

  private mutating func strings(_ node: Node, _ place: String) -> [String]? {
    items(node, place)?.compactMap { text, item in
      if (1...200).contains(text.utf8.count) { return text }
      report(item, "\(place): expected texts of 1 to 200 characters")
      return nil
    }
  }

  private mutating func globs(_ node: Node, _ place: String) -> [Glob]? {
    items(node, place)?.compactMap { text, item in
      do throws(Glob.Malformed) {
        return try Glob(text)
      } catch {
        report(item, "\(place) has the pattern \(Shown.quoted(text)): \(error)")
        return nil
      }
    }
  }

  private mutating func report(_ node: Node, _ message: String) {
    if mistakes.count == Self.mistakeLimit {
      mistakes.append(ConfigurationMistake(line: node.mark?.line ?? 1, message: "more mistakes from here on are not listed"))
    } else if mistakes.count < Self.mistakeLimit {
      mistakes.append(ConfigurationMistake(line: node.mark?.line ?? 1, message: message))
    }
  }
}

/// Keeps hostile YAML from the parser, which composes recursively and hashes keys whatever they contain.
enum YAMLGuard {
  /// Anchors (with which a few lines stand for gigabytes) and deep nesting. Errs on the side of refusing.
  static func mistake(in bytes: [UInt8]) -> ConfigurationMistake? {
    var line = 1
    var brackets = 0
    var isIndent = true
    var indent = 0
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case 0x0A, 0x0D:
        if byte == 0x0A { line += 1 }
        (isIndent, indent) = (true, 0)
        continue
      case 0x5B, 0x7B: brackets += 1
      case 0x5D, 0x7D: brackets -= 1
      case 0x26 where startsAnchor(bytes, index):
        return ConfigurationMistake(line: line, message: "anchors (&name) are not supported")
      default: break
      }
      isIndent = isIndent && [0x20, 0x09, 0x2D, 0x3F, 0x3A].contains(byte)
      indent += isIndent ? 1 : 0
      if brackets > 32 || indent > 64 { return ConfigurationMistake(line: line, message: "nested too deeply") }
    }
    return nil
  }

  /// An `&` with a name after it, except in the middle of a word such as `R&D`, where YAML does not see an anchor either.
  private static func startsAnchor(_ bytes: [UInt8], _ index: Int) -> Bool {
    guard index + 1 < bytes.count, isWord(bytes[index + 1]) else { return false }
    return index == 0 || !(isWord(bytes[index - 1]) || [0x2E, 0x2F, 0x3D].contains(bytes[index - 1]))
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte == 0x5F || byte == 0x2D || (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A)
  }

  /// Where the parser stopped; its own words, without the text around.
  static func mistake(for error: any Error) -> ConfigurationMistake {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
      let hint =
        problem.contains("alphabetic or numeric") || problem.contains("undefined alias") ? "; put patterns that begin with * in quotes" : ""
      return ConfigurationMistake(line: mark.line, message: "not YAML: \(problem)\(hint)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      let names = duplicates.prefix(5).map { Shown.quoted($0) }.joined(separator: ", ")
      return ConfigurationMistake(line: context.mark.line, message: "a key stands twice: \(names)")
    case .reader: return ConfigurationMistake(line: 1, message: "not YAML: control characters are not allowed")
    default: return ConfigurationMistake(line: 1, message: "not YAML")
    }
  }
}
