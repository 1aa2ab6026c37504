// What the tests of validation share.

import Documents
import Domain
import SourceCode
import TestSupport
import Threading
import Validation

/// Runs tools directly: what tests give them is their own.
struct DirectTools: ToolRunner {
  func run(tool: String, arguments: [String], input: [UInt8], timeout: Duration) throws -> ToolResult {
    let result = try runCommand([tool] + arguments, input: String(decoding: input, as: UTF8.self), within: timeout)
    return ToolResult(status: result.status, output: Array(result.output.utf8), errorOutput: Array(result.errorOutput.utf8))
  }
}

/// Answers as it is told, and counts.
final class ScriptedTools: ToolRunner {
  private let answer: @Sendable (_ input: [UInt8]) throws -> ToolResult
  let starts = Counter()
  init(_ answer: @escaping @Sendable ([UInt8]) throws -> ToolResult) { self.answer = answer }
  func run(tool: String, arguments: [String], input: [UInt8], timeout: Duration) throws -> ToolResult {
    starts.add()
    return try answer(input)
  }
}

final class Counter: Sendable {
  private let count = Monitor(0)
  func add() { count.withLock { $0 += 1 } }
  var value: Int { count.withLock { $0 } }
}

/// The documents of a tree, as a run selects them, and their skips.
func documents(of tree: [String: String]) -> (documents: [Document], skips: [Skip]) {
  var documents: [Document] = []
  var skips: [Skip] = []
  for (path, text) in tree.sorted(by: { $0.key < $1.key }) {
    switch DocumentSelection.verdict(path: path, size: text.utf8.count) {
    case .notADocument: break
    case .skipped(let reason, let detail): skips.append(Skip(path: path, reason: reason, detail: detail))
    case .document:
      switch Document.load(path: path, bytes: Array(text.utf8)) {
      case .document(let document): documents.append(document)
      case .skipped(let skip): skips.append(skip)
      }
    }
  }
  return (documents, skips)
}

func document(_ text: String, path: String = "docs/page.md") -> Document {
  guard case .document(let document) = Document.load(path: path, bytes: Array(text.utf8)) else { preconditionFailure("not a document") }
  return document
}

/// The folder of this file.
let testFolder = String(#filePath.dropLast("/Support.swift".count))
