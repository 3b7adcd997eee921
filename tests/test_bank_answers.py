"""Answers that are derivations: right ones may be written in the page's other names, or with definitions written out."""

import pytest

from derive import Answer, Symbol
from derive.derivations import backprop, classification, linear, normalisation, steps

SCALE = Answer(normalisation.batch_norm_scale, symbols={"y_bar": Symbol(("N", "C"), latex=r"\delta")})
DECAY = Answer(steps.weight_decay, symbols={"g": Symbol(("n",), latex="g")})


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Answer(backprop.hidden_error), r"f'(z_i^{(1)}) \sum_k \delta_k^{(2)} W_{ki}^{(2)}"),
        (Answer(linear.affine_weights), "delta[i]*x[j]"),
        (Answer(classification.softmax_jacobian), r"p_i (\delta_{ij} - p_j)"),
        (Answer(classification.cross_entropy), r"\frac{e^{z_i}}{\sum_k e^{z_k}} - y_i"),
        (Answer(linear.ridge_gradient), r"X^\top (Xw - y) + \mu w"),
        (SCALE, SCALE.typed()),
        (DECAY, "(1 - eta*mu)*w[i] - eta*g[i]"),
    ],
)
def test_a_right_answer_in_other_words(answer, text):
    assert answer.judge(text).verdict == "equal"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Answer(backprop.hidden_error), r"f(z_i^{(1)}) \sum_k \delta_k^{(2)} W_{ki}^{(2)}"),
        (Answer(classification.softmax_jacobian), r"p_i (\delta_{ij} - 1)"),
        (Answer(classification.cross_entropy), r"e^{z_i} - y_i"),
        (Answer(linear.ridge_gradient), r"X^\top (Xw + y) + \mu w"),
    ],
)
def test_a_wrong_one_stays_wrong(answer, text):
    assert answer.judge(text).verdict == "different"
