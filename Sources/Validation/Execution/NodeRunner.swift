// JavaScript samples: one start of node for a document, which starts one more for each sample. The repository's packages stand in
// `node_modules` under their names, so that a sample imports them as a reader would.

import Domain
import FoundationEssentials

struct NodeRunner: LanguageRunner {
  struct Request: Encodable {
    struct Item: Encodable {
      var code: String
      var isModule: Bool
    }
    /// Name to folder.
    var packages: [String: String]
    var milliseconds: Int
    var samples: [Item]
  }

  struct Answer: Decodable, Hashable {
    var status: Int?
    var isLate: Bool
    var output: String
    var errors: String
  }

  func run(_ samples: [RunnableSample], _ context: ExecutionContext) -> [String: ExecutionVerdict] {
    let packages = context.resolver.scriptPackages
    let chosen = samples.filter { sample in sample.expected != nil || packages.contains { sample.text.contains($0.name) } }
    guard !chosen.isEmpty else { return [:] }
    let timeout = context.timeout()
    let request = Request(
      packages: Dictionary(packages.map { ($0.name, $0.folder.isEmpty ? "/checkout" : "/checkout/\($0.folder)") }) { first, _ in first },
      milliseconds: Int(timeout.inMilliseconds), samples: chosen.map { .init(code: $0.text, isModule: Self.isModule($0)) })
    guard let input = try? JSONEncoder().encode(request) else { return [:] }
    let program = SampleProgram(
      tool: "node", arguments: ["-e", Self.driver], input: [UInt8](input),
      timeout: min(timeout * min(chosen.count, 12) + .seconds(5), .seconds(600)), language: "javascript",
      dependencies: context.settings.dependencies)
    switch context.run(program) {
    case .failure(let obstacle): return chosen.reduce(into: [:]) { $0[$1.id] = obstacle.verdict }
    case .success(let result): return read(result, chosen, packages.map(\.name))
    }
  }

  private static func isModule(_ sample: RunnableSample) -> Bool {
    sample.lines.contains { $0.hasPrefix("import ") || $0.hasPrefix("import{") || $0.hasPrefix("export ") || $0.hasPrefix("await ") }
  }

  private func read(_ result: ToolResult, _ samples: [RunnableSample], _ own: [String]) -> [String: ExecutionVerdict] {
    let decoder = JSONDecoder()
    let answers = result.output.split(separator: 0x0A).map { try? decoder.decode(Answer.self, from: Data($0)) }
    var verdicts: [String: ExecutionVerdict] = [:]
    for (number, sample) in samples.enumerated() {
      guard number < answers.count, let answer = answers[number] else {
        let isLate = result.status == SampleRunner.timedOut
        verdicts[sample.id] = .unjudged(isLate ? .timedOut : .notExecuted, isLate ? "its time was over" : "node ended before it")
        continue
      }
      verdicts[sample.id] = verdict(answer, sample, own)
    }
    return verdicts
  }

  private func verdict(_ answer: Answer, _ sample: RunnableSample, _ own: [String]) -> ExecutionVerdict {
    if answer.isLate { return .unjudged(.timedOut, "its time was over") }
    guard answer.status == 0 else { return failure(answer, sample, own) }
    guard let expected = sample.expected, !OutputComparison.agrees(answer.output, with: expected.text) else { return .passed }
    return .differs([expected.changed(to: answer.output)])
  }

  /// A failure is the sample's when it is about an export of the repository's package, or a call on what was imported from it.
  private func failure(_ answer: Answer, _ sample: RunnableSample, _ own: [String]) -> ExecutionVerdict {
    let lines = answer.errors.split(whereSeparator: \.isNewline).map(String.init)
    guard let error = lines.first(where: Self.isError) else {
      return .unjudged(.notExecuted, "node ended with status \(answer.status ?? 1)")
    }
    let isExport = error.contains("does not provide an export named") || error.contains("ERR_PACKAGE_PATH_NOT_EXPORTED")
    let isCall = error.hasSuffix("is not a function") || error.hasSuffix("is not a constructor")
    let frame = lines.first { $0.drop { $0 == " " }.hasPrefix("at ") } ?? ""
    let isHere = isExport ? lines.first?.contains("/tmp/sample-") == true : frame.contains("/tmp/sample-")
    let isOwn =
      isExport ? own.contains { error.contains("'\($0)'") || error.contains("/node_modules/\($0)/") } : isImported(error, sample, own)
    guard isHere, isOwn, isExport || isCall else { return .unjudged(.notExecuted, "it ended with \(OneLine.of(error))") }
    let line = Self.line(isExport ? lines.first ?? "" : frame).map { min(max(0, $0 - 1), sample.lines.count - 1) } ?? 0
    return .failed(
      ExecutionProblem(range: ExpectedOutput.bytes(ofLines: line..<line + 1, in: sample.lines), message: OneLine.of(error)))
  }

  private static func isError(_ line: String) -> Bool {
    let name = line.prefix { $0.isLetter || $0.isNumber }
    let rest = line[name.endIndex...]
    return name.hasSuffix("Error") && (rest.hasPrefix(": ") || rest.hasPrefix(" ["))
  }

  /// Whether `client` of `TypeError: client.conect is not a function` is imported from an own package on some line.
  private func isImported(_ error: String, _ sample: RunnableSample, _ own: [String]) -> Bool {
    guard let colon = error.firstRange(of: ": ") else { return false }
    let root = String(error[colon.upperBound...].drop { $0 == "(" }.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" })
    guard !root.isEmpty else { return false }
    return sample.lines.contains { line in
      let isImport = line.contains("import ") || line.contains("require(")
      let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "$") }
      return isImport && words.contains { $0 == root } && own.contains { line.contains("'\($0)'") || line.contains("\"\($0)\"") }
    }
  }

  /// The line number behind the sample's path.
  private static func line(_ text: String) -> Int? {
    guard let start = text.firstRange(of: "/tmp/sample-") else { return nil }
    let rest = text[start.upperBound...].split(separator: ":")
    return rest.count > 1 ? Int(rest[1].prefix { $0.isNumber }) : nil
  }

  static let driver = #"""
    const fs = require('fs'), path = require('path'), { spawnSync } = require('child_process');
    const request = JSON.parse(fs.readFileSync(0));
    const modules = '/tmp/node_modules';
    const link = (name, folder) => {
      const place = path.join(modules, name);
      fs.mkdirSync(path.dirname(place), { recursive: true });
      try { fs.symlinkSync(folder, place); } catch {}
    };
    for (const [name, folder] of Object.entries(request.packages)) link(name, folder);
    const installed = '/dependencies/node_modules';
    for (const name of fs.existsSync(installed) ? fs.readdirSync(installed) : []) {
      if (name.startsWith('.')) continue;
      const names = name.startsWith('@') ? fs.readdirSync(path.join(installed, name)).map((one) => name + '/' + one) : [name];
      for (const one of names) link(one, path.join(installed, one));
    }
    request.samples.forEach((sample, number) => {
      const file = `/tmp/sample-${number}.${sample.isModule ? 'mjs' : 'cjs'}`;
      fs.writeFileSync(file, sample.code);
      const child = spawnSync(process.execPath, ['--preserve-symlinks', '--preserve-symlinks-main', file], {
        timeout: request.milliseconds, killSignal: 'SIGKILL', encoding: 'utf8', maxBuffer: 1 << 19, stdio: ['ignore', 'pipe', 'pipe'],
      });
      const isLate = Boolean(child.error && child.error.code === 'ETIMEDOUT');
      const answer = { status: child.status, isLate, output: child.stdout || '', errors: (child.stderr || '').slice(0, 20000) };
      fs.writeSync(1, JSON.stringify(answer) + '\n');
    });
    """#
}
