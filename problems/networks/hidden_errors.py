"""Backpropagation through a hidden layer with any activation."""

from derive import Answer, Lines, Mistake, Part, Problem
from derive.derivations.backprop import first_weights, hidden_error, sigmoid_hidden_error

problem = Problem(
    title="The error signal of a hidden layer",
    topics=("backpropagation", "multilayer perceptron", "error signals"),
    difficulty=2,
    statement=r"""
A network with $n$ inputs, $m$ hidden units and $o$ outputs computes

$$z^{(1)} = W^{(1)} x + b^{(1)}, \qquad h_i = f(z^{(1)}_i), \qquad z^{(2)} = W^{(2)} h + b^{(2)}, \qquad L = \tfrac12 \sum_{k=1}^{o} (z^{(2)}_k - y_k)^2,$$

with $x \in \mathbb{R}^n$, $W^{(1)} \in \mathbb{R}^{m \times n}$, $W^{(2)} \in \mathbb{R}^{o \times m}$ and a smooth activation $f$ that is applied entry by entry. The error
signals are $\delta^{(1)}_i = \partial L/\partial z^{(1)}_i$ and $\delta^{(2)}_k = \partial L/\partial z^{(2)}_k$.
""",
    working=(hidden_error, first_weights, sigmoid_hidden_error),
    parts={
        "a": Part(
            ask=r"Give $\delta^{(1)}_i$ in terms of $\delta^{(2)}$, $W^{(2)}$ and $f'$.",
            answer=Answer(hidden_error, means={"z2_bar": r"z^{(2)} - y"}),
            marks=3,
            mistakes=(
                Mistake(
                    r"\sum_{k=1}^{o} \delta^{(2)}_k W^{(2)}_{k,i}",
                    r"That is $\partial L/\partial h_i$: one step further down is left.",
                    1,
                    "layer-early",
                ),
                Mistake(
                    r"f(z^{(1)}_i) \sum_{k=1}^{o} \delta^{(2)}_k W^{(2)}_{k,i}",
                    "You multiplied by the activation's value.",
                    1,
                    "value-for-slope",
                ),
                Mistake(
                    r"f'(h_i) \sum_{k=1}^{o} \delta^{(2)}_k W^{(2)}_{k,i}",
                    "The right factor, but at the wrong place: what does $f$ act on?",
                    2,
                    "own-slope-elsewhere",
                ),
            ),
            hints=(
                r"Go one step at a time: first $\partial L/\partial h_i$, then through $f$.",
                r"All outputs read $h_i$: $\partial L/\partial h_i = \sum_k \delta^{(2)}_k W^{(2)}_{k,i}$.",
                r"$h_i = f(z^{(1)}_i)$ depends on $z^{(1)}_i$ alone: one factor more.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial W^{(1)}_{i,j}$ in terms of $\delta^{(1)}$ and $x$.",
            answer=Answer(first_weights),
            mistakes=(
                Mistake(r"\delta^{(1)}_i h_j", "What does this weight multiply?", 0, "own-layer-mixed-up"),
                Mistake(r"\delta^{(1)}_j x_i", "Row $i$ of the weights makes unit $i$.", 0, "index-swapped"),
            ),
            hints=(r"$W^{(1)}_{i,j}$ moves $z^{(1)}_i$ alone.", r"It moves it by what it is multiplied with."),
        ),
        "c": Part(
            ask=r"The activation is the logistic function, $h_i = \sigma(z^{(1)}_i)$ with $\sigma(u) = 1/(1 + e^{-u})$. Give $\delta^{(1)}_i$ in terms of $h$, $W^{(2)}$, $z^{(2)}$ and $y$.",
            answer=Answer(sigmoid_hidden_error, means={"z2_bar": r"z^{(2)} - y"}),
            marks=2,
            mistakes=(
                Mistake(
                    r"h_i \sum_{k=1}^{o} W^{(2)}_{k,i} (z^{(2)}_k - y_k)",
                    r"You multiplied by $\sigma$ and not by its slope.",
                    0,
                    "value-for-slope",
                ),
                Mistake(
                    r"h_i (1 - h_i) \sum_{k=1}^{o} W^{(2)}_{k,i} (y_k - z^{(2)}_k)",
                    "Which way does $L$ go where an output is too large?",
                    1,
                    "sign",
                ),
                Mistake(
                    r"(1 - h_i^2) \sum_{k=1}^{o} W^{(2)}_{k,i} (z^{(2)}_k - y_k)",
                    r"That slope belongs to $\tanh$.",
                    1,
                    "own-other-activation",
                ),
            ),
            hints=(
                r"Differentiate the loss first: what is $\delta^{(2)}_k$?",
                r"$\delta^{(2)}_k = z^{(2)}_k - y_k$; put it into (a).",
                r"$\sigma'$ can be written with the value $\sigma$ alone.",
            ),
        ),
        "d": Part(
            ask="Derive (a) line by line, from the outputs back to the hidden units and through their activation.",
            answer=Lines(hidden_error),
            marks=3,
            hints=(
                r"Go back one quantity at a time: $z^{(2)}$, then $h$, then $z^{(1)}$.",
                r"All outputs read $h_i$: the chain rule adds over $k$.",
            ),
        ),
    },
)
