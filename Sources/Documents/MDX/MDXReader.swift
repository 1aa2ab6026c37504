// MDX (https://mdxjs.com/docs/what-is-mdx/): Markdown with JSX. Imports and exports, tags and expressions in braces are taken out,
// and what is left is Markdown. MDX has no HTML comments and no indented code.

import Domain

struct MDXReader: FormatReader {
  let format = DocumentFormat.mdx
  let extensions = ["mdx"]

  func read(_ bytes: [UInt8], path: String, limits: DocumentLimits) throws(DocumentError) -> DocumentParts {
    let result = bytes.withUnsafeBufferPointer { buffer in
      let start = MarkdownReader.textStart(in: buffer)
      var projector = MDXProjector(buffer)
      return MarkdownReader.read(projector.project(from: start.text), isMDX: true, limits: limits).map { parts in
        var parts = parts
        parts.frontMatter = start.frontMatter
        return parts
      }
    }
    return try result.get()
  }
}
