// What a forge's published schema says of a request: which fields it has, of which type, how long they may be. A field that the
// schema does not name is refused too, which the forges do not do: a client that sends one is mistaken about something.

/// The shape of a JSON value.
indirect enum FakeShape: Sendable {
  case string(limit: Int = 65_535)
  case objectName
  case integer(ClosedRange<Int> = 1...Int.max)
  case boolean
  case time
  case address
  case oneOf([String])
  case array(FakeShape, limit: Int)
  case object([FakeField])

  /// What is wrong with a value at `path`; empty when nothing is.
  func problems(_ value: JSON, at path: String) -> [FakeProblem.Field] {
    let wrong = { (why: String) in [FakeProblem.Field(field: path, code: "invalid", message: why)] }
    switch (self, value) {
    case (.string(let limit), .string(let text)):
      return text.unicodeScalars.count <= limit ? [] : wrong("\(path) is too long (maximum is \(limit) characters)")
    case (.objectName, .string(let text)):
      return text.utf8.count == 40 && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) } ? [] : wrong("\(path) is not a SHA")
    case (.integer(let range), .number(let number)): return range.contains(number) ? [] : wrong("\(path) is out of range")
    case (.boolean, .bool): return []
    case (.time, .string(let text)):
      return text.utf8.count == 20 && text.hasSuffix("Z") && Array(text.utf8)[10] == 0x54 ? [] : wrong("\(path) is not a time")
    case (.address, .string(let text)): return text.hasPrefix("http://") || text.hasPrefix("https://") ? [] : wrong("\(path) is not a URL")
    case (.oneOf(let words), .string(let word)): return words.contains(word) ? [] : wrong("\(path) must be one of \(words)")
    case (.array(let shape, let limit), .array(let items)):
      if items.count > limit { return wrong("no more than \(limit) items allowed; \(items.count) were supplied") }
      return items.enumerated().flatMap { shape.problems($1, at: "\(path)[\($0)]") }
    case (.object(let fields), .object(let members)): return FakeField.problems(fields, members, at: path)
    default: return wrong("\(path) has the wrong type")
    }
  }
}

/// One member of an object, or one query parameter.
struct FakeField: Sendable {
  let name: String
  let shape: FakeShape
  let isRequired: Bool

  static func required(_ name: String, _ shape: FakeShape = .string()) -> FakeField {
    FakeField(name: name, shape: shape, isRequired: true)
  }
  static func optional(_ name: String, _ shape: FakeShape = .string()) -> FakeField {
    FakeField(name: name, shape: shape, isRequired: false)
  }

  static func problems(_ fields: [FakeField], _ members: [String: JSON], at path: String = "") -> [FakeProblem.Field] {
    let prefix = path.isEmpty ? "" : path + "."
    var found: [FakeProblem.Field] = []
    for field in fields {
      if let value = members[field.name] {
        found += field.shape.problems(value, at: prefix + field.name)
      } else if field.isRequired {
        found.append(FakeProblem.Field(field: prefix + field.name, code: "missing_field", message: "\(prefix + field.name) is missing"))
      }
    }
    for name in members.keys.sorted() where !fields.contains(where: { $0.name == name }) {
      found.append(FakeProblem.Field(field: prefix + name, code: "unknown_field", message: "\(prefix + name) is not a permitted key"))
    }
    return found
  }
}

/// An answer that is no success.
struct FakeProblem: Error {
  struct Field: Sendable {
    var field: String
    var code: String
    var message: String
  }
  var status: Int
  var message: String
  var fields: [Field] = []

  init(_ status: Int, _ message: String, _ fields: [Field] = []) {
    self.status = status
    self.message = message
    self.fields = fields
  }

  static let notFound = FakeProblem(404, "Not Found")

  static func invalid(_ field: String, _ message: String, code: String = "invalid") -> FakeProblem {
    FakeProblem(422, "Validation Failed", [Field(field: field, code: code, message: message)])
  }
}
