// Turns layered text into typed values and collects what is wrong. The layers are swift-configuration providers, the
// environment before `.env`; typing is done here because its errors name neither what was written nor what is allowed.

import Configuration
import Domain

struct VariableReader {
  private let layers: ConfigReader
  private let environment: [String: String]
  private let dotEnv: [String: String]
  /// One line each.
  private(set) var problems: [String] = []
  private(set) var origins: [Variable: Settings.Origin] = [:]

  init(environment: [String: String], dotEnv: [String: String]) {
    func provider(_ pairs: [String: String]) -> EnvironmentVariablesProvider {
      let ours = pairs.filter { $0.key.hasPrefix(Variable.prefix) }
      return EnvironmentVariablesProvider(environmentVariables: ours, secretsSpecifier: .all)
    }
    layers = ConfigReader(providers: [provider(environment), provider(dotEnv)])
    self.environment = environment
    self.dotEnv = dotEnv
  }

  mutating func report(_ problem: String) { problems.append(problem) }

  /// Reports every name that starts with the prefix and is not one of ours.
  mutating func refuseUnknownNames() {
    let known = Set(Variable.allNames)
    let written = Set(environment.keys).union(dotEnv.keys).filter { $0.hasPrefix(Variable.prefix) && !known.contains($0) }
    for name in written.sorted() {
      let shown = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && name.utf8.count <= 80 ? name : Shown.quoted(name)
      let hint = NearName.hint(for: name, among: Variable.allNames)
      report("\(shown) is not a known variable\(hint.isEmpty ? "; docs/configure.md lists all" : hint)")
    }
  }

  /// The text of a variable; nil when it is not set or empty.
  mutating func text(_ variable: Variable) -> String? {
    guard let text = raw(variable.name), !text.isEmpty else { return nil }
    origins[variable] = origin(of: variable.name)
    guard !text.utf8.contains(0) else {
      report("\(variable.name) contains a NUL character")
      return nil
    }
    return text
  }

  mutating func integer(_ variable: Variable, in range: ClosedRange<Int>, default standard: Int) -> Int {
    guard let text = text(variable) else { return standard }
    if let number = Digits.parse(text), range.contains(number) { return number }
    report("\(variable.name) is \(Shown.quoted(text)): expected a whole number from \(range.lowerBound) to \(range.upperBound)")
    return standard
  }

  mutating func boolean(_ variable: Variable, default standard: Bool) -> Bool {
    guard let text = text(variable) else { return standard }
    switch text.lowercased() {
    case "true", "yes", "on", "1": return true
    case "false", "no", "off", "0": return false
    default:
      report("\(variable.name) is \(Shown.quoted(text)): expected true or false")
      return standard
    }
  }

  mutating func choice<Value: RawRepresentable<String> & CaseIterable>(_ variable: Variable, default standard: Value) -> Value {
    guard let text = text(variable) else { return standard }
    if let value = Value(rawValue: text) { return value }
    let names = Value.allCases.map(\.rawValue)
    let hint = NearName.hint(for: text, among: names)
    report("\(variable.name) is \(Shown.quoted(text)): expected \(Shown.alternatives(names))\(hint)")
    return standard
  }

  /// A value that `parse` takes, else a report of what was expected. The value is shown unless it is a secret's.
  mutating func parsed<Value>(_ variable: Variable, expected: String, _ parse: (String) -> Value?) -> Value? {
    guard let text = variable.isSecret ? secretText(variable) : text(variable) else { return nil }
    if let value = parse(text) { return value }
    report("\(variable.name) is \(variable.isSecret ? "malformed" : Shown.quoted(text)): expected \(expected)")
    return nil
  }

  mutating func secret(_ variable: Variable) -> Secret? {
    parsed(variable, expected: "one line without spaces") { text in
      text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F } ? Secret(text) : nil
    }
  }

  /// A variable of other programs, from the environment only; nil when it is not set or empty.
  mutating func foreign<Value>(_ name: String, expected: String, isSecret: Bool, _ parse: (String) -> Value?) -> Value? {
    guard let text = environment[name], !text.isEmpty else { return nil }
    if let value = parse(text) { return value }
    report("\(name) is \(isSecret ? "malformed" : Shown.quoted(text)): expected \(expected)")
    return nil
  }

  /// The secrets of a list, separated by commas or white space.
  mutating func secrets(_ variable: Variable) -> [Secret] {
    guard let text = secretText(variable) else { return [] }
    let parts = text.split { $0 == "," || $0.isWhitespace }
    if parts.isEmpty { report("\(variable.name) holds no secret: expected one, or several separated by commas or spaces") }
    return parts.map { Secret(String($0)) }
  }

  /// A secret's text, from the variable or from the file that its `_FILE` form names, without the file's final newlines.
  private mutating func secretText(_ variable: Variable) -> String? {
    let fileName = variable.name + "_FILE"
    let direct = text(variable)
    guard let path = raw(fileName), !path.isEmpty else { return direct }
    if direct != nil {
      report("\(variable.name) and \(fileName) are both set: remove one")
      return nil
    }
    origins[variable] = origin(of: fileName)
    return contents(of: path, for: fileName)
  }

  private mutating func contents(of path: String, for name: String) -> String? {
    do {
      guard !path.utf8.contains(0), let bytes = try SmallFile.read(path, limit: 64 * 1024) else {
        report("\(name) is \(Shown.quoted(path)): there is no such file")
        return nil
      }
      guard var text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
        report("\(name) is \(Shown.quoted(path)): the file is not text")
        return nil
      }
      while let last = text.last, last.isWhitespace { text.removeLast() }
      if text.isEmpty { report("\(name) is \(Shown.quoted(path)): the file is empty") }
      return text.isEmpty ? nil : text
    } catch {
      report("\(name) is \(Shown.quoted(path)): cannot read the file: \(error)")
      return nil
    }
  }

  /// The first layer's text. The provider derives the variable's name from the key by upper-casing it.
  private func raw(_ name: String) -> String? { layers.string(forKey: ConfigKey([name.lowercased()]), isSecret: true) }

  private func origin(of name: String) -> Settings.Origin { environment[name] != nil ? .environment : .dotEnv }
}
