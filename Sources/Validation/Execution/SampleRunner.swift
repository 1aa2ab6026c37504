// Runs the samples of documents, language by language, and says what came of each. In order: which samples are to be run at all; what
// is known already of the same samples beside the same code; the rest in one start for each document and language. A sample whose
// output is not the shown one is run again: what comes out differently each time is nobody's mistake.
//
// What fails for want of something (a package, the network, a file, a name of an earlier sample) is no finding: the sample is left
// with the reason, and a reader of the report can see that it was.

import Documents
import Domain
import SourceCode
import Synchronization

/// Runs samples. A value; use it from any thread.
public struct SampleRunner: Sendable {
  /// The status of a program that was ended because its time was over.
  static let timedOut: Int32 = 124

  private let host: any SampleHost
  private let settings: ExecutionSettings
  private let cache: ExecutionCache
  private let resolver: Resolver

  /// - Parameters:
  ///   - resolver: of the checkout that the host shows; tells which packages are the repository's own.
  ///   - cache: may serve many runners.
  public init(host: any SampleHost, settings: ExecutionSettings, resolver: Resolver, cache: ExecutionCache = ExecutionCache()) {
    self.host = host
    self.settings = settings
    self.resolver = resolver
    self.cache = cache
  }

  /// What came of a document's samples, by their ids; what was not run is among the skips.
  func verdicts(of document: Document, _ skips: inout [Skip]) -> [String: ExecutionVerdict] {
    var verdicts: [String: ExecutionVerdict] = [:]
    for (language, samples) in RunnableSample.select(from: document, settings).sorted(by: { $0.key < $1.key }) {
      verdicts.merge(run(samples, language)) { first, _ in first }
    }
    note(verdicts, document, &skips)
    return verdicts
  }

  private func run(_ samples: [RunnableSample], _ language: String) -> [String: ExecutionVerdict] {
    guard let settings = settings.languages[language], let runner = Self.runner(of: language) else { return [:] }
    let context = ExecutionContext(host: host, settings: settings, resolver: resolver)
    let key = cacheKey(samples, language, settings)
    if let known = cache.verdicts(for: key) {
      return zip(samples, known).reduce(into: [:]) { $0[$1.0.id] = $1.1?.placed(in: $1.0) }
    }
    var verdicts = runner.run(samples, context)
    let changed = verdicts.filter { if case .differs = $0.value { true } else { false } }
    if !changed.isEmpty {
      let again = runner.run(samples, context)
      for (id, first) in changed where again[id] != first {
        verdicts[id] = .unjudged(.notExecuted, "its output is another one each time")
      }
    }
    if !verdicts.values.contains(where: Self.isPassing) { cache.store(samples.map { verdicts[$0.id] }, for: key) }
    return verdicts
  }

  /// Whether the reason may be gone when it is tried again, beside the same code.
  private static func isPassing(_ verdict: ExecutionVerdict) -> Bool {
    if case .unjudged(let reason, _) = verdict { return [.toolMissing, .noSandbox, .manualReview].contains(reason) }
    return false
  }

  private func cacheKey(_ samples: [RunnableSample], _ language: String, _ settings: ExecutionSettings.Language) -> String {
    var hash = ContentHash()
    hash.add(host.contentID)
    hash.add("\(language) \(settings.timeout ?? 0) \(settings.dependencies.joined(separator: " "))")
    for sample in samples {
      hash.add("\(sample.language) \(sample.isIsolated)")
      hash.add(sample.code)
      hash.add(sample.expected?.text ?? "")
    }
    return hash.hex
  }

  static func runner(of language: String) -> (any LanguageRunner)? {
    switch language {
    case "python": PythonRunner()
    case "bash": ShellRunner()
    case "javascript": NodeRunner()
    case "c", "cpp", "rust", "swift", "go", "ruby": ProgramRunner(language: language)
    default: nil
    }
  }

  private func note(_ verdicts: [String: ExecutionVerdict], _ document: Document, _ skips: inout [Skip]) {
    for snippet in document.snippets {
      guard case .unjudged(let reason, let detail)? = verdicts[snippet.id] else { continue }
      let line = document.lines.lineNumber(of: snippet.span.start)
      skips.append(Skip(path: document.path, line: line, reason: reason, detail: "not executed: \(detail)"))
    }
  }
}

extension ExecutionVerdict {
  /// The verdict on an equal sample, for this one: an output that stands in another block stands in this one's.
  fileprivate func placed(in sample: RunnableSample) -> ExecutionVerdict {
    guard case .differs(let outputs) = self, let expected = sample.expected else { return self }
    return .differs(
      outputs.map { output in
        guard case .sample = output.place else { return output }
        return ChangedOutput(place: expected.place, expected: output.expected, actual: output.actual, isRepeatable: output.isRepeatable)
      })
  }
}

/// What a language's runner may use.
struct ExecutionContext: Sendable {
  let host: any SampleHost
  let settings: ExecutionSettings.Language
  let resolver: Resolver

  /// The time of one sample.
  func timeout(compiled: Bool = false) -> Duration {
    .seconds(min(max(settings.timeout ?? (compiled ? 60 : 10), 1), 600))
  }

  /// Runs a program; what keeps it from running is a verdict on all its samples.
  func run(_ program: SampleProgram) -> Result<ToolResult, Obstacle> {
    do {
      return .success(try host.run(program))
    } catch let error as SampleHostError {
      return .failure(Obstacle(error))
    } catch {
      return .failure(Obstacle(reason: .notExecuted, detail: "\(program.tool) could not be started"))
    }
  }
}

/// Why nothing could be run.
struct Obstacle: Error, Hashable {
  var reason: Skip.Reason
  var detail: String

  init(reason: Skip.Reason, detail: String) {
    self.reason = reason
    self.detail = detail
  }

  init(_ error: SampleHostError) {
    switch error {
    case .dependencies(let detail): self.init(reason: .manualReview, detail: detail)
    case .tool(.missing(let tool)): self.init(reason: .toolMissing, detail: "\(tool) is not installed")
    case .tool(.noSandbox): self.init(reason: .noSandbox, detail: "no sandbox")
    case .tool(.timedOut): self.init(reason: .timedOut, detail: "its time was over")
    case .tool(.failed(let detail)): self.init(reason: .notExecuted, detail: detail)
    }
  }

  var verdict: ExecutionVerdict { .unjudged(reason, detail) }
}

/// Runs samples of one language.
protocol LanguageRunner: Sendable {
  /// Verdicts by id. A sample of which there is nothing to be said is not among them.
  func run(_ samples: [RunnableSample], _ context: ExecutionContext) -> [String: ExecutionVerdict]
}

/// A sample that is to be run.
struct RunnableSample: Sendable, Hashable {
  var id: String
  var code: [UInt8]
  /// As the fence names it.
  var language: String
  var expected: ExpectedOutput?
  /// It shares no names with the samples before it.
  var isIsolated: Bool

  var text: String { String(decoding: code, as: UTF8.self) }
  var lines: [String] { code.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) } }

  /// Samples of one document that are run at the most; more is no documentation.
  private static let maximumSamples = 500
  private static let maximumBytes = 64 << 10

  /// By language, in the order of the document.
  static func select(from document: Document, _ settings: ExecutionSettings) -> [String: [RunnableSample]] {
    var selected: [String: [RunnableSample]] = [:]
    for (number, snippet) in document.snippets.enumerated() {
      guard let language = snippet.language, let family = settings.language(of: language)?.name, snippet.kind != .indented else { continue }
      guard SampleExemptions.reason(snippet, in: document) == nil, !snippet.attributes.contains(where: isExempt) else { continue }
      guard snippet.code.count <= maximumBytes, selected[family, default: []].count < maximumSamples else { continue }
      guard String(validating: snippet.code, as: UTF8.self) != nil else { continue }
      selected[family, default: []].append(
        RunnableSample(
          id: snippet.id, code: snippet.code, language: language, expected: ExpectedOutput.find(for: snippet, at: number, in: document),
          isIsolated: snippet.attributes.contains { ["clear-namespace", "isolated", "standalone_crate"].contains($0.name) }))
    }
    return selected
  }

  /// Words that let a sample be compiled, and not run; or that want what only a test runner has.
  private static func isExempt(_ attribute: Attribute) -> Bool {
    let name = attribute.name.lowercased()
    return ["no_run", "no-run", "norun", "fixture", "async", "non-deterministic", "nondeterministic"].contains(name)
      || name.hasPrefix("fixture:")
  }
}

/// Verdicts by content, up to a number of entries; the oldest go first. Safe from any thread.
public final class ExecutionCache: Sendable {
  private struct State {
    /// For each sample of a document and language, in order; nil of which there was nothing to say.
    var entries: [String: [ExecutionVerdict?]] = [:]
    var order: [String] = []
  }

  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: documents (times languages) that are remembered.
  public init(limit: Int = 2000) { self.limit = limit }

  func verdicts(for key: String) -> [ExecutionVerdict?]? { state.withLock { $0.entries[key] } }

  func store(_ verdicts: [ExecutionVerdict?], for key: String) {
    state.withLock { state in
      if state.entries.updateValue(verdicts, forKey: key) == nil { state.order.append(key) }
      guard state.order.count > limit else { return }
      for old in state.order.prefix(limit / 4) { state.entries[old] = nil }
      state.order.removeFirst(limit / 4)
    }
  }
}
