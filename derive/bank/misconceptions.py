"""The misconceptions that a wrong answer may show: stable ids, a short name and a sentence for the student.

The sentence says where to look and never what is right. An id that starts with ``own-`` is a problem's own, in no table.
"""

from __future__ import annotations

from dataclasses import dataclass, field

OWN = "own-"


@dataclass(frozen=True, slots=True)
class Misconception:
    """A kind of error.

    Attributes:
        id: its stable id, the same in every release.
        name: what a teacher calls it.
        say: a sentence for a student, true of every answer that shows it.
    """

    id: str
    name: str
    say: str


@dataclass(frozen=True, slots=True)
class Showing:
    """A misconception that an answer shows, and what it did.

    Attributes:
        id: the misconception's.
        words: what it did, for staff.
        whole: all that a student hears, where the misconception's own sentence and the place would be untrue.
    """

    id: str
    words: str
    whole: str = field(default="", repr=False)

    @property
    def say(self) -> str:
        """What a student hears."""
        return MISCONCEPTIONS[self.id].say

    @property
    def told(self) -> dict[str, object]:
        """What staff see."""
        return {"words": self.words}


TABLE = (
    Misconception("missing-transpose", "a transpose is missing",
                  "Compare the shapes, row by column: should one of the factors be transposed?"),
    Misconception("product-order", "factors in the wrong order",
                  "Matrices do not commute: look again at the order of your factors."),
    Misconception("missing-chain-factor", "a factor of the chain rule is missing",
                  "Go along the chain step by step: one of its slopes is not in your product."),
    Misconception("sign", "the wrong sign",
                  "Check your signs: does the quantity grow or shrink?"),
    Misconception("missing-sum", "a sum is missing",
                  "Look for everything that the variable reaches, and add up all its effects."),
    Misconception("extra-sum", "a sum too many",
                  "You added over an index that the question keeps fixed, or that is in no term."),
    Misconception("index-shift", "an index is shifted",
                  "Follow one index through the definition: one of yours is off its place."),
    Misconception("index-swapped", "the wrong index",
                  "One of your indices stands where another belongs: say aloud what each of them counts."),
    Misconception("flipped-kernel", "the kernel is turned round",
                  "You turned the kernel round; look at how its index runs in the definition."),
    Misconception("unflipped-kernel", "the kernel is not turned round",
                  "Follow which tap meets which sample on this way: does the kernel run forwards here?"),
    Misconception("mean-for-sum", "a mean in place of a sum",
                  "You divided by a count; does the definition?"),
    Misconception("sum-for-mean", "a sum in place of a mean",
                  "The definition averages; a sum alone is not yet a mean."),
    Misconception("lost-half", "a factor ½ is lost or invented",
                  "Follow each constant in front from the definition to your answer."),
    Misconception("lost-two", "a factor 2 is lost or invented",
                  "Count again how often the variable stands in the product, and what that puts in front."),
    Misconception("diagonal-only", "the diagonal alone",
                  "That is only the effect of an entry on itself; do the others not depend on it too?"),
    Misconception("value-for-slope", "a function's value in place of its slope",
                  "You used the value of a function where its slope is wanted."),
    Misconception("slope-of-wrong-variable", "the slope in another variable",
                  "Say first which variable moves: this is the slope in another one."),
    Misconception("epsilon-inside-root", "ε under the root",
                  "Look at where the small constant stands in the definition: beside the root or under it?"),
    Misconception("epsilon-outside-root", "ε beside the root",
                  "Look at where the small constant stands in the definition: under the root or beside it?"),
    Misconception("missing-root", "a root is missing",
                  "Compare the units of both sides: something here is still squared."),
    Misconception("squared-for-plain", "a square that does not belong",
                  "You squared something that the definition takes as it is."),
    Misconception("off-by-one", "one too many or too few",
                  "Try the smallest case and count on your fingers."),
    Misconception("fencepost-T", "a last step too many or too few",
                  "Count the steps and the gaps between them: are they as many?"),
    Misconception("natural-for-base-2", "a natural logarithm in place of base 2",
                  "Look at the base of the logarithm that the question uses."),
    Misconception("base-2-for-natural", "a logarithm to the base 2 in place of a natural one",
                  "Look at the base of the logarithm that the question uses: is it 2?"),
    Misconception("layer-early", "stopped a layer early",
                  "You are on the right way and stopped too early: is that the quantity that was asked for?"),
    Misconception("wrong-branch", "the wrong branch",
                  "The formula has cases: check which of them holds where."),
    Misconception("tie-ignored", "ties are ignored",
                  "What happens where two candidates are equal?"),
    Misconception("missing-padding", "the padding is forgotten",
                  "How large is the input after padding, and what do the new places hold?"),
    Misconception("missing-stride", "the stride is forgotten",
                  "How far does the window move from one output to the next?"),
    Misconception("stride-for-dilation", "stride and dilation mixed up",
                  "Which number spaces the outputs, and which the taps?"),
    Misconception("missing-bias", "the bias is forgotten",
                  "The definition has a bias: where is it in your answer?"),
    Misconception("bias-added", "a bias that does not belong",
                  "You counted a bias: does it belong to what was asked for?"),
    Misconception("channels-forgotten", "channels are forgotten",
                  "How many channels come in and how many go out?"),
    Misconception("batch-forgotten", "the batch is forgotten",
                  "There is more than one example: what does the batch do to your answer?"),
    Misconception("wrong-normaliser", "divided by the wrong quantity",
                  "Look at what you divide by: is it what makes the whole come out right?"),
    Misconception("unnormalised", "not normalised",
                  "Should these numbers add up to something? Check whether yours do."),
    Misconception("missing-bias-correction", "the bias correction is forgotten",
                  "The averages start at 0: what does that do to their first values?"),
    Misconception("old-value-for-new", "the old value in place of the new one",
                  "At which step is each quantity taken? One of yours is too old."),
    Misconception("new-value-for-old", "the new value in place of the old one",
                  "At which step is each quantity taken? One of yours is too new."),
    Misconception("direct-path-only", "the direct path alone",
                  "The variable reaches the result by more ways than the direct one."),
    Misconception("dropped-path", "a path is missing",
                  "Draw all ways from the variable to the result: one of them is not in your sum."),
    Misconception("reversed-time", "time runs backwards",
                  "In which order do the steps happen, and in which order does the gradient go through them?"),
    Misconception("gate-confused", "another gate",
                  "Look again at which gate does what."),
    Misconception("joint-for-conditional", "the joint in place of the conditional",
                  "What is given here, and what is still random?"),
    Misconception("kl-reversed", "the divergence the other way round",
                  "The divergence is not symmetric: over which distribution is the expectation?"),
    Misconception("missing-jacobian", "the change of volume is forgotten",
                  "A change of variables also stretches volumes."),
    Misconception("inverse-for-matrix", "the inverse in place of the matrix",
                  "Check on a matrix of one row whether it multiplies or divides."),
    Misconception("inverse-forgotten", "an inverse is missing",
                  "Check on a matrix of one row whether something is to be divided by."),
    Misconception("determinant-sign", "the sign of a determinant",
                  "Check the sign and the power of the determinant on a diagonal matrix."),
    Misconception("variance-for-deviation", "variance and standard deviation mixed up",
                  "Compare units: is this a spread or the square of one?"),
    Misconception("reciprocal", "upside down",
                  "Numerator and denominator: which way round do they belong?"),
    Misconception("wrong-exponent", "the wrong exponent",
                  "Count how many factors there really are, and look at your exponents."),
    Misconception("missing-power", "a power is missing",
                  "Something here happens several times over, and you counted it once."),
    Misconception("constant-dropped", "a constant is lost",
                  "The shape is right; check the constants in front, one by one."),
    Misconception("wrong-bound", "a wrong bound",
                  "Look at where your sum, or your inequality, begins and ends."),
    Misconception("strict-for-weak", "< in place of ≤, or the other way",
                  "Try the boundary itself: does it belong?"),
    Misconception("projection-forgotten", "the projection is forgotten",
                  "Only a part of the vector counts here: which one?"),
    Misconception("norm-forgotten", "a norm is forgotten",
                  "Does your answer change where a vector is made twice as long? Should it?"),
    Misconception("rate-forgotten", "the learning rate is forgotten",
                  "How long is the step?"),
    Misconception("momentum-forgotten", "the momentum is forgotten",
                  "What does the step remember of those before it?"),
    Misconception("mask-forgotten", "the mask is forgotten",
                  "Which places may not be seen, or were switched off?"),
    Misconception("order-of-steps", "steps in the wrong order",
                  "You did the right things; check which of them comes first."),
    Misconception("parity", "odd and even mixed up",
                  "Try the smallest odd and the smallest even case."),
    Misconception("missing-factor", "a factor is missing",
                  "One of the factors is not in your product: go through them one by one."),
    Misconception("missing-term", "a term is missing",
                  "One of the terms is not in your sum: go through them one by one."),
    Misconception("wrong-condition", "a condition is lost or shifted",
                  "For which indices does each of your terms count? Try one that should give nothing."),
    Misconception("complement", "the complement",
                  "That is what is left over, not what was asked for."),
    Misconception("hidden-constraint", "a condition is forgotten",
                  "There is one more condition in the question that your answer does not meet."),
    Misconception("numeric-slip", "a slip in arithmetic",
                  "The way is right; work out the numbers again."),
    Misconception("rounding", "rounded wrongly",
                  "Round once, at the end, and as the question says."),
    Misconception("one-of-several", "one of several values",
                  "What you give belongs to the answer, and there is more: look for all of them."),
    Misconception("opposite", "the other way round",
                  "Check the direction: try an extreme case, or a small one."),
    Misconception("de-morgan", "NOT of an OR, or of an AND, taken wrongly",
                  "De Morgan: what is the opposite of an OR made of, and the opposite of an AND?"),
    Misconception("or-for-xor", "an OR in place of an exclusive or",
                  "Look at the inputs for which more than one of the things that you join is 1."),
    Misconception("and-for-or", "an AND in place of an OR, or the other way",
                  "Go through your ANDs and ORs: must all of them hold, or one of them?"),
    Misconception("missing-not", "a NOT that is missing, or one too many",
                  "Go through the inputs one by one: which of them must be 0?"),
    Misconception("step-for-logistic", "weights that would do for step units",
                  "Your weights would do for units with a step: what does a logistic unit give close to the border?"),
    Misconception("transposed-weights", "weights by columns",
                  "A row of weights belongs to one unit, a column to one input."),
    Misconception("restated", "the question again",
                  "That only says again what is asked for: work it out."),
)  # fmt: skip
MISCONCEPTIONS = {m.id: m for m in TABLE}


def is_known(identity: str) -> bool:
    """Whether an id stands in the table, or is a problem's own.

    >>> is_known("sign"), is_known("own-forgot-lunch"), is_known("sings"), is_known("own-")
    (True, True, False, False)
    """
    return identity in MISCONCEPTIONS or (identity.startswith(OWN) and len(identity) > len(OWN))
