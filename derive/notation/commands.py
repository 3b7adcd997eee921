"""What LaTeX commands are, as tables: letters, fonts, signs, brackets, and what an answer never holds."""

from __future__ import annotations

from derive.notation.characters import GREEK, VARIANTS
from derive.notation.words import words

LETTERS = frozenset({*GREEK, *VARIANTS, "ell", "hbar", "imath", "jmath", "aleph"})
SKIPPED = frozenset(
    words(
        ", ; : ! > / displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits quad qquad"
        " thinspace"
        " medspace"
        " thickspace negthinspace enspace mathstrut strut nonumber notag hfill allowbreak null relax noindent"
        " centering"
        " nobreak hline"
    )
) | {" ", "\n", "\t", "(", ")", "[", "]"}
SIZES = frozenset(f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")) | {
    "left",
    "right",
    "middle",
}
FONTS = {
    "mathbf": "b", "boldsymbol": "b", "bm": "b", "pmb": "b", "bf": "b", "bfseries": "b", "mathrm": "rm",
    "mathup": "rm",
    "rm": "rm", "mathit": "it", "it": "it", "mathnormal": "it", "mathsf": "sf", "sf": "sf", "mathtt": "tt",
    "tt": "tt",
    "mathbb": "bb", "mathds": "bb", "mathbbm": "bb", "Bbb": "bb", "mathcal": "cal", "mathscr": "cal",
    "cal": "cal",
    "mathfrak": "frak", "frak": "frak", "vec": "vec", "underline": "ul", "symbf": "b", "mathbfit": "b",
}  # fmt: skip
DECLARATIVE = frozenset(words("bf bfseries rm it sf tt cal"))
WORDS = frozenset(
    words(
        "text textrm textbf textit textnormal textsf texttt mbox hbox operatorname operatorname* mathop"
        " DeclareMathOperator"
    )
) - {"DeclareMathOperator", "mathop"}
WRAPPERS = frozenset(
    words(
        "boxed fbox ensuremath mathop mathbin mathrel mathord mathopen mathclose smash mathclap cancel"
        " bcancel"
        " xcancel mathinner"
    )
)
DROPPED = {"label": 1, "tag": 1, "phantom": 1, "hphantom": 1, "vphantom": 1, "hspace": 1, "vspace": 1,
    "color": 1,
           "hspace*": 1, "tag*": 1, "mspace": 1, "cite": 1, "ref": 1}  # fmt: skip
ANNOTATED_AFTER = frozenset({"underbrace", "overbrace"})
ANNOTATED_BEFORE = frozenset({"overset", "underset", "stackrel", "textcolor"})
FRACTIONS = {"frac": "frac", "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "nicefrac": "frac",
    "sfrac": "frac",
             "binom": "binom", "dbinom": "binom", "tbinom": "binom"}  # fmt: skip
ACCENTS = {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde",
    "widetilde": "tilde",
           "dot": "dot", "ddot": "ddot", "check": "check", "breve": "breve", "mathring": "ring"}  # fmt: skip
PRIMES = {"prime": 1, "doubleprime": 2, "dprime": 2, "trprime": 3, "tripleprime": 3}
OPEN = {"lbrack": "[", "llbracket": "[", "lbrace": r"\{", "{": r"\{", "lfloor": "floor", "lceil": "ceil", "langle": "<",
    "lvert": "|",
        "lVert": "||"}  # fmt: skip
CLOSE = {"rbrack": "]", "rrbracket": "]", "rbrace": r"\}", "}": r"\}", "rfloor": "floor", "rceil": "ceil", "rangle": "<",
    "rvert": "|",
         "rVert": "||"}  # fmt: skip
BARS = {"vert": "|", "mid": "|", "|": "||", "Vert": "||", "parallel": "||"}
SIGNS = {
    "cdot": "cdot", "cdotp": "cdot", "bullet": "cdot", "times": "times", "odot": "odot", "circ": "circ",
    "otimes": "otimes", "oslash": "oslash",
    "ast": "*", "div": "/", "slash": "/", "bmod": "%", "%": "%", "le": "<=", "leq": "<=", "leqslant": "<=",
    "ge": ">=",
    "geq": ">=", "geqslant": ">=", "ne": "!=", "neq": "!=", "lt": "<", "gt": ">", "in": "in",
    "notin": "notin", "ni": "ni",
    "approx": "approx", "simeq": "approx", "propto": "propto", "sim": "sim", "to": "to", "rightarrow": "to",
    "longrightarrow": "to", "mapsto": "to", "equiv": "=", "coloneqq": ":=", "coloneq": ":=",
    "triangleq": ":=", "eqqcolon": "=",
    "doteq": "=", "subset": "subset", "subseteq": "subset", "Rightarrow": "implies", "implies": "implies",
    "Longrightarrow": "implies", "therefore": "implies", "Leftrightarrow": "iff", "leftrightarrow": "iff", "iff": "iff",
    "Longleftrightarrow": "iff",
    "wedge": "and", "land": "and", "vee": "or", "lor": "or", "neg": "not", "lnot": "not", "oplus": "xor",
    "cup": "cup",
    "cap": "cap", "bigcup": "cup", "setminus": "setminus", "pm": "pm", "mp": "pm", "colon": ":",
    "ldotp": ".", "backslash": "setminus",
    "gets": "gets", "leftarrow": "gets", "asymp": "approx", "cong": "approx", "ll": "<", "gg": ">",
    "&": "and",
}  # fmt: skip
ORDINARY = frozenset(

       words("sum prod nabla partial infty top intercal star dagger emptyset varnothing sqrt int iint oint dots"
        " ldots cdots vdots ddots lim differentialD exponentialE")
) | {"not"}  # fmt: skip
NAMED = frozenset(
    words(
        "exp log ln lg sin cos tan cot sec csc arcsin arccos arctan arccot sinh cosh tanh coth sech csch"
        " arsinh"
        " arcosh artanh arcsinh"
        " arccosh arctanh det max min sup inf gcd lcm tr Tr trace diag rank deg dim ker sgn sign erf erfc"
        " relu"
        " ReLU sigmoid softmax"
        " softplus vec mathvec argmin argmax Pr arg norm abs limsup liminf logsumexp Var Cov mod pmod"
        " otherwise"
        " if"
    )
) - {"vec", "mathvec", "arg"}
MATRICES = frozenset(words("matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix array"))
LISTS = frozenset(
    words("cases rcases dcases aligned align align* split gather gather* equation equation* gathered alignat alignedat")
)
FORBIDDEN = frozenset(
    words(
        "input include def edef gdef xdef let write openout openin read catcode newcommand renewcommand"
        " providecommand csname"
        " usepackage documentclass newenvironment expandafter loop immediate special directlua"
        " DeclareMathOperator includegraphics"
        " href url newwrite jobname"
    )
)
