// Records to store, with every field set to something.

import Domain
import Storage

let start = Timestamp(milliseconds: 1_750_000_000_000)

func time(_ seconds: Int) -> Timestamp { start.advanced(by: .seconds(seconds)) }

func object(_ digit: Character) -> ObjectID {
  guard let object = ObjectID(String(repeating: digit, count: 40)) else { preconditionFailure("\(digit) is no hexadecimal digit") }
  return object
}

/// An identifier that sorts by `number`.
func id<Subject>(_ number: Int) -> Identifier<Subject> {
  let digits = String(number)
  return Identifier(rawValue: "01" + String(repeating: "0", count: 24 - digits.count) + digits)
}

func delivery(_ number: Int, key: String? = nil, forge: Forge = .github, payload: [UInt8] = Array("{}".utf8)) -> Delivery {
  Delivery(
    id: id(number), forge: forge, deduplicationKey: key ?? "key-\(number)", eventName: "push", payload: payload, jobID: id(number),
    receivedAt: time(number))
}

func job(_ number: Int, state: JobState = .queued, holder: String? = nil, finishedAt: Timestamp? = nil) -> Job {
  Job(
    id: id(number), queue: .webhooks, function: .processWebhook, payload: #"{"delivery":"\#(number)"}"#, state: state, attempts: 1,
    holder: holder, enqueuedAt: time(number), startedAt: time(number + 1), finishedAt: finishedAt, result: #"{"ok":true}"#, error: "none")
}

func repository(_ number: Int, forge: Forge = .gitlab) -> Repository {
  Repository(
    id: id(number), forge: forge, name: "owner/name-\(number)", cloneURL: "https://example.org/\(number).git", defaultBranch: "main",
    createdAt: time(number))
}

func run(_ number: Int, repository: Int = 1, branch: String = "main", pullRequest: Int? = nil, finishedAt: Timestamp? = nil) -> Run {
  Run(
    id: id(number), repositoryID: id(repository), branch: branch, pullRequest: pullRequest, base: object("a"), head: object("b"),
    state: .running, jobID: id(number), publishedTo: "doc-healing/main", publishedCommit: object("c"), patch: "--- a\n+++ b\n",
    detail: "é 漢 \u{1F600}", documentCount: 3, createdAt: time(number), startedAt: time(number + 1), finishedAt: finishedAt)
}

func finding(_ number: Int, rule: String = "removed-symbol", severity: Severity = .error, path: String = "docs/a.md") -> Finding {
  Finding(
    rule: rule, severity: severity, path: path, span: Span(number, number + 4), start: Position(line: 1, column: number + 1),
    end: Position(line: 1, column: number + 5), message: "function name-\(number) is gone",
    evidence: [Evidence("it became \"other\"", path: "src/a.py", line: 3, commit: object("d"))], text: "name", fingerprint: "f\(number)")
}

func fix(_ number: Int) -> Fix {
  let finding = finding(number)
  return Fix(
    strategy: "renamed-symbol", finding: finding,
    edits: [Edit(path: finding.path, span: finding.span, expected: "name", replacement: "o\0ther")], applicability: .safe,
    confidence: 0.1 + 0.2, evidence: finding.evidence)
}
