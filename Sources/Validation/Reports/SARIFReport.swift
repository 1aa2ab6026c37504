// SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as GitHub's code scanning and other viewers take it. Columns count
// UTF-16 code units there, so they are counted anew from the document's line; without it byte columns would mislead, and are left out.

import Domain

enum SARIFReport {
  private struct Log: Encodable {
    var schema = "https://json.schemastore.org/sarif-2.1.0.json"
    var version = "2.1.0"
    var runs: [Run]
    enum CodingKeys: String, CodingKey { case schema = "$schema", version, runs }
  }
  private struct Run: Encodable {
    var tool: Tool
    var columnKind = "utf16CodeUnits"
    var originalUriBaseIds = ["SRCROOT": Base()]
    var results: [Result]
    var invocations: [Invocation]
  }
  private struct Base: Encodable { var description = Message(text: "the root of the repository") }
  private struct Tool: Encodable { var driver: Driver }
  private struct Driver: Encodable {
    var name = "doc-healing"
    var version: String
    var rules: [RuleDescription]
  }
  private struct RuleDescription: Encodable {
    var id: String
    var shortDescription: Message
    var help: Message
    /// Only where the pages have an address: a path is no URI of its own.
    var helpUri: String?
  }
  private struct Message: Encodable { var text: String }
  private struct Result: Encodable {
    var ruleId: String
    var ruleIndex: Int?
    var level: String
    var message: Message
    var locations: [Location]
    var relatedLocations: [Location]?
    var partialFingerprints: [String: String]
  }
  private struct Location: Encodable {
    var id: Int?
    var message: Message?
    var physicalLocation: PhysicalLocation
  }
  private struct PhysicalLocation: Encodable {
    var artifactLocation: ArtifactLocation
    var region: Region?
  }
  private struct ArtifactLocation: Encodable {
    var uri: String
    var uriBaseId = "SRCROOT"
  }
  private struct Region: Encodable {
    var startLine: Int
    var startColumn: Int?
    var endLine: Int?
    var endColumn: Int?
    var byteOffset: Int?
    var byteLength: Int?
  }
  private struct Invocation: Encodable {
    var executionSuccessful = true
    var toolExecutionNotifications: [Notification]
  }
  private struct Notification: Encodable {
    var level = "note"
    var message: Message
    var descriptor: Descriptor
    var locations: [Location]?
  }
  private struct Descriptor: Encodable { var id: String }

  static func render(_ input: ReportInput) -> String {
    let rules = RuleRegistry.all.map { description(of: $0, input) }
    let columns = Columns(input.sources)
    let results = input.result.findings.map { finding in
      Result(
        ruleId: finding.rule, ruleIndex: rules.firstIndex { $0.id == finding.rule }, level: finding.severity.rawValue,
        message: Message(text: finding.message), locations: [location(finding, columns)], relatedLocations: related(finding.evidence),
        partialFingerprints: ["docHealing/v1": finding.fingerprint])
    }
    let run = Run(
      tool: Tool(driver: Driver(version: input.version, rules: rules)), results: results,
      invocations: [Invocation(toolExecutionNotifications: input.result.skips.map(notification))])
    return JSONReport.encode(Log(runs: [run]))
  }

  private static func description(of rule: any Rule, _ input: ReportInput) -> RuleDescription {
    let page = input.page(ofRule: rule.name)
    return RuleDescription(
      id: rule.name, shortDescription: Message(text: rule.summary), help: Message(text: "\(rule.summary) See \(page)."),
      helpUri: page.contains("://") ? page : nil)
  }

  private static func location(_ finding: Finding, _ columns: Columns) -> Location {
    let region = Region(
      startLine: finding.start.line, startColumn: columns.utf16(finding.span.start, finding.path), endLine: finding.end.line,
      endColumn: columns.utf16(finding.span.end, finding.path), byteOffset: finding.span.start, byteLength: finding.span.count)
    return Location(physicalLocation: PhysicalLocation(artifactLocation: ArtifactLocation(uri: uri(finding.path)), region: region))
  }

  private static func related(_ evidence: [Evidence]) -> [Location]? {
    let places = evidence.compactMap { item in item.path.map { (item, $0) } }.enumerated().map { index, item in
      Location(
        id: index + 1, message: Message(text: item.0.statement),
        physicalLocation: PhysicalLocation(
          artifactLocation: ArtifactLocation(uri: uri(item.1)), region: item.0.line.map { Region(startLine: max(1, $0)) }))
    }
    return places.isEmpty ? nil : places
  }

  private static func notification(_ skip: Skip) -> Notification {
    let place =
      skip.path.isEmpty
      ? nil
      : [
        Location(
          physicalLocation: PhysicalLocation(
            artifactLocation: ArtifactLocation(uri: uri(skip.path)), region: skip.line.map { Region(startLine: max(1, $0)) }))
      ]
    return Notification(
      message: Message(text: "not checked (\(skip.reason.rawValue))\(skip.detail.map { ": \($0)" } ?? "")"),
      descriptor: Descriptor(id: skip.reason.rawValue), locations: place)
  }

  /// A path as a URI reference: everything but unreserved characters and `/` is percent-encoded.
  static func uri(_ path: String) -> String {
    var text: [UInt8] = []
    for byte in path.utf8 {
      let isPlain = (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57) || "-._~/".utf8.contains(byte)
      text += isPlain ? [byte] : Array("%".utf8) + hexadecimal(byte)
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func hexadecimal(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }

  /// Columns in UTF-16 code units, from 1.
  private struct Columns {
    let documents: [String: (bytes: [UInt8], lines: LineIndex)]

    init(_ sources: [String: [UInt8]]) { documents = sources.mapValues { ($0, LineIndex($0)) } }

    func utf16(_ offset: Int, _ path: String) -> Int? {
      guard let document = documents[path], offset <= document.bytes.count else { return nil }
      let start = document.lines.span(ofLine: document.lines.lineNumber(of: offset)).start
      return String(decoding: document.bytes[start..<offset], as: UTF8.self).utf16.count + 1
    }
  }
}
