// The backtest as one page that can be mailed: styles and plots are in it, nothing is loaded, and it reads without scripts. Everything that
// comes from the repository goes through `HTML.escaped`; a policy in its head forbids what a mistake there could start.

import Domain

/// Writes the page.
struct BacktestPage {
  private(set) var text = ""
  private let report: BacktestReport

  /// Proposals of the table; the JSON has all.
  private static let maximumRows = 1000

  init(_ report: BacktestReport, version: String) {
    self.report = report
    let title = "Backtest of \(HTML.escaped(report.repository))"
    add(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
        + "<title>\(title)</title>\n<style>\n\(Self.style)</style>\n</head>\n<body>\n<h1>\(title)</h1>")
    add("<p>\(HTML.escaped(report.scopeSentence)). Head: \(link(report.head)).</p>")
    summary()
    if !report.proposals.isEmpty {
      plots()
      table("By strategy", "strategy", report.byStrategy)
      table("By rule", "rule", report.byRule)
      table(
        "By confidence", "confidence", report.byConfidence.map { ("\(Count.confidence($0.from)) to \(Count.confidence($0.to))", $0.tally) })
      sample()
      proposals()
    }
    add("<footer>doc-healing \(HTML.escaped(version))</footer>\n</body>\n</html>")
  }

  private mutating func add(_ line: String) { text += line + "\n" }

  // MARK: Parts

  private mutating func summary() {
    let tally = report.tally
    var cards = [("proposed", "\(tally.proposals)", "")]
    cards += ProposalOutcome.Kind.allCases.map { ($0.title, "\(tally.count($0))", $0.rawValue) }
    if let median = report.medianDaysSaved { cards.append(("days earlier (median)", Count.days(median), "")) }
    if tally.agreement != nil { cards.append(("agreement", Count.share(tally.agreement), "")) }
    add("<dl class=\"cards\">")
    for (name, value, style) in cards { add("<div class=\"\(style)\"><dt>\(name)</dt><dd>\(value)</dd></div>") }
    add("</dl>")
    let standing = report.proposals.count { $0.isStanding }
    if standing > 0 {
      add("<p>For what was wrong before the replay began: \(Count.of(standing, "edit")), not counted as days saved.</p>")
    }
  }

  private mutating func plots() {
    figure("Edits by the month of their proposal", BacktestPlots.bars(overTime, title: "edits over time"), Self.legend)
    let days = daysSaved
    if days.contains(where: { $0.total > 0 }) {
      figure("Days by which made edits would have come earlier", BacktestPlots.bars(days, title: "days saved"), "")
    }
    figure("Edits by strategy", BacktestPlots.rows(strategies, title: "edits by strategy"), Self.legend)
    let points = report.byConfidence.compactMap { bucket in
      bucket.tally.agreement.map { (confidence(bucket.from, bucket.to), $0, bucket.tally.made + bucket.tally.count(.madeOtherwise)) }
    }
    if !points.isEmpty {
      figure("Confidence against the share that the maintainers made so", BacktestPlots.calibration(points, title: "confidence"), "")
    }
  }

  private mutating func figure(_ title: String, _ plot: String, _ legend: String) {
    add("<figure><figcaption>\(title)</figcaption>\(plot)\(legend)</figure>")
  }

  private static let legend =
    "<p class=\"legend\">"
    + ProposalOutcome.Kind.allCases.map { "<span class=\"\($0.rawValue)\"></span>\($0.title)" }.joined(separator: " ") + "</p>"

  private func parts(_ tally: BacktestTally) -> [(style: String, count: Int)] {
    ProposalOutcome.Kind.allCases.map { ($0.rawValue, tally.count($0)) }
  }

  /// A bar a month, or a year where there are many months.
  private var overTime: [BacktestPlots.Bar] {
    let months = report.proposals.map { String($0.commit.time.day.prefix(7)) }
    let span = Months.from(months.min() ?? "", to: months.max() ?? "")
    let length = span.count > 60 ? 4 : 7
    var seen: Set<String> = []
    return span.map { String($0.prefix(length)) }.filter { seen.insert($0).inserted }.map { label in
      let tally = BacktestTally(zip(months, report.proposals).lazy.filter { $0.0.hasPrefix(label) }.map(\.1))
      return BacktestPlots.Bar(
        label: label, parts: parts(tally), title: "\(label): \(Count.of(tally.proposals, "edit")), \(tally.made) made")
    }
  }

  private static let bounds: [(label: String, to: Double)] = [
    ("a day", 1), ("a week", 7), ("a month", 30), ("3 months", 91), ("a year", 365), ("3 years", 1096), ("more", .infinity),
  ]

  private var daysSaved: [BacktestPlots.Bar] {
    var from = -1.0
    return Self.bounds.map { label, to in
      let count = report.daysSaved.count { $0 > from && $0 <= to }
      from = to
      return BacktestPlots.Bar(label: label, parts: [("made", count)], title: "up to \(label): \(Count.of(count, "edit"))")
    }
  }

  private var strategies: [BacktestPlots.Bar] {
    report.byStrategy.prefix(12).map { name, tally in
      let agreement = Count.share(tally.agreement)
      return BacktestPlots.Bar(
        label: name, parts: parts(tally), title: "\(name): \(Count.of(tally.proposals, "edit")), agreement \(agreement)")
    }
  }

  private func confidence(_ from: Double, _ to: Double) -> Double {
    let inside = report.proposals.map(\.confidence).filter { $0 >= from && ($0 < to || to == 1) }
    return inside.isEmpty ? from : inside.reduce(0, +) / Double(inside.count)
  }

  private mutating func table(_ title: String, _ first: String, _ rows: [(name: String, tally: BacktestTally)]) {
    add("<h2>\(title)</h2>\n<table><thead><tr><th>\(first)</th><th>proposed</th>")
    add(ProposalOutcome.Kind.allCases.map { "<th>\($0.title)</th>" }.joined() + "<th>agreement</th></tr></thead><tbody>")
    for (name, tally) in rows {
      let cells = ProposalOutcome.Kind.allCases.map { "<td>\(tally.count($0))</td>" }.joined()
      add("<tr><th>\(HTML.escaped(name))</th><td>\(tally.proposals)</td>\(cells)<td>\(Count.share(tally.agreement))</td></tr>")
    }
    add("</tbody></table>")
  }

  private mutating func sample() {
    let never = report.neverMade
    guard !never.isEmpty else { return }
    add("<h2>Never made: \(min(never.count, 3 * BacktestReport.sample)) of \(never.count), to be judged</h2>")
    for proposal in never.prefix(3 * BacktestReport.sample) { add(entry(proposal)) }
  }

  private mutating func proposals() {
    let shown = report.proposals.suffix(Self.maximumRows).reversed()
    let all = report.proposals.count == shown.count ? "" : ", the newest \(shown.count)"
    add("<h2>All proposals\(all)</h2>")
    for proposal in shown { add("<details><summary>\(headline(proposal))</summary>\(body(proposal))</details>") }
  }

  // MARK: One proposal

  private func entry(_ proposal: Proposal) -> String { "<article><p>\(headline(proposal))</p>\(body(proposal))</article>" }

  private func headline(_ proposal: Proposal) -> String {
    let place =
      "\(proposal.outcome.kind == .neverMade ? proposal.outcome.path : proposal.path):"
      + "\(proposal.outcome.kind == .neverMade ? proposal.outcome.line ?? proposal.line : proposal.line)"
    return
      "<span class=\"tag \(proposal.outcome.kind.rawValue)\">\(proposal.outcome.kind.title)</span> <code>\(HTML.escaped(place))</code> "
      + "\(HTML.escaped(proposal.strategy)), \(proposal.applicability.rawValue), \(Count.confidence(proposal.confidence))"
  }

  private func body(_ proposal: Proposal) -> String {
    var lines = ["<p>Proposed after \(link(proposal.commit))\(proposal.isStanding ? " (wrong already before)" : "").</p>"]
    lines.append("<pre>\(diff("del", "-", proposal.before))\(diff("ins", "+", proposal.after))</pre>")
    let evidence = proposal.evidence.map { evidence in
      let place = evidence.path.map { " (\($0)\(evidence.line.map { ":\($0)" } ?? ""))" } ?? ""
      return "<li>\(HTML.escaped(evidence.statement + place))</li>"
    }
    if !evidence.isEmpty { lines.append("<ul>\(evidence.joined())</ul>") }
    if let commit = proposal.outcome.commit {
      lines.append("<p>\(Count.days(proposal.outcome.days)) days later: \(link(commit))</p>")
    }
    if let text = proposal.outcome.text { lines.append("<pre>\(diff("ins", "+", text))</pre>") }
    if let path = proposal.outcome.oldWordsIn {
      lines.append("<p>The head's code has the old word: <code>\(HTML.escaped(path))</code></p>")
    }
    return lines.joined()
  }

  private func diff(_ element: String, _ mark: String, _ text: String) -> String {
    Shown.lines(text).map { "<\(element)>\(mark) \(HTML.escaped($0))</\(element)>\n" }.joined()
  }

  /// A commit by its id, with the link that shows it where the repository has an address.
  private func link(_ commit: CommitName) -> String {
    let name = "<code>\(commit.id.short)</code>"
    let shown = report.address.map { "<a rel=\"noreferrer\" href=\"\(HTML.escaped($0))/commit/\(commit.id.hex)\">\(name)</a>" } ?? name
    return "\(shown) \(HTML.escaped(Shown.line(commit.subject))) <time>\(commit.time.day)</time>"
  }

  private static let style = """
    :root{--ink:#1d2329;--paper:#fff;--soft:#f3f4f6;--line:#d4d8dd;--made:#1a7f4b;--rewrite:#62b98a;--other:#c77700;--gone:#8a93a0;--never:#b3362d}
    @media(prefers-color-scheme:dark){:root{--ink:#e2e6ea;--paper:#14181c;--soft:#1f252b;--line:#39424c;--made:#3fbf7f;--rewrite:#2b7d54;--other:#e09a35;--gone:#6b7580;--never:#e2685f}}
    body{margin:2rem auto;max-width:60rem;padding:0 1rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
    a{color:inherit}
    .cards{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.5rem 0}
    .cards div{background:var(--soft);padding:.5rem .9rem;border-left:4px solid var(--line)}
    .cards .made{border-color:var(--made)}.cards .made-in-rewrite{border-color:var(--rewrite)}.cards .made-otherwise{border-color:var(--other)}.cards .gone{border-color:var(--gone)}.cards .never-made{border-color:var(--never)}
    dt{font-size:.85rem}dd{margin:0;font-size:1.4rem;font-weight:600}
    figure{margin:1.5rem 0}figcaption{font-weight:600}
    svg{display:block;width:100%;height:auto;max-height:20rem}
    svg text{fill:var(--ink);font-size:10px}.axis{stroke:var(--line)}
    rect.made,circle.made{fill:var(--made)}rect.made-in-rewrite{fill:var(--rewrite)}rect.made-otherwise{fill:var(--other)}rect.gone{fill:var(--gone)}rect.never-made{fill:var(--never)}
    .legend{font-size:.85rem;margin:0}.legend span{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 .8em}
    .legend .made{background:var(--made)}.legend .made-in-rewrite{background:var(--rewrite)}.legend .made-otherwise{background:var(--other)}.legend .gone{background:var(--gone)}.legend .never-made{background:var(--never)}
    table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);text-align:right}th:first-child{text-align:left}
    article,details{border-top:1px solid var(--line);padding:.4rem 0}summary{cursor:pointer}
    .tag{font-size:.8rem;padding:.1rem .5rem;border:1px solid currentColor}.tag.made,.tag.made-in-rewrite{color:var(--made)}.tag.made-otherwise{color:var(--other)}.tag.gone{color:var(--gone)}.tag.never-made{color:var(--never)}
    pre{background:var(--soft);padding:.5rem;overflow-x:auto;font-size:.85rem}del,ins{text-decoration:none}del{color:var(--never)}ins{color:var(--made)}
    footer{margin-top:3rem;font-size:.85rem}

    """
}

/// Months between two, both included.
enum Months {
  /// - Parameters: `YYYY-MM`.
  static func from(_ first: String, to last: String) -> [String] {
    func number(_ text: String) -> Int? {
      let parts = text.split(separator: "-").compactMap { Int($0) }
      return parts.count == 2 ? parts[0] * 12 + parts[1] - 1 : nil
    }
    guard let from = number(first), let to = number(last), from <= to else { return [] }
    return (from...to).map { month in
      let year = String(month / 12)
      return String(repeating: "0", count: max(0, 4 - year.count)) + year + "-" + (month % 12 < 9 ? "0" : "") + "\(month % 12 + 1)"
    }
  }
}
