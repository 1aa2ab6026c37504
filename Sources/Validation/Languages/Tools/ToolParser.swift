// How a language's own parser is spoken to: many samples to one start. There are two ways. A script (`ScriptParser`) is a program for
// an interpreter that reads JSON and answers JSON. A compiler (`FileParser`) gets a folder of files and answers with lines
// `FILE:LINE:COLUMN: MESSAGE`. Both parse and never execute.

import Domain
import FoundationEssentials

/// A language's own parser.
protocol ToolParser: Sendable {
  /// The program that is started; also what a skip names when it is missing.
  var tool: String { get }
  /// Part of the name of what is kept about a sample: another text when the parser's program or its arguments change.
  var revision: String { get }
  /// One answer for each request, in order.
  func answers(_ requests: [ParserRequest], tools: any ToolRunner) throws(ToolError) -> [ParserAnswer]
}

/// One sample for a parser.
struct ParserRequest: Hashable, Encodable {
  /// Texts; the sample is right when one of them parses.
  var readings: [String]
  /// It stands for itself.
  var whole: Bool
  /// The normalised name under which it was shown.
  var language: String
}

/// What a parser says of a sample.
enum ParserAnswer: Hashable {
  case parses
  /// What is wrong in each reading; at least one.
  case fails([Complaint])
  case unjudged(Skip.Reason, String)
}

/// What a parser says of one reading.
struct Complaint: Hashable, Codable {
  /// Which of the readings.
  var reading: Int
  /// 1-based.
  var line: Int
  /// Byte columns from 0; nil: the line.
  var start: Int?
  var end: Int?
  /// One line.
  var message: String

  /// The same, where the reading is counted from another one.
  func later(by readings: Int) -> Complaint {
    var result = self
    result.reading += readings
    return result
  }
}

extension ToolRunner {
  /// As `run`, with everything else that may be thrown named.
  func result(_ tool: String, _ call: () throws -> ToolResult) throws(ToolError) -> ToolResult {
    do { return try call() } catch let error as ToolError { throw error } catch { throw .failed("\(tool) could not be asked") }
  }
}

/// A program for an interpreter: JSON in, JSON out.
struct ScriptParser: ToolParser {
  let tool: String
  /// With the program's text among them.
  let arguments: [String]
  var timeout: Duration = .seconds(20)

  var revision: String { arguments.joined(separator: " ") }

  private struct Requests: Encodable { var samples: [ParserRequest] }

  private struct Answer: Decodable {
    var failures: [Complaint]?
    /// Why it could not be judged at all.
    var unjudged: String?
    /// What else would have to be installed.
    var missing: String?
  }

  func answers(_ requests: [ParserRequest], tools: any ToolRunner) throws(ToolError) -> [ParserAnswer] {
    guard let input = try? JSONEncoder().encode(Requests(samples: requests)) else { throw .failed("the samples cannot be written as JSON") }
    let result = try tools.result(tool) { try tools.run(tool: tool, arguments: arguments, input: [UInt8](input), timeout: timeout) }
    guard result.status == 0 else { throw .failed("\(tool) ended with status \(result.status)") }
    guard let answers = try? JSONDecoder().decode([Answer].self, from: Data(result.output)), answers.count == requests.count else {
      throw .failed("\(tool) gave no readable answer")
    }
    return zip(answers, requests).map { Self.read($0, readings: $1.readings.count) }
  }

  private static func read(_ answer: Answer, readings: Int) -> ParserAnswer {
    if let missing = answer.missing { return .unjudged(.toolMissing, "\(missing) is not installed") }
    if let reason = answer.unjudged { return .unjudged(.tooLarge, reason) }
    let failures = (answer.failures ?? []).filter { $0.reading >= 0 && $0.reading < readings }
    return failures.isEmpty ? .parses : .fails(failures)
  }
}
