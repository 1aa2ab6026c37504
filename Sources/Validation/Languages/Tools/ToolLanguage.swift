// Languages that their own tool judges. Such a language says how a sample may be read and which complaints are doubtful; the rest is
// the same for all and stands here: many samples to one start, halves where the tool fails, the place of the error in the sample.

import Domain

/// A language that its own tool judges.
protocol ToolLanguage: Language {
  var parser: any ToolParser { get }
  /// The readings of a sample, the most literal first, at least one; or why it cannot be judged.
  func readings(of sample: Sample) -> Result<[Reading], Unreadable>
  /// Why a complaint about a fragment is more likely about a way of writing than about a mistake; nil when it is about a mistake.
  func doubt(about complaint: SampleComplaint, in sample: Sample) -> String?
  /// The most literal reading's complaint is shown, not that of the reading that understands most of the sample.
  var showsFirst: Bool { get }
}

extension ToolLanguage {
  var showsFirst: Bool { false }
  var tool: String? { parser.tool }
  var revision: String { parser.revision }

  func judge(_ samples: [Sample], tools: (any ToolRunner)?) -> [SyntaxVerdict] { judgeWithTool(samples, tools: tools) }

  /// Judges all samples with the tool.
  func judgeWithTool(_ samples: [Sample], tools: (any ToolRunner)?) -> [SyntaxVerdict] {
    guard !samples.isEmpty else { return [] }
    guard let tools else { return samples.map { _ in .unjudged(.toolMissing, "\(parser.tool) cannot be started here") } }
    var run = SampleRun(samples, language: self, tools: tools)
    return run.verdicts()
  }
}

/// A complaint, and where in the sample it is.
struct SampleComplaint {
  let complaint: Complaint
  let reading: Reading
  /// The line of the sample, from 0; the last one for what is behind the end.
  let line: Int
  /// The parser read the sample to its end and wanted more.
  let isAtEnd: Bool
  /// Bytes of the sample.
  let range: Range<Int>

  init(_ complaint: Complaint, _ reading: Reading, in sample: Sample) {
    self.complaint = complaint
    self.reading = reading
    let index = LineIndex(sample.code)
    let number = complaint.line - reading.linesBefore
    let last = reading.removed.indices.last { !LineText.isBlank(reading.lines[$0 + reading.linesBefore]) } ?? 0
    line = min(max(0, number - 1), index.starts.count - 1)
    let lastLine = reading.lines[last + reading.linesBefore]
    let lastEnd = lastLine.count - lastLine.reversed().prefix { $0 <= 0x20 }.count
    isAtEnd = number - 1 > last || number - 1 == last && complaint.start.map { $0 >= lastEnd } ?? false
    guard !isAtEnd else {
      range = sample.code.count..<sample.code.count
      return
    }
    let span = Self.content(of: index.span(ofLine: line + 1), in: sample)
    let removed = reading.removed.indices.contains(line) ? reading.removed[line] : 0
    let start = number < 1 ? span.start : min(span.end, span.start + removed + max(0, complaint.start ?? 0))
    let end = number < 1 ? start : complaint.end.map { min(span.end, span.start + removed + max(0, $0)) } ?? start
    range = end > start ? start..<end : Self.token(at: start, in: sample)
  }

  /// The line without its line ending.
  private static func content(of span: Span, in sample: Sample) -> Span {
    var end = span.end
    while end > span.start, sample.code[end - 1] == 0x0A || sample.code[end - 1] == 0x0D { end -= 1 }
    return Span(span.start, end)
  }

  /// The name at a place, or the one mark there; at the end of a line the last mark before it.
  private static func token(at start: Int, in sample: Sample) -> Range<Int> {
    let code = sample.code
    var end = start
    while end < code.count, LineText.isNameByte(code[end]) { end += 1 }
    if end > start { return start..<end }
    if start < code.count, code[start] > 0x20 { return start..<(start + 1) }
    var last = start
    while last > 0, code[last - 1] <= 0x20 { last -= 1 }
    guard last > 0 else { return start..<min(code.count, start + 1) }
    var first = last - 1
    while first > 0, code[first] & 0xC0 == 0x80 { first -= 1 }
    return first..<last
  }
}

/// The work on one list of samples.
struct SampleRun {
  /// Samples to one start of the tool, and bytes of their readings.
  private static let batch = 1000
  private static let batchBytes = 4 << 20
  /// Larger samples are not judged.
  private static let maximumBytes = 1 << 20
  /// A batch that fails is halved until the sample that breaks the tool stands alone; so often at most.
  private static let failuresAllowed = 24
  /// Readings that are asked first. Nearly all samples parse in one of them; only what does not is asked in the others.
  private static let firstReadings = 3

  private struct Item {
    var index: Int
    var readings: [Reading]
    /// Which of the readings are asked now.
    var asked: Range<Int>
    /// What was said of the readings before.
    var complaints: [Complaint] = []

    var bytes: Int { asked.reduce(0) { $0 + readings[$1].lines.reduce(0) { $0 + $1.count + 1 } } }
  }

  private let samples: [Sample]
  private let language: any ToolLanguage
  private let tools: any ToolRunner
  private var failures = 0
  /// What every further start would meet as well.
  private var obstacle: SyntaxVerdict?
  private var results: [SyntaxVerdict]
  /// What did not parse in its first readings.
  private var undecided: [Item] = []

  init(_ samples: [Sample], language: any ToolLanguage, tools: any ToolRunner) {
    self.samples = samples
    self.language = language
    self.tools = tools
    results = samples.map { _ in .valid }
  }

  /// One for each sample. What is broken as a whole is asked once more in its paragraphs: one block often shows several pieces of code.
  mutating func verdicts() -> [SyntaxVerdict] {
    judge(Array(samples.indices))
    let parts = Paragraphs.of(samples, where: { index in if case .broken = results[index] { !samples[index].isWhole } else { false } })
    guard !parts.isEmpty, obstacle == nil else { return results }
    var run = SampleRun(parts.flatMap(\.pieces), language: language, tools: tools)
    run.judge(Array(run.samples.indices))
    var next = 0
    for part in parts {
      let verdicts = run.results[next..<(next + part.pieces.count)]
      next += part.pieces.count
      if !verdicts.contains(where: { if case .broken = $0 { true } else { false } }) { results[part.sample] = .valid }
    }
    return results
  }

  private mutating func judge(_ indices: [Int]) {
    undecided = []
    judgeInBatches(indices.compactMap { prepare($0) })
    let rest = undecided
    undecided = []
    judgeInBatches(rest)
  }

  private mutating func judgeInBatches(_ all: [Item]) {
    var items: [Item] = []
    var bytes = 0
    for item in all {
      let size = item.bytes
      if !items.isEmpty, items.count >= Self.batch || bytes + size > Self.batchBytes {
        judge(items[...])
        (items, bytes) = ([], 0)
      }
      items.append(item)
      bytes += size
    }
    judge(items[...])
  }

  private mutating func prepare(_ index: Int) -> Item? {
    let sample = samples[index]
    guard sample.text != nil else {
      results[index] = .unjudged(.notText, "the sample is not UTF-8")
      return nil
    }
    guard sample.code.count <= Self.maximumBytes else {
      results[index] = .unjudged(.tooLarge, "the sample has more than \(Self.maximumBytes) bytes")
      return nil
    }
    switch language.readings(of: sample) {
    case .success(let readings): return Item(index: index, readings: readings, asked: 0..<min(readings.count, Self.firstReadings))
    case .failure(let reason):
      results[index] = .unjudged(.fragment, reason.detail)
      return nil
    }
  }

  private mutating func judge(_ items: ArraySlice<Item>) {
    guard !items.isEmpty else { return }
    if let obstacle { return items.forEach { results[$0.index] = obstacle } }
    do {
      let requests = items.map {
        ParserRequest(
          readings: $0.readings[$0.asked].map(\.text), whole: samples[$0.index].isWhole, language: samples[$0.index].language)
      }
      for (item, answer) in zip(items, try language.parser.answers(requests, tools: tools)) { note(answer, item) }
    } catch {
      recover(items, error)
    }
  }

  private mutating func recover(_ items: ArraySlice<Item>, _ error: ToolError) {
    failures += 1
    let tool = language.parser.tool
    switch error {
    case .missing(let tool): obstacle = .unjudged(.toolMissing, "\(tool) is not installed")
    case .noSandbox: obstacle = .unjudged(.noSandbox, "\(tool) was not started: there is no sandbox")
    case .timedOut, .failed:
      let middle = items.startIndex + items.count / 2
      if items.count > 1, failures <= Self.failuresAllowed {
        judge(items[..<middle])
        return judge(items[middle...])
      }
    }
    let reason: Skip.Reason = error == .timedOut ? .timedOut : .fragment
    let verdict = obstacle ?? .unjudged(reason, "\(tool) does not come to an end with this sample")
    for item in items { results[item.index] = verdict }
  }

  private mutating func note(_ answer: ParserAnswer, _ item: Item) {
    switch answer {
    case .parses: results[item.index] = .valid
    case .unjudged(let reason, let detail): results[item.index] = .unjudged(reason, detail)
    case .fails(let complaints):
      var item = item
      item.complaints += complaints.map { $0.later(by: item.asked.lowerBound) }
      item.asked = item.asked.upperBound..<item.readings.count
      if item.asked.isEmpty { results[item.index] = verdict(item) } else { undecided.append(item) }
    }
  }

  private func verdict(_ item: Item) -> SyntaxVerdict {
    let sample = samples[item.index]
    let places = item.complaints.filter { item.readings.indices.contains($0.reading) }
      .map { SampleComplaint($0, item.readings[$0.reading], in: sample) }
    guard let best = language.showsFirst ? places.first : Self.furthest(places) else { return .valid }
    if !sample.isWhole, let reason = language.doubt(about: best, in: sample) { return .unjudged(.fragment, reason) }
    return .broken(
      SyntaxProblem(range: best.isAtEnd ? Self.bracket(in: sample) ?? best.range : best.range, message: best.complaint.message))
  }

  /// The bracket that closes too much or another one than it should: a parser notices it later.
  private static func bracket(in sample: Sample) -> Range<Int>? {
    guard !sample.isWhole, let balance = sample.balance else { return nil }
    return (balance.crossed?.close ?? balance.unexpected.first).map { $0..<($0 + 1) }
  }

  /// The reading that understands most of the sample is what its author meant; the most literal one of equals.
  private static func furthest(_ places: [SampleComplaint]) -> SampleComplaint? {
    var best: SampleComplaint?
    for place in places where best.map({ place.range.lowerBound > $0.range.lowerBound }) ?? true { best = place }
    return best
  }
}

/// Samples cut at the blank lines that stand outside all brackets.
private struct Paragraphs {
  var sample: Int
  var pieces: [Sample]

  static func of(_ samples: [Sample], where isWanted: (Int) -> Bool) -> [Paragraphs] {
    samples.indices.filter(isWanted).compactMap { index in
      let pieces = pieces(of: samples[index])
      return pieces.count > 1 ? Paragraphs(sample: index, pieces: pieces) : nil
    }
  }

  private static func pieces(of sample: Sample) -> [Sample] {
    let blanks = sample.balance?.blankLines ?? []
    var pieces: [Sample] = []
    var start = 0
    for blank in blanks + [sample.code.count] {
      let code = Array(sample.code[start..<blank])
      if !LineText.isBlank(code.lazy.filter { $0 != 0x0A }) { pieces.append(Sample(code: code, language: sample.language, isWhole: false)) }
      start = blank
    }
    return pieces
  }
}
