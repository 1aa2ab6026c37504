// The scanner must say exactly what a full JSON parser says.

import Foundation
import Testing

@testable import Forges

@Suite struct PayloadScannerTests {
  @Test(arguments: [
    (#""#, JSONProblem.Reason.empty, 0), ("  ", .empty, 2), ("[]", .notAnObject, 0), ("payload", .notAnObject, 0),
    ("\u{FEFF}{}", .notAnObject, 0), (#"{"a":}"#, .value, 5), (#"{"a"}"#, .colon, 4), (#"{a:1}"#, .key, 1), (#"{"a":1,}"#, .key, 7),
    (#"{"a":1 "b":2}"#, .separator, 7), (#"{"a":[1,]}"#, .value, 8), (#"{"a":"x"#, .string, 7), (#"{"a":"\"#, .string, 6),
    ("{\"a\":\"\n\"}", .control, 6), (#"{"a":"\x"}"#, .escape, 6), (#"{"a":"\u12g4"}"#, .escape, 6), (#"{"a":"\ud800"}"#, .surrogate, 6),
    (#"{"a":"\udc00"}"#, .surrogate, 6), (#"{"a":"\ud800\u0041"}"#, .surrogate, 6), (#"{"a":01}"#, .separator, 6),
    (#"{"a":-}"#, .number, 5),
    (#"{"a":1.}"#, .number, 7), (#"{"a":1e+}"#, .number, 8), (#"{"a":+1}"#, .value, 5), (#"{"a":NaN}"#, .value, 5),
    (#"{"a":tru}"#, .value, 5),
    (#"{} {}"#, .trailing, 3), (#"{}}"#, .trailing, 2), (#"{"a":1"#, .separator, 6), ("{", .key, 1), (#"{"a":nul"#, .value, 5),
  ])
  func malformed(_ text: String, _ reason: JSONProblem.Reason, _ offset: Int) {
    #expect(throws: JSONProblem(offset: offset, reason: reason)) { try PayloadScanner.check(Array(text.utf8)) }
  }

  @Test(arguments: [
    [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF0, 0x80, 0x80, 0x80],
    [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
  ])
  func notUTF8(_ bytes: [UInt8]) {
    #expect(throws: JSONProblem.self) { try PayloadScanner.check(Array(#"{"a":""#.utf8) + bytes + Array(#""}"#.utf8)) }
  }

  @Test(arguments: ["{}", " {\t\r\n} ", #"{"":0}"#, #"{"a":-0.5e+10,"b":[[],{}],"c":"\u00e9\ud83d\ude80é🚀\/","d":null,"e":[true,false]}"#])
  func wellFormed(_ text: String) throws { try PayloadScanner.check(Array(text.utf8)) }

  @Test func depthIsBounded() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((#"{"a":"# + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1) + "}").utf8)
    }
    try PayloadScanner.check(nested(PayloadScanner.maximumDepth))
    #expect(throws: JSONProblem.self) { try PayloadScanner.check(nested(PayloadScanner.maximumDepth + 1)) }
    #expect(throws: JSONProblem.self) { try PayloadScanner.check(nested(1_000_000)) }
  }

  @Test func stringsByPath() throws {
    let text = #"""
      {"ref":"refs/heads/é\n","repository":{"full_name":"a/b","owner":{"login":"x"}},"n":1,"list":[{"ref":"no"}],
       "re\u0066":"second","escaped\"key":"k"}
      """#
    let paths = [
      ["ref"], ["repository", "full_name"], ["repository", "owner", "login"], ["n"], ["list", "ref"], ["missing"], ["escaped\"key"],
    ]
    let found = try PayloadScanner.strings(at: paths, in: Array(text.utf8))
    #expect(found == ["refs/heads/é\n", "a/b", "x", nil, nil, nil, "k"])
    #expect(throws: JSONProblem.self) { try PayloadScanner.strings(at: paths, in: Array((text + "x").utf8)) }
  }

  @Test(arguments: Fixture.all) func stringsOfFixturesAreTheDecoders(_ fixture: Fixture) throws {
    struct Payload: Decodable {
      struct Repository: Decodable { let full_name: String? }
      let ref: String?
      let repository: Repository?
    }
    guard let expected = try? JSONDecoder().decode(Payload.self, from: Data(fixture.body)) else { return }
    let found = try PayloadScanner.strings(at: [["ref"], ["repository", "full_name"]], in: fixture.body)
    #expect(found == [expected.ref, expected.repository?.full_name])
  }

  /// Random documents, whole and damaged, in chunks of every alignment: the scanner and Foundation's decoder agree.
  @Test func agreesWithJSONDecoder() {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    var accepted = 0
    for round in 0..<4000 {
      var bytes = Array(document(&random, depth: 0).utf8)
      if !round.isMultiple(of: 3) { damage(&bytes, &random) }
      let ours = (try? PayloadScanner.checkValue(bytes)) != nil
      let theirs = decoderAccepts(bytes)
      accepted += ours ? 1 : 0
      if ours, !theirs, hasNumberThatOnlyTheDecoderRefuses(bytes) { continue }
      if !ours, theirs, hasFinalComma(bytes) { continue }
      #expect(ours == theirs, "\(String(reflecting: String(decoding: bytes, as: UTF8.self))) (seed \(seed), round \(round))")
    }
    #expect((1000...3900).contains(accepted), "both kinds of documents must occur (seed \(seed))")
  }

  private func decoderAccepts(_ bytes: [UInt8]) -> Bool {
    // The decoder looks for UTF-16 and UTF-32 and skips a byte order mark; RFC 8259 has JSON between systems in UTF-8 only.
    if bytes.prefix(4).contains(0) || bytes.starts(with: [0xEF, 0xBB, 0xBF]) || bytes.starts(with: [0xFF, 0xFE]) { return false }
    do {
      _ = try JSONDecoder().decode(AnyJSON.self, from: Data(bytes))
      return true
    } catch {
      return false
    }
  }

  /// Foundation refuses `0e3` and numbers outside of Double's range; RFC 8259 has both.
  private func hasNumberThatOnlyTheDecoderRefuses(_ bytes: [UInt8]) -> Bool {
    String(decoding: bytes, as: UTF8.self).contains(/(^|[^0-9.])0[eE]|[eE][+-]?[0-9]{3}|[0-9]{300}/)
  }

  /// Foundation passes over a comma before the end of a list or an object; RFC 8259 has none.
  private func hasFinalComma(_ bytes: [UInt8]) -> Bool { String(decoding: bytes, as: UTF8.self).contains(/,[ \t\n]*[\]}]/) }

  /// Names are unique: the decoder never looks at a value whose name comes twice.
  private func document(_ random: inout SeededRandom, depth: Int) -> String {
    func blanks() -> String { [" ", "", "", "\n", "\t"].randomElement(using: &random) ?? "" }
    let count = Int.random(in: 0..<5, using: &random)
    switch Int.random(in: 0..<(depth > 4 ? 4 : 7), using: &random) {
    case 0: return ["true", "false", "null"].randomElement(using: &random) ?? ""
    case 1: return ["0", "-1", "12.5", "1e3", "-0.25E-2", "123456789"].randomElement(using: &random) ?? ""
    case 2, 3: return string(&random)
    case 4: return "[" + (0..<count).map { _ in blanks() + document(&random, depth: depth + 1) + blanks() }.joined(separator: ",") + "]"
    default:
      return "{"
        + (0..<count).map { _ in
          blanks() + string(&random, suffix: "\(random.next())") + blanks() + ":" + blanks() + document(&random, depth: depth + 1)
        }
        .joined(separator: ",") + "}"
    }
  }

  private func string(_ random: inout SeededRandom, suffix: String = "") -> String {
    let parts = [
      "a", "repository", "é", "漢字", "🚀", #"\n"#, #"\""#, #"\\"#, #"\u00e9"#, #"\ud83d\ude80"#, "/", "https://example.org/x?y=z", " ",
    ]
    return "\"" + (0..<Int.random(in: 0..<6, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }.joined() + suffix
      + "\""
  }

  private func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    let interesting: [UInt8] = Array("{}[]\",:\\u0-+.eEtfn/ \n".utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xC2, 0xE0, 0xED, 0xF0, 0xFF]
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: 0..<bytes.count, using: &random)
    let byte = interesting.randomElement(using: &random) ?? 0
    switch Int.random(in: 0..<4, using: &random) {
    case 0: bytes[place] = byte
    case 1: bytes.remove(at: place)
    case 2: bytes.insert(byte, at: place)
    default: bytes.removeSubrange(place...)
    }
  }
}

/// Any JSON value, decoded whole.
private enum AnyJSON: Decodable {
  case leaf
  case list([AnyJSON])
  case object([String: AnyJSON])

  init(from decoder: any Decoder) throws {
    let single = try decoder.singleValueContainer()
    if single.decodeNil() || (try? single.decode(Bool.self)) != nil {
      self = .leaf
    } else if (try? decoder.unkeyedContainer()) != nil {
      self = .list(try single.decode([AnyJSON].self))
    } else if (try? decoder.container(keyedBy: AnyKey.self)) != nil {
      self = .object(try single.decode([String: AnyJSON].self))
    } else if (try? single.decode(String.self)) != nil {
      self = .leaf
    } else {
      _ = try single.decode(Double.self)
      self = .leaf
    }
  }

  private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
