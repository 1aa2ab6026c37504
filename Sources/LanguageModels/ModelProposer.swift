// Asks a model about findings that nothing else heals, within a number of questions for each run, and makes fixes of what its answers
// are worth. Proposing proves nothing: the verifier judges these fixes as it judges every strategy's.
//
// Nothing that goes wrong here is an error of the run. A provider that is busy, refuses, or fails twice is not asked again in the same
// run; one that asks to wait is not asked by any run until the wait is over.

import Domain
import HTTPClient
import Threading

/// Proposes fixes; one for a process, shared by its runs.
public struct ModelProposer: Sendable {
  /// The strategy's name in fixes and reports.
  public static let strategy = "language-model"
  /// Nobody knows how often a model is right about a repository that it has not seen: always low, and always for a person to look at.
  public static let confidence = 0.3
  public static let applicability = Applicability.suggested

  let model: any LanguageModel
  let maximumRequests: Int
  let maximumTokens: Int
  let now: @Sendable () -> Duration
  /// Until when the provider wants to be left alone.
  private let rest = Monitor<Duration>(.zero)
  private static let longestRest = Duration.seconds(3600)
  private static let standardRest = Duration.seconds(30)

  /// - Parameters:
  ///   - maximumRequests: questions in one run.
  ///   - now: monotonic time.
  public init(
    model: any LanguageModel, maximumRequests: Int, maximumTokens: Int, now: @escaping @Sendable () -> Duration = { monotonicNow() }
  ) {
    self.model = model
    self.maximumRequests = maximumRequests
    self.maximumTokens = maximumTokens
    self.now = now
  }

  /// Whether a file is one whose content is never sent: keys, `.env`, stores of passwords.
  public static func isSecretFile(_ path: String) -> Bool { Redaction.isSecretFile(path) }

  /// The questions of one run.
  public func session() -> ModelSession { ModelSession(self) }

  var isResting: Bool { rest.withLock { now() < $0 } }

  func takeRest(_ duration: Duration?) {
    let end = now() + min(duration ?? Self.standardRest, Self.longestRest)
    rest.withLock { $0 = max($0, end) }
  }
}

/// What a model was asked in one run, and what came of it. For one thread.
public final class ModelSession {
  private let proposer: ModelProposer
  private var asked = 0
  private var proposed = 0
  private var proven = 0
  private var unasked = 0
  private var failures = 0
  private var rejections: [Rejection: Int] = [:]
  /// Why nothing more is asked.
  private var end: String?

  init(_ proposer: ModelProposer) {
    self.proposer = proposer
    if proposer.isResting { end = "the provider asked to wait" }
  }

  /// Whether another question may be asked.
  public var goesOn: Bool { end == nil }

  /// A fix for a finding; nil when the model has none, is not asked, or its answer is not used.
  public func propose(for inputs: ModelInputs) -> Fix? {
    guard goesOn, let window = ModelWindow(of: inputs.finding, in: inputs.bytes), let data = ModelPrompt.data(inputs, window) else {
      unasked += 1
      return nil
    }
    guard asked < proposer.maximumRequests else {
      end = "\(proposer.maximumRequests) questions are the most in a run"
      unasked += 1
      return nil
    }
    asked += 1
    guard let answer = answer(to: data) else { return nil }
    do throws(Rejection) {
      guard let text = try ModelAnswer.replacement(from: answer, for: window, inputs) else { return nil }
      proposed += 1
      return fix(inputs, window, text)
    } catch {
      rejections[error, default: 0] += 1
      return nil
    }
  }

  /// Counts a proposal that the verifier let through.
  public func countProven() { proven += 1 }

  /// One line about the run; nil when there was nothing to ask.
  public var note: String? {
    guard asked + unasked > 0 else { return nil }
    var parts = [
      "language model \(proposer.model.provider) \(Self.shown(proposer.model.name)): \(asked) questions, \(proposed) proposals, \(proven) proven"
    ]
    if unasked > 0 { parts.append("\(unasked) findings not asked about") }
    for rejection in Rejection.allCases { if let count = rejections[rejection] { parts.append("\(count) refused: \(rejection.rawValue)") } }
    if let end { parts.append("stopped: \(end)") }
    return parts.joined(separator: "; ")
  }

  private func answer(to data: String) -> String? {
    let question = ModelQuestion(instructions: ModelPrompt.instructions, data: data, maximumTokens: proposer.maximumTokens)
    do throws(ModelFailure) {
      let answer = try proposer.model.answer(question)
      failures = 0
      return answer
    } catch {
      take(error)
      return nil
    }
  }

  private func take(_ failure: ModelFailure) {
    failures += 1
    switch failure.reason {
    case .busy(_, let wait):
      proposer.takeRest(wait)
      end = failure.description
    case .refused(let status) where status < 500: end = failure.description
    case .transport(let error) where error.reason == .stopped: end = failure.description
    case .refused, .transport, .nonsense: if failures >= 2 { end = failure.description }
    }
  }

  /// The replacement without what it has in common with the old text at both ends: two fixes in one line need not clash.
  private func fix(_ inputs: ModelInputs, _ window: ModelWindow, _ text: String) -> Fix {
    let (old, new) = (Array(window.text.unicodeScalars), Array(text.unicodeScalars))
    let start = zip(old, new).prefix { $0 == $1 }.count
    let end = zip(old.dropFirst(start).reversed(), new.dropFirst(start).reversed()).prefix { $0 == $1 }.count
    let lead = Self.text(old.prefix(start)).utf8.count
    let (expected, replacement) = (Self.text(old[start..<old.count - end]), Self.text(new[start..<new.count - end]))
    let place = window.span.start + lead
    let edit = Edit(
      path: inputs.finding.path, span: Span(place, place + expected.utf8.count), expected: expected, replacement: replacement)
    let statement =
      "proposed by the language model \(Self.shown(proposer.model.name)) of \(proposer.model.provider): read it before you take it"
    return Fix(
      strategy: ModelProposer.strategy, finding: inputs.finding, edits: [edit], applicability: ModelProposer.applicability,
      confidence: ModelProposer.confidence, evidence: [Evidence(statement)] + inputs.finding.evidence)
  }

  private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  private static func shown(_ name: String) -> String { String(name.unicodeScalars.prefix(120).map { Character($0) }) }
}
