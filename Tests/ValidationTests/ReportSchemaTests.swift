// Reports against the schemas that other programs read them by: what SARIF 2.1.0 (OASIS), `junit-10.xsd` (Jenkins) and GitHub's workflow
// commands ask for of the parts that we write, held here in short.

import Domain
import TestSupport
import Testing

@testable import Validation

@Suite struct ReportSchemaTests {
  private static let inputs: [ReportInput] = {
    var addressed = ReportTests.input
    addressed.rulePages = "https://example.org/rules/"
    var unseen = ReportTests.input
    unseen.sources = [:]
    return [ReportTests.input, addressed, unseen, ReportInput(result: CheckResult(documents: 1), version: "1.2.3")]
  }()

  /// Each object has what the schema requires and nothing that it does not know; indexes and columns lead somewhere.
  @Test(arguments: inputs.indices) func sarifHoldsItsSchema(_ index: Int) throws {
    let result = try runCommand(["python3", "-c", Self.sarif], input: ReportFormat.sarif.render(Self.inputs[index]))
    #expect(result.status == 0, "\(result.errorOutput)")
  }

  @Test(arguments: inputs.indices) func junitHoldsItsSchema(_ index: Int) throws {
    let result = try runCommand(["python3", "-c", Self.junit], input: ReportFormat.junit.render(Self.inputs[index]))
    #expect(result.status == 0, "\(result.errorOutput)")
  }

  @Test func thePageOfARuleIsAnAddressOnlyWithAnAddress() {
    #expect(ReportFormat.sarif.render(Self.inputs[1]).contains("\"helpUri\" : \"https://example.org/rules/removed-symbol.md\""))
    #expect(!ReportFormat.sarif.render(Self.inputs[0]).contains("helpUri"))
  }

  /// Hostile texts, paths and names make no command and no property of their own.
  @Test func workflowCommandsAreEscaped() {
    let parts = ["%", "\n", "\r", ":", ",", "::", "a", "é", "::error::", "%0A", " ", "="]
    forAll(cases: 200) { random in
      var input = ReportTests.input
      for index in input.result.findings.indices {
        input.result.findings[index].path = "p" + (0..<5).map { _ in random.pick(parts) }.joined()
        input.result.findings[index].message = (0..<8).map { _ in random.pick(parts) }.joined()
      }
      let lines = ReportFormat.github.render(input).split(separator: "\n")
      #expect(lines.count == input.result.findings.count, random.comment)
      for (line, finding) in zip(lines, input.result.findings) {
        let kind = finding.severity == .note ? "notice" : finding.severity.rawValue
        #expect(line.hasPrefix("::\(kind) file=p") && !line.utf8.contains(0x0D), random.comment)
        let properties = line.dropFirst(2).prefix { $0 != ":" }
        #expect(properties.split(separator: ",").map { $0.prefix { $0 != "=" } }.count == 6, random.comment)
        let data = line[properties.endIndex...].dropFirst(2)
        let read = data.replacing("%0A", with: "\n").replacing("%0D", with: "\r").replacing("%25", with: "%")
        #expect(read.utf8.starts(with: finding.message.utf8), random.comment)
      }
    }
  }

  /// Lines that come or go above a finding, in its section or in others, leave its fingerprint as it is.
  @Test func fingerprintsStayWhenLinesMove() {
    forAll(cases: 100) { random in
      let sections = (0..<random.int(in: 1...4)).map { number in
        let blocks = (0..<random.int(in: 1...3)).map { _ in
          random.pick(["```json\n{\"\(random.text(count: 2))\": }\n```", "```css\na { b\n```", "```sql\nSELECT (1;\n```"])
        }
        return (title: "## Part \(number)", blocks: blocks)
      }
      func page(_ filler: () -> String) -> String {
        filler() + sections.map { "\($0.title)\n\n" + $0.blocks.map { filler() + $0 + "\n\n" }.joined() }.joined()
      }
      let before = page { "" }
      let after = page { String(repeating: "some text\n\n", count: random.int(in: 0...3)) }
      let found = [before, after].map { Validator().check(documents: [document($0)], analysis: nil).findings }
      #expect(!found[0].isEmpty, random.comment)
      #expect(found[0].map(\.fingerprint) == found[1].map(\.fingerprint), random.comment)
      #expect(Set(found[0].map(\.fingerprint)).count == found[0].count, random.comment)
    }
  }

  /// Name of an object: what it must have, and what it may have.
  private static let sarif = """
    import json, re, sys
    log = json.load(sys.stdin)
    shapes = {
        "log": ({"version", "runs"}, {"$schema"}),
        "run": ({"tool"}, {"columnKind", "originalUriBaseIds", "results", "invocations"}),
        "driver": ({"name"}, {"version", "rules"}),
        "rule": ({"id"}, {"shortDescription", "help", "helpUri"}),
        "result": ({"message"}, {"ruleId", "ruleIndex", "level", "locations", "relatedLocations", "partialFingerprints"}),
        "location": (set(), {"id", "message", "physicalLocation"}),
        "physical": (set(), {"artifactLocation", "region"}),
        "artifact": (set(), {"uri", "uriBaseId"}),
        "region": (set(), {"startLine", "startColumn", "endLine", "endColumn", "byteOffset", "byteLength"}),
        "invocation": ({"executionSuccessful"}, {"toolExecutionNotifications"}),
        "notification": ({"message"}, {"level", "descriptor", "locations"}),
    }
    levels = {"none", "note", "warning", "error"}

    def shape(name, item):
        required, optional = shapes[name]
        assert required <= set(item) <= required | optional, (name, sorted(item))

    def message(item):
        assert isinstance(item["text"], str) and item["text"], item

    def location(item, bases):
        shape("location", item)
        assert isinstance(item.get("id", 1), int) and item.get("id", 1) >= 0
        if "message" in item: message(item["message"])
        physical = item["physicalLocation"]
        shape("physical", physical)
        artifact = physical["artifactLocation"]
        shape("artifact", artifact)
        assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", artifact["uri"]), artifact
        assert artifact["uriBaseId"] in bases
        region = physical.get("region")
        if region is None: return
        shape("region", region)
        for key, value in region.items():
            assert isinstance(value, int) and value >= (0 if key.startswith("byte") else 1), region
        if "endLine" in region: assert region["endLine"] >= region["startLine"]
        assert ("startColumn" in region) == ("endColumn" in region)
        if "endColumn" in region and region["endLine"] == region["startLine"]: assert region["endColumn"] >= region["startColumn"]

    shape("log", log)
    assert log["version"] == "2.1.0" and log["$schema"].startswith("https://")
    for run in log["runs"]:
        shape("run", run)
        assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
        driver = run["tool"]["driver"]
        shape("driver", driver)
        rules = driver["rules"]
        for rule in rules:
            shape("rule", rule)
            message(rule["shortDescription"]); message(rule["help"])
            assert re.match(r"https?://", rule.get("helpUri", "https://"))
        assert len({rule["id"] for rule in rules}) == len(rules)
        for result in run["results"]:
            shape("result", result)
            message(result["message"])
            assert result["level"] in levels and len(result["locations"]) == 1
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            prints = result["partialFingerprints"]
            assert prints and all(isinstance(value, str) and value for value in prints.values())
            for item in result["locations"] + result.get("relatedLocations", []): location(item, run["originalUriBaseIds"])
        for invocation in run["invocations"]:
            shape("invocation", invocation)
            assert isinstance(invocation["executionSuccessful"], bool)
            for note in invocation["toolExecutionNotifications"]:
                shape("notification", note)
                message(note["message"])
                assert note["level"] in levels and note["descriptor"]["id"]
                for item in note.get("locations", []): location(item, run["originalUriBaseIds"])
    """

  private static let junit = """
    import sys, xml.etree.ElementTree as tree
    root = tree.parse(sys.stdin).getroot()
    shapes = {
        "testsuites": (set(), {"name", "tests", "failures", "errors"}, {"testsuite"}),
        "testsuite": ({"name", "tests", "failures", "errors"}, {"skipped"}, {"testcase"}),
        "testcase": ({"name"}, {"classname"}, {"failure", "skipped"}),
        "failure": (set(), {"type", "message"}, set()),
        "skipped": (set(), {"type", "message"}, set()),
    }
    assert root.tag == "testsuites"
    for item in root.iter():
        required, optional, children = shapes[item.tag]
        assert required <= set(item.attrib) <= required | optional, (item.tag, item.attrib)
        assert {child.tag for child in item} <= children, item.tag
    def counted(item, attribute, path): assert int(item.attrib[attribute]) == len(item.findall(path)), (item.attrib, path)
    counted(root, "tests", "testsuite/testcase"); counted(root, "failures", "testsuite/testcase/failure")
    for suite in root:
        counted(suite, "tests", "testcase"); counted(suite, "failures", "testcase/failure"); counted(suite, "skipped", "testcase/skipped")
    """
}
