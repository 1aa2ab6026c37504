// Compilers parse files. The readings of many samples travel as one tar archive on standard input; a shell script in the sandbox
// unpacks it, starts the compiler once for all files, and keeps of its messages the lines `FILE:LINE:COLUMN: MESSAGE`.

import Domain

/// A compiler that parses many files at one start. One file more than there are samples is wrong on purpose: only when the compiler says so
/// did it come to the end, and what it did not complain about is right.
struct FileParser: ToolParser {
  /// What a compiler counts in columns.
  enum Columns: Sendable { case bytes, scalars }

  let tool: String
  let fileExtension: String
  /// A further file of the folder.
  var companion: (name: String, text: String)?
  /// Shell lines that start `"$1"` on `*.EXT`, whose names stand in `names` in their order, and write its output to `messages`.
  let command: String
  /// The text that is wrong on purpose.
  let canary: String
  /// An extended regular expression of messages that matter, after `FILE:LINE:COLUMN: `.
  var pattern = ""
  /// Messages that are no mistakes of syntax, by what they contain.
  var ignored: [String] = []
  /// How what a compiler adds to a message begins.
  var labels: [String] = []
  var columns = Columns.bytes
  var timeout: Duration = .seconds(30)

  var revision: String { script + ignored.joined() + (companion?.text ?? "") + canary }

  /// More output than this is cut, and then the samples are asked again in smaller parts.
  private static let maximumOutput = 900_000

  /// `$1` is the tool.
  private var script: String {
    """
    work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT && cd "$work" && tar xf - || exit 126
    \(command)
    grep -aE '^[./]*[0-9]+_[0-9]+\\.\(fileExtension):[0-9]+:[0-9]+: \(pattern)' messages | cut -c 1-400 | head -c \(Self.maximumOutput)
    exit 0
    """
  }

  func answers(_ requests: [ParserRequest], tools: any ToolRunner) throws(ToolError) -> [ParserAnswer] {
    let all = requests + [ParserRequest(readings: [canary], whole: true, language: "")]
    let input = archive(of: all)
    let result = try tools.result(tool) { try tools.run(script: script, tool: tool, input: input, timeout: timeout) }
    guard result.status == 0, result.output.count < Self.maximumOutput else { throw .failed("\(tool) ended with status \(result.status)") }
    let found = complaints(result.output, all)
    guard found[requests.count] != nil else { throw .failed("\(tool) did not come to an end") }
    return requests.indices.map { sample in
      guard let complaints = found[sample], complaints.count == requests[sample].readings.count else { return .parses }
      return .fails(complaints.values.sorted { $0.reading < $1.reading })
    }
  }

  private func archive(of requests: [ParserRequest]) -> [UInt8] {
    var archive = TarArchive()
    var names: [UInt8] = []
    for (number, request) in requests.enumerated() {
      for (reading, text) in request.readings.enumerated() {
        names += Array("\(number)_\(reading).\(fileExtension)\n".utf8)
        archive.add("\(number)_\(reading).\(fileExtension)", Array(text.utf8))
      }
    }
    archive.add("names", names)
    if let companion { archive.add(companion.name, Array(companion.text.utf8)) }
    return archive.finish()
  }

  /// The first complaint about each reading of each sample.
  private func complaints(_ output: [UInt8], _ requests: [ParserRequest]) -> [Int: [Int: Complaint]] {
    var first: [Int: [Int: Complaint]] = [:]
    for line in output.split(separator: 0x0A) {
      guard let (sample, complaint) = Message(line).complaint, first[sample]?[complaint.reading] == nil else { continue }
      guard requests.indices.contains(sample), requests[sample].readings.indices.contains(complaint.reading) else { continue }
      if ignored.contains(where: complaint.message.contains) { continue }
      first[sample, default: [:]][complaint.reading] = withoutLabel(inBytes(complaint, requests[sample].readings[complaint.reading]))
    }
    return first
  }

  private func withoutLabel(_ complaint: Complaint) -> Complaint {
    var result = complaint
    for label in labels {
      guard let start = result.message.firstRange(of: label)?.lowerBound, start > result.message.startIndex else { continue }
      result.message = String(result.message[..<start])
    }
    return result
  }

  /// From a column in scalars to one in bytes, where the compiler counts so.
  private func inBytes(_ complaint: Complaint, _ text: String) -> Complaint {
    guard columns == .scalars, let start = complaint.start else { return complaint }
    let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.indices.contains(complaint.line - 1) else { return complaint }
    var result = complaint
    result.start = String(decoding: lines[complaint.line - 1], as: UTF8.self).unicodeScalars.prefix(start).reduce(0) { $0 + $1.utf8.count }
    return result
  }
}

/// One line `SAMPLE_READING.EXT:LINE:COLUMN: error: MESSAGE` of a compiler.
private struct Message {
  private let parts: [ArraySlice<UInt8>]

  init(_ line: ArraySlice<UInt8>) { parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 3) }

  var complaint: (sample: Int, Complaint)? {
    guard parts.count == 4, let line = Self.number(parts[1]), let column = Self.number(parts[2]), column > 0 else { return nil }
    let name = parts[0].drop { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }.split { $0 == 0x5F || $0 == UInt8(ascii: ".") }
    guard name.count == 3, let sample = Self.number(name[0]), let reading = Self.number(name[1]) else { return nil }
    var message = String(decoding: parts[3], as: UTF8.self).drop { $0 == " " }
    if message.hasPrefix("error"), let colon = message.firstIndex(of: ":") {
      message = message[message.index(after: colon)...].drop { $0 == " " }
    }
    return (sample, Complaint(reading: reading, line: line, start: column - 1, end: nil, message: String(message)))
  }

  private static func number(_ text: ArraySlice<UInt8>) -> Int? { Int(String(decoding: text, as: UTF8.self)) }
}

/// A tar archive (POSIX ustar) of small files with short names.
struct TarArchive {
  private var bytes: [UInt8] = []

  mutating func add(_ name: String, _ content: [UInt8]) {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) { header.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8) }
    func octal(_ number: Int, digits: Int) -> String {
      let text = String(number, radix: 8)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    put(String(name.prefix(99)), at: 0)
    put("0000644", at: 100)
    put("0000000", at: 108)
    put("0000000", at: 116)
    put(octal(content.count, digits: 11), at: 124)
    put("00000000000", at: 136)
    put("        0", at: 148)
    put("ustar\u{0}00", at: 257)
    put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\u{0} ", at: 148)
    bytes += header + content
    bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  /// The archive with its end mark.
  consuming func finish() -> [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }
}
