// What a JavaScript or TypeScript file exports. Over-complete on purpose: of a CommonJS file and of a declaration file every
// identifier counts, since what is exported there may be an object that is filled anywhere.

struct ScriptOutline: Sendable {
  /// `default` among them.
  var names: Set<String> = []
  /// `export * from "…"`, `module.exports = require("…")`.
  var stars: [String] = []
  /// The exports are computed, or not in the text.
  var isOpen = false

  init(_ tree: TokenTree, isDeclaration: Bool) {
    var isModule = false
    var index = 0
    while index < tree.count {
      if tree.isWord(index, .export), !tree.isMark(index - 1, ".") {
        isModule = true
        index = readExport(tree, index)
      } else {
        index = tree.after(index)
      }
    }
    if !isModule || isDeclaration { readCommon(tree, isDeclaration) }
  }

  // MARK: ES modules

  private mutating func readExport(_ tree: TokenTree, _ start: Int) -> Int {
    var index = start + 1
    if tree.isWord(index, .default) {
      names.insert("default")
      return index + 1
    }
    if tree.isMark(index, "=") { isOpen = true }
    if tree.isWord(index, .type), tree.isMark(index + 1, "{") || tree.isMark(index + 1, "*") { index += 1 }
    if tree.isMark(index, "*") { return readStar(tree, index) }
    if tree.isMark(index, "{") {
      addNames(tree, stretch(index + 1, tree.close(of: index)))
      return tree.after(index)
    }
    return readDeclaration(tree, index)
  }

  private mutating func readStar(_ tree: TokenTree, _ star: Int) -> Int {
    if tree.isWord(star + 1, .as), tree.isName(star + 2) || tree[star + 2].kind == .string {
      names.insert(tree.text(star + 2).trimmingQuotes)
      return star + 3
    }
    guard tree.isWord(star + 1, .from), tree[star + 2].kind == .string else {
      isOpen = true
      return star + 1
    }
    stars.append(tree.text(star + 2).trimmingQuotes)
    return star + 3
  }

  /// `export const { a, b: c } = …, d = …`, `export async function* name`, `export declare abstract class Name`.
  private mutating func readDeclaration(_ tree: TokenTree, _ start: Int) -> Int {
    var index = start
    while index < tree.count, index < start + 200 {
      if index > start, tree[index].startsLine, tree.isName(index), !tree.isMark(index - 1, ",") { break }
      if tree.isMark(index, ";") { break }
      if tree.isName(index), !tree.isMark(index - 1, ".") { names.insert(tree.text(index)) }
      if tree.isMark(index, "{") || tree.isMark(index, "[") {
        let isPattern = tree.isName(index - 1) && [.const, .let, .var].contains(tree[index - 1].word)
        if isPattern { addNames(tree, stretch(index + 1, tree.close(of: index))) }
        if !isPattern, tree.isMark(index, "{") { return tree.after(index) }
      }
      index = tree.after(index)
    }
    return max(index, start + 1)
  }

  private mutating func addNames(_ tree: TokenTree, _ range: Range<Int>) {
    for index in range where tree.isName(index) || tree[index].kind == .string { names.insert(tree.text(index).trimmingQuotes) }
  }

  // MARK: CommonJS

  private mutating func readCommon(_ tree: TokenTree, _ isDeclaration: Bool) {
    var exports = isDeclaration
    for index in 0..<tree.count {
      guard tree.isName(index) || tree[index].kind == .string else { continue }
      let text = tree.text(index).trimmingQuotes
      if text.utf8.count < 80 { names.insert(text) }
      if text == "exports" { exports = true }
      if text == "__exportStar" || text == "eval" { isOpen = true }
      if text == "require", tree.isMark(index + 1, "("), tree[index + 2].kind == .string, isReexport(tree, index) {
        stars.append(tree.text(index + 2).trimmingQuotes)
      }
    }
    if !exports { isOpen = true }
  }

  /// `module.exports = require("…")`, `...require("…")`.
  private func isReexport(_ tree: TokenTree, _ index: Int) -> Bool {
    if tree.isMark(index - 1, ".") { return true }
    return tree.isMark(index - 1, "=") && ["exports", "default"].contains(tree.text(index - 2)) || tree.isMark(index - 1, "(")
  }
}
