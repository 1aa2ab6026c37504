// When a parser's complaint about a fragment is more likely about a way of writing than about a mistake. In doubt nothing is said.

import Domain

enum Doubts {
  /// What holds for all languages of the C family and their like.
  static func reason(_ complaint: SampleComplaint, in sample: Sample, style: FragmentStyle) -> String? {
    let literal = Reading(literal: sample)
    if Prompts.isTranscript(literal, prompts: style.prompts) { return "the sample is a session at a prompt" }
    if isTemplate(sample) { return "the sample is a template" }
    if marksChanges(sample, literal) { return "the sample marks changes" }
    if complaint.isAtEnd, breaksOff(sample, literal, style) { return "the sample breaks off" }
    if beginsInTheMiddle(sample) { return "the sample begins in the middle" }
    if meansToFail(literal, complaint) { return "a remark near the error says that it is one" }
    if isShell(literal) { return "the sample is a shell session" }
    if leavesOut(literal, complaint, style) { return "the sample leaves something out near the error" }
    if isTable(literal) { return "the sample shows a table" }
    return hasForeignMarks(literal.lines[min(complaint.line, literal.lines.count - 1)]) ? "the line is no code" : nil
  }

  /// `{{ name }}` and `{% if %}` in one piece, `<% %>`; two braces that open a block each are no template.
  private static func isTemplate(_ sample: Sample) -> Bool {
    ["{%", "<%", "${{", "{{ ", "{{.", "{{-", "{{#", "{{/", "{!!"].contains { sample.contains($0) }
  }

  private static func marksChanges(_ sample: Sample, _ reading: Reading) -> Bool {
    if sample.contains("[!code ") || sample.contains("[tl! ") { return true }
    return reading.lines.contains { line in
      guard let first = line.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") || first == UInt8(ascii: "@") else {
        return false
      }
      if first == UInt8(ascii: "@") { return line.starts(with: "@@ ".utf8) }
      return line.count == 1 || line[1] != first
    }
  }

  /// Commands, under a wrong name: `$ make`, `npm install x`.
  static func isShell(_ reading: Reading) -> Bool {
    reading.lines.contains { line in
      let words = LineText.trimmed(line).split(separator: 0x20, maxSplits: 2)
      guard words.count > 1, let command = words.first, let next = words[1].first else { return false }
      if command.elementsEqual("$".utf8) { return true }
      if words.count > 2, words[2].first == UInt8(ascii: "=") || words[2].first == UInt8(ascii: "{") { return false }
      return commands.contains(String(decoding: command, as: UTF8.self))
        && (next | 0x20 >= 97 && next | 0x20 <= 122 || "-\"".utf8.contains(next))
    }
  }

  private static let commands: Set<String> = [
    "npm", "npx", "yarn", "pnpm", "bun", "brew", "apt", "apt-get", "sudo", "git", "curl", "wget", "docker", "cargo", "gem", "bundle",
    "composer",
    "pip", "make", "mvn", "gradle", "./gradlew", "dotnet", "swift", "kubectl", "helm", "mkdir", "cd", "php", "rails",
    "rake", "python", "python3", "node", "echo",
  ]

  /// The author shows how something begins: its last mark wants more, or a block is open. An open parenthesis alone is a mistake, and so
  /// is a bracket that closes the wrong thing.
  static func breaksOff(_ sample: Sample, _ reading: Reading, _ style: FragmentStyle) -> Bool {
    let comment = Array(style.lineComment.utf8)
    let last = reading.lines.last { !LineText.isBlank($0) && !LineText.trimmed($0).starts(with: comment) }
    if let mark = last.flatMap({ LineText.trimmed($0).last }), "([{,=&|+:>.".utf8.contains(mark) { return true }
    guard let balance = sample.balance else { return true }
    if balance.crossed != nil || !balance.unexpected.isEmpty { return false }
    return balance.open.isEmpty || balance.open.contains { sample.code[$0] == UInt8(ascii: "{") } || sample.contains("</")
  }

  /// `} catch {`, `)`: what it closes stands elsewhere.
  private static func beginsInTheMiddle(_ sample: Sample) -> Bool {
    sample.code.first { $0 > 0x20 }.map { ")]}".utf8.contains($0) } ?? false
  }

  /// Authors mark what is wrong on purpose.
  private static func meansToFail(_ reading: Reading, _ complaint: SampleComplaint) -> Bool {
    let near = max(0, complaint.line - 3)..<min(reading.lines.count, complaint.line + 3)
    let text = String(decoding: Array(reading.lines[near].joined(separator: [0x0A])), as: UTF8.self)
    return text.containsAny(of: ["❌", "🔴", "🚩", "🚫", "✗", "✘", "⛔", "// bad", "// Bad", "// BAD", "# bad", "# Bad", "// wrong", "// Wrong"])
  }

  /// Something is left out within two lines of the error; where the sample ends too early, anywhere.
  private static func leavesOut(_ reading: Reading, _ complaint: SampleComplaint, _ style: FragmentStyle) -> Bool {
    let comment = Array(style.lineComment.utf8)
    return reading.lines.indices.contains { index in
      guard complaint.isAtEnd || abs(index - complaint.line) <= 2 else { return false }
      let line = reading.lines[index]
      return !Elisions.marks(in: line, comment: comment).isEmpty || isPlaceholder(line) || saysSo(line, comment) || hasTwoDots(line)
        || isBracketedText(line)
    }
  }

  /// A comment that says it in words, or stands where a value is missing: `x = // your value`.
  private static func saysSo(_ line: [UInt8], _ comment: [UInt8]) -> Bool {
    guard let start = line.indices.first(where: { line[$0...].starts(with: comment) || line[$0...].starts(with: "/*".utf8) }) else {
      return false
    }
    if let last = LineText.trimmed(Array(line[..<start])).last, "=:(,?".utf8.contains(last) { return true }
    return String(decoding: line[start...], as: UTF8.self).lowercased().containsAny(of: [
      "omitted", "omitting", "rest of", "snip", "etc", "elided", "truncated", "previous", "remaining", "unchanged", "same as", "other ",
      "your ",
      "existing", "code here", "goes here", "go here", "as before", "as above", "see above", "more ", " here",
    ])
  }

  /// `[your code here]` on a line of its own.
  private static func isBracketedText(_ line: [UInt8]) -> Bool {
    let text = LineText.trimmed(line)
    guard text.first == UInt8(ascii: "["), text.last == UInt8(ascii: "]") else { return false }
    return text.contains(0x20) && text.dropFirst().dropLast().allSatisfy { $0 == 0x20 || $0 | 0x20 >= 97 && $0 | 0x20 <= 122 }
  }

  /// `f(..)`, `.. and so on ..`.
  private static func hasTwoDots(_ line: [UInt8]) -> Bool {
    line.indices.contains { index in
      guard line[index...].starts(with: "..".utf8) else { return false }
      let before = index > 0 ? line[index - 1] : 0x20
      let after = index + 2 < line.count ? line[index + 2] : 0x20
      return " ([{,\t".utf8.contains(before) && " )]},;".utf8.contains(after)
    }
  }

  /// `<your token>`, `<YOUR_TOKEN>`: words that are no type's name.
  private static func isPlaceholder(_ line: [UInt8]) -> Bool {
    Elisions.placeholders(in: line).contains { range in
      let text = line[(range.lowerBound + 1)..<(range.upperBound - 1)]
      return text.contains { $0 == 0x20 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") } || !text.contains { $0 >= 97 && $0 <= 122 }
    }
  }

  /// Output of a database: a rule of dashes with crosses.
  private static func isTable(_ reading: Reading) -> Bool {
    reading.lines.contains { line in
      let text = LineText.trimmed(line)
      return text.count > 5 && text.contains(UInt8(ascii: "+")) && text.allSatisfy { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    }
  }

  /// Arrows and the like, which are in no language.
  private static func hasForeignMarks(_ line: [UInt8]) -> Bool {
    let text = String(decoding: line, as: UTF8.self)
    return text.unicodeScalars.contains { (0x2190...0x21FF).contains($0.value) || (0x2500...0x25FF).contains($0.value) }
  }
}
