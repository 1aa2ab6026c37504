// reStructuredText: what is found, and at which bytes.

import Domain
import TestSupport
import Testing

@testable import Documents

@Suite struct ReStructuredTextTests {
  static let readings = [
    Reading(
      "titles have the level of their style",
      "=====\nTitle\n=====\n\nA ``b``\n=======\n\ntext\n\nDeep\n----\n\nNext\n====\n",
      ["heading 1 Title", "heading 2 A b", "codeSpan b", "heading 3 Deep", "heading 2 Next"]),
    Reading(
      "code blocks",
      ".. code-block:: python\n   :linenos:\n   :caption: a.py\n\n   x = 1\n\n   if x:\n       y\n\ntext\n\n.. sourcecode:: js\n\n    a()\n",
      ["code python: x = 1⏎⏎if x:⏎    y", "code javascript: a()"]),
    Reading("a block without a language", ".. code::\n\n  a\n   b\n", ["code -: a⏎ b"]),
    Reading(
      "the default language", ".. highlight:: sh\n\nRun::\n\n   ls\n\n.. highlight:: none\n\nRun::\n\n   ls\n",
      ["code bash: ls", "code -: ls"]),
    Reading(
      "literal blocks", "Text::\n\n  a\n    b\n\n  c\n\n::\n\n  d\n\nend::\nnot code\n",
      ["code -: a⏎  b⏎⏎c", "code -: d"]),
    Reading("quoted literal blocks", "So::\n\n> a\n> b\n\ntext ``c``\n", ["code -: > a⏎> b", "codeSpan c"]),
    Reading("doctest blocks", "Text\n\n>>> a = 1\n>>> a\n1\n\nmore ``x``\n", ["code pycon: >>> a = 1⏎>>> a⏎1", "codeSpan x"]),
    Reading(
      "in lists and quotes",
      "- item ``a``::\n\n      code\n\n- .. code-block:: go\n\n     b()\n\n  2. deep\n\n     ::\n\n        d\n\n    quote ``q``\n",
      ["codeSpan a", "code -: code", "code go: b()", "code -: d", "codeSpan q"]),
    Reading(
      "inside of directives", ".. note:: See ``a``.\n   :class: x\n\n   Text ``b``.\n\n   .. code-block:: c\n\n      int x;\n",
      ["codeSpan a", "codeSpan b", "code c: int x;"]),
    Reading(
      "roles",
      "Call :func:`~pkg.run`, :py:class:`!Thing`, :meth:`title <pkg.A.b>` or `x`:attr:, :doc:`/guide/a`, :ref:`the label <label>`, :kbd:`Ctrl`.\n",
      [
        "codeSpan[func] pkg.run", "codeSpan[class] Thing", "codeSpan[meth] pkg.A.b", "codeSpan[attr] x",
        "crossReference[doc] /guide/a -> /guide/a", "crossReference[ref] the label -> label", "crossReference[kbd] Ctrl",
      ]),
    Reading("a literal over two lines", "- ``a\n  b`` and ``c``\n", ["codeSpan a\n  b (a b)", "codeSpan c"]),
    Reading(
      "links",
      "`text <https://a.b/c>`_, `Named one`_, word_, `x`__ and https://d.e/f.\n\n.. _named one: doc.html\n.. _word: https://w\n__ anon.html\n",
      [
        "link text -> https://a.b/c", "link Named one -> doc.html", "link word -> https://w", "link x -> anon.html",
        "link https://d.e/f -> https://d.e/f", "linkDefinition named one -> doc.html", "linkDefinition word -> https://w",
      ]),
    Reading(
      "places", ".. _here:\n\nTitle\n=====\n\nTo here_, Title_, nowhere_ and `no place`_.\n",
      [
        "anchor here", "heading 1 Title", "crossReference[target] here -> here", "crossReference[target] Title -> Title",
        "crossReference[target] no place -> no place",
      ]),
    Reading(
      "pages", ".. toctree::\n   :maxdepth: 2\n   :caption: All\n\n   intro\n   A title <guide/b>\n   https://x.y\n\nend\n",
      [
        "crossReference[toctree] intro -> intro maxdepth=2 caption=All",
        "crossReference[toctree] guide/b -> guide/b maxdepth=2 caption=All",
      ]),
    Reading(
      "includes", ".. literalinclude:: ../src/a.py\n   :language: python\n   :lines: 1-4\n\n.. include:: b.txt\n",
      ["include[literalinclude] ../src/a.py -> ../src/a.py language=python lines=1-4", "include[include] b.txt -> b.txt"]),
    Reading(
      "pictures and substitutions", ".. image:: a.png\n   :target: b.html\n\n.. |logo| image:: c.png\n.. |x| replace:: Text ``d``\n",
      ["image a.png -> a.png", "link b.html -> b.html", "image c.png -> c.png", "codeSpan d"]),
    Reading("comments say nothing", ".. A comment with ``a``\n   and ``b``.\n\n..\n\n  Quote ``c``.\n", ["codeSpan c"]),
    Reading(
      "grid tables", "+-----+-------+\n| a   | ``b`` |\n+=====+=======+\n| `c` | d     |\n+-----+-------+\n", ["codeSpan b", "codeSpan c"]),
    Reading(
      "simple tables", "=====  =====\nname   what\n=====  =====\n``a``  ``b``\nc      d\n=====  =====\n\nend ``e``\n",
      ["codeSpan a", "codeSpan b", "codeSpan e"]),
    Reading("described objects", ".. function:: run(a, b=1)\n\n   Runs ``it``.\n", ["codeSpan[function] run", "codeSpan it"]),
    Reading("fields", ":param a: the ``b``\n:returns: x\n", ["codeSpan b"]),
    Reading("tabs", "Text::\n\n\ta\n\t\tb\n", ["code -: a⏎\tb"]),
    Reading("a tab that is split", "Text::\n\n    a\n\tb\n", ["code -: a⏎    b"]),
    Reading(
      "not ASCII", "Ünïcode ``é😀`` — ``b``\n==========================\n\n- ``ñ``\n",
      ["heading 1 Ünïcode é😀 — b", "codeSpan é😀", "codeSpan b", "codeSpan ñ"]),
    Reading("marks that open nothing", "a ` b `` c _ d__ 2*3 :x: ``not closed\n\n``ok``\n", ["codeSpan ok"]),
  ]

  @Test(arguments: readings) func everythingIsFoundAtItsBytes(_ reading: Reading) throws { try reading.check(.reStructuredText) }

  @Test func markersCoverTheNextBlock() throws {
    let text = "a\n\n.. doc-healing:ignore rule=x\n\nb ``c``\nd\n\ne\n"
    let document = try read(text, .reStructuredText)
    #expect(document.ignores.map { document.text($0.span) } == ["b ``c``\nd"])
    #expect(document.ignores.first?.rules == ["x"])
    let region = try read(".. doc-healing:ignore-start\n\na\n\n.. doc-healing:ignore-end\n\nb\n", .reStructuredText)
    #expect(region.ignores.map { region.text($0.span) } == ["\n\na\n\n"])
  }

  @Test func anyTextKeepsTheLaws() throws {
    let words = [
      "``", "`", ":func:", ":ref:", "_", "__", "\n", "\n", "\n\n", "  ", "    ", "\t", "a", "b.c", "é😀", "::", ".. ",
      ".. code-block:: py\n", ".. _x: y",
      ".. |s| image:: z", ">>> ", "- ", "1. ", "====", "----", "+--+", "| ", "<a>", "`x <y>`_", ":field: ", "\\", "*", "https://a.b/c",
      "\r\n", "\r",
      ".. toctree::\n", "   x\n", ".. doc-healing:ignore\n", "[1]_", ".. [1] ", "..", "\u{FEFF}", ".. image:: a\n", "   :opt: v\n",
    ]
    forAll(cases: 3000) { random in
      let text = (0..<Int.random(in: 1...60, using: &random)).compactMap { _ in words.randomElement(using: &random) }.joined()
      let document = try read(text, .reStructuredText)
      #expect(document.brokenLaws() == [], "\(random.comment): \(text.debugDescription)")
    }
  }
}
