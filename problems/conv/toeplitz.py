"""Problem Set 03, problem 7: a convolutional layer as a fully connected one: its matrix and its counts."""

from derive import Answer, Integers, Mistake, Part, Problem, Rubric, Values
from derive.derivations.conv_algebra import toeplitz

COUNTS = "A := N*(N - K + 1); B := K*(N - K + 1); C := N*(N - K + 1)/K"


def asked(name, latex):
    return lambda p: Values(COUNTS, p, name, latex={name: latex}, shown=(name,))


problem = Problem(
    title="A convolutional layer as a fully connected one",
    topics=("convolution", "fully connected layers", "counting"),
    source="003_a2d52afd229cfba6.txt §7",
    difficulty=2,
    params={"N": Integers(8, 20), "K": Integers(3, 6)},
    where=lambda p: p["N"] != 2 * p["K"] and (p["N"] - p["K"]) * (p["N"] - p["K"] + 1) != p["K"],
    statement=r"""
A convolutional layer turns a signal $x_0, \dots, x_{N-1}$ into $y_i = \sum_{u=0}^{K-1} w_u\, x_{i+u}$ for $0 \le i \le N - K$ (indices count from 0;
outside its range $w$ counts as zero). A fully connected layer does the same if its matrix $A$, with one row for each output, is chosen well: $y = A x$.
In (b) to (d) the signal has $N = << N >>$ samples and the filter $K = << K >>$ taps.
""",
    working=(toeplitz,),
    parts={
        "a": Part(
            ask="Give the entry $A_{i,a}$ in terms of $w$.",
            answer=Answer(toeplitz),
            marks=3,
            mistakes=(
                Mistake(
                    "w_{i-a}",
                    "The other way round: row $i$ begins with $w_0$ in column $i$ and goes on to the right.",
                    keeps=1,
                    id="index-swapped",
                ),
                Mistake("w_a", "The filter moves by one from row to row.", keeps=1, id="index-shift"),
                Mistake("w_{i+a}", "Sample $a = i + u$ meets tap $u$: solve for $u$.", keeps=1, id="sign"),
            ),
            hints=("Which tap does sample $x_a$ meet in $y_i$?", "$a = i + u$."),
        ),
        "b": Part(
            ask="How many entries does $A$ have: how many weights would a fully connected layer without biases learn?",
            answer=asked("A", r"\text{all}"),
            mistakes=(
                Mistake("<< N*N >>", "There are only $N - K + 1$ outputs.", id="own-square-matrix"),
                Mistake(
                    "<< K*(N - K + 1) >>",
                    "Those are the entries that hold a tap; the zeros are entries too.",
                    id="own-zeros-left-out",
                ),
            ),
            hints=(
                "How many outputs are there?",
                "Rows times columns: a row for each output, a column for each sample.",
            ),
        ),
        "c": Part(
            ask="How many of the entries hold a tap of the filter, and are not zero by construction?",
            answer=asked("B", r"\text{taps}"),
            mistakes=(
                Mistake("<< K >>", "That many different values; each of them stands in every row.", id="missing-sum"),
                Mistake("<< N*(N - K + 1) - K*(N - K + 1) >>", "Those are the zeros.", id="complement"),
            ),
            hints=(
                "How many are there in each row?",
                "Multiply the number of taps by the number of rows, $N - K + 1$.",
            ),
        ),
        "d": Part(
            ask="How many times as many weights as the filter does the fully connected layer have?",
            answer=asked("C", r"\text{factor}"),
            mistakes=(
                Mistake(
                    "<< N >>/<< K >>",
                    "That compares one row with the filter; a fully connected layer has $N - K + 1$ rows.",
                    id="own-one-row",
                ),
                Mistake(
                    "<< N - K + 1 >>",
                    "That compares the taps alone; the zeros are weights as well.",
                    id="own-zeros-left-out",
                ),
            ),
            hints=(
                "Compare the two numbers of learnt weights.",
                "The filter has $K$ weights; (b) counts those of the fully connected layer.",
            ),
        ),
        "e": Part(
            ask="A network of convolutional, pooling and fully connected layers is given. Under which conditions is there a fully connected network that "
            "computes the same, and what is lost?",
            answer=Rubric(
                (
                    "the size of the input must be fixed; then each convolution is a matrix with shared entries and zeros",
                    "activations stay entry by entry; average pooling is linear; max pooling needs units that compute a maximum, such as "
                    "max(a, b) = a + relu(b − a)",
                    "the equality holds for given weights: training the larger network would not keep shared entries equal or zeros zero",
                )
            ),
            marks=2,
        ),
    },
)
