"""Reading and writing formulas: LaTeX, Python text and plain boxes to one typed tree, and back to LaTeX.

* `derive.notation.declare.Declarations.of_request(request)`: what a request declares (PROTOCOLS section 1).
* `derive.notation.reader.read(text, syntax, declarations) -> Reading`: `syntax`, and `nodes` (every customary
  reading). `unknown_names(node, declarations)` stands beside it.
* `derive.notation.answers.stripped(node, declarations, asked)`: an answer without the left side that it repeats.
* `read_latex`, `read_python`, `read_text` (in `latex`, `python`, `plain`): one syntax each.
* `derive.notation.tree`: the node classes; `derive.notation.walk`: `walk`, `children`, `split_slots`.
* `derive.notation.write.to_latex(node)`: reads back to the same tree.
* `derive.notation.errors`: `Unreadable(message, position)` and `Refused(message)`; nothing else leaves.
"""
