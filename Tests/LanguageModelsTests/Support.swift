// A finding in a small document, and a model that says what a test wants.

import Domain
import HTTPClient
import TestSupport
import Threading

@testable import LanguageModels

let key = Secret("sk-never-show-this-0123456789")

let document = """
  # Settings

  Call `parse_config(path)` to read the settings.

  ```python
  parse_config("app.conf")
  ```

  """

/// A finding of `text` at its first place in `document`.
func finding(_ text: String, in document: String = document, message: String = "`parse_config` is gone", evidence: [String] = []) -> Finding
{
  let bytes = Array(document.utf8)
  let range = bytes.firstRange(of: Array(text.utf8)) ?? 0..<0
  let line = bytes[..<range.lowerBound].count { $0 == 0x0A } + 1
  return Finding(
    rule: "removed-symbol", severity: .warning, path: "README.md", span: Span(range.lowerBound, range.upperBound),
    start: Position(line: line, column: 1), end: Position(line: line, column: 1), message: message,
    evidence: evidence.map { Evidence($0) }, text: text, fingerprint: "0")
}

func inputs(_ text: String = "parse_config(path)", in document: String = document, isInSample: Bool = false, hunk: String? = nil)
  -> ModelInputs
{
  ModelInputs(
    finding: finding(text, in: document), bytes: Array(document.utf8), isInSample: isInSample, hunk: hunk,
    markers: ["<!-- skip-this -->"])
}

/// Answers each question with the next of some texts, and keeps the questions.
final class ScriptedModel: LanguageModel {
  let provider = "scripted"
  let name = "a-model"
  private let answers: Monitor<[Result<String, ModelFailure>]>
  private let asked = Monitor<[ModelQuestion]>([])

  init(_ answers: [Result<String, ModelFailure>]) { self.answers = Monitor(answers) }

  var questions: [ModelQuestion] { asked.withLock { $0 } }

  func answer(_ question: ModelQuestion) throws(ModelFailure) -> String {
    asked.withLock { $0.append(question) }
    guard let next = answers.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
      throw ModelFailure(provider: provider, .nonsense("the script has ended"))
    }
    return try next.get()
  }
}

func proposer(_ answers: [Result<String, ModelFailure>], limit: Int = 10) -> (ModelProposer, ScriptedModel) {
  let model = ScriptedModel(answers)
  return (ModelProposer(model: model, maximumRequests: limit, maximumTokens: 100), model)
}
