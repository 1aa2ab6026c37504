// What the rules about links share: each link's target once, and findings on it.

import Documents
import Domain
import Synchronization

/// A link or an image whose target is written in the document.
struct WrittenLink {
  let reference: Reference
  let target: LinkTarget
  /// The bytes of the whole target.
  let span: Span
}

/// What the links of one document are, looked up once for all rules.
final class LinkMemo: Sendable {
  private struct Kept {
    var links: [WrittenLink]?
    var verdicts: [String: LinkVerdict] = [:]
  }
  private let kept = Mutex(Kept())

  /// The links and images of the document.
  func written(in document: Document) -> [WrittenLink] {
    kept.withLock { kept in
      let links = kept.links ?? LinkFindings.links(of: document, kinds: [.link, .image])
      kept.links = links
      return links
    }
  }

  /// What a link of the document is.
  func verdict(_ target: LinkTarget, in document: Document, _ history: LinkHistory) -> LinkVerdict {
    if let known = kept.withLock({ $0.verdicts[target.text] }) { return known }
    let verdict = history.verdict(target, in: document.path)
    kept.withLock { $0.verdicts[target.text] = verdict }
    return verdict
  }
}

enum LinkFindings {
  /// Links that lead nowhere and never did, from how many on they say more about the page's generator than about its author.
  private static let suspiciousCount = 5

  /// The links and images of a document, the definition that several share once.
  static func links(of document: Document, kinds: Set<Reference.Kind>) -> [WrittenLink] {
    var seen: Set<Int> = []
    return document.references.compactMap { reference in
      guard kinds.contains(reference.kind), let text = reference.target, let span = reference.targetSpan, !span.isEmpty else { return nil }
      guard let target = LinkTarget(text), seen.insert(span.start).inserted else { return nil }
      return WrittenLink(reference: reference, target: target, span: span)
    }
  }

  /// Findings on links of one kind that lead nowhere. Where most of a page's links lead nowhere, and nothing says that they ever did,
  /// the page is resolved by rules that nobody here knows.
  static func missing(_ rule: any Rule, _ kind: Reference.Kind, _ context: RuleContext) -> RuleOutcome {
    guard let history = context.revisions?.links else { return RuleOutcome() }
    var (sound, never) = (0, 0)
    var found: [(link: WrittenLink, path: String, was: LinkPlace?)] = []
    for link in context.links.written(in: context.document) {
      switch context.links.verdict(link.target, in: context.document, history) {
      case .missing(let path, let was):
        if was == nil { never += 1 }
        if link.reference.kind == kind { found.append((link, path, was)) }
      case .sound where link.target.form != .url: sound += 1
      default: break
      }
    }
    if !found.isEmpty, let head = context.revisions?.head {
      // A redirect answers addresses; a link to a file by its name does not get there.
      found.removeAll { !($0.was?.form == .file && $0.link.target.form == .relative) && head.redirects.lead(from: $0.path) }
    }
    let isForeign = never >= suspiciousCount && never > sound
    let findings = found.filter { !isForeign || $0.was != nil }.map { link, path, was in
      let (message, evidence) = explanation(path, was, history)
      return context.finding(rule, .error, at: link.span, message, evidence: evidence)
    }
    return RuleOutcome(findings: findings)
  }

  /// What is to say about a path that is not there.
  static func explanation(_ path: String, _ was: LinkPlace?, _ history: LinkHistory) -> (String, [Evidence]) {
    guard let was else { return ("there is no `\(path)`", []) }
    let move = was.isFolder ? history.moves?.folder(was.path) : history.moves?.file(was.path)
    if let move { return ("`\(was.path)` moved to `\(move.path)`", [move.evidence]) }
    if history.head.exists(was.path) { return ("there is no `\(path)`: the document moved and left `\(was.path)`", []) }
    return ("`\(was.path)` is not there any more", [Evidence("the base has `\(was.path)`, the head has not", path: was.path)])
  }
}
