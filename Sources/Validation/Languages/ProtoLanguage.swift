// Protocol Buffers samples: brackets, strings and comments.

import Domain

struct ProtoLanguage: ScannedLanguage {
  let name = "proto"
  let names = ["proto"]

  private static let grammar = BracketGrammar(
    quotes: [.init(byte: UInt8(ascii: "\"")), .init(byte: UInt8(ascii: "'"))], hasSlashComments: true)

  func mistake(in sample: Sample) -> Mistake? { Self.grammar.mistake(in: sample.code) }
}
