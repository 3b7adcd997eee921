"""Answers that are derivations: right ones may be written in the page's other names, or with definitions written out."""

import pytest

from derive import Answer, Symbol
from derive.bank.banks import bank
from derive.bank.grade import grade, grade_part
from derive.derivations import backprop, cells, classification, linear, normalisation, steps

BANK = bank()
SCALE = Answer(normalisation.batch_norm_scale, symbols={"y_bar": Symbol(("N", "C"), latex=r"\delta")})
DECAY = Answer(steps.weight_decay, symbols={"g": Symbol(("n",), latex="g")})


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Answer(backprop.hidden_error), r"f'(z_i^{(1)}) \sum_k \delta_k^{(2)} W_{ki}^{(2)}"),
        (Answer(linear.affine_weights), "delta[i]*x[j]"),
        (Answer(classification.softmax_jacobian), r"p_i (\delta_{ij} - p_j)"),
        (Answer(cells.lstm_state_memory), r"o_{t,j} f_{t,j} (1 - \tanh^2(c_{t,j})) [j = k]"),
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


def test_a_wrong_answer_is_judged_where_a_rule_does_not_fit_the_slip():
    part = bank()["networks/tanh_from_sigmoid"].variant(0).parts["b"]
    assert grade_part(part, r"\frac{1}{1 + 2 e^x}")["verdict"] == "different"


def test_a_named_quantity_may_be_written_out():
    parts = bank()["losses/delta_rule"].variant(0).parts
    assert grade_part(parts["a"], r"(1 - \eta \sum_i x_i^2) r")["verdict"] == "equal"


def test_an_answer_in_a_file_waits_for_a_person():
    problems = bank()
    submission = {"id": 1, "problem": "conv/flipping", "answers": {"a": {"file": "ada.pdf", "why": "a PDF"}}}
    found = grade(submission, problems)
    assert (found["status"], found["marks"], found["pending"]) == ("needs a person", None, ["a"])
    assert found["parts"]["a"]["evidence"] == {"file": "ada.pdf", "why": "a PDF"}
    assert found["parts"]["b"]["verdict"] == "blank"


@pytest.mark.parametrize("text", ["Answer: {}", "the answer is {}", "= {}", "{} ??", "My final answer is: {}?", "≈ {}"])
def test_words_around_an_answer_do_no_harm(text):
    for name, part in (("networks/affine_layer", "a"), ("conv/kernel_size", "a"), ("conv/kernel_size", "b")):
        kind = BANK[name].variant(0).parts[part].answer
        assert kind.judge(text.replace("{}", kind.typed())).verdict == "equal"


@pytest.mark.parametrize(("text", "verdict"), [("96,096", "equal"), ("96,97", "unreadable"), ("9,6096", "unreadable")])
def test_thousands_may_have_commas(text, verdict):
    assert BANK["conv/kernel_size"].variant(309).parts["b"].answer.judge(text).verdict == verdict


def test_a_letter_that_the_question_does_not_know_is_said():
    found = grade_part(BANK["networks/affine_layer"].variant(0).parts["a"], r"\delta_i x_j + C")
    assert found["feedback"] == "Your answer speaks of C, and we do not know what that stands for here."


@pytest.mark.parametrize(
    ("name", "part", "text", "said"),
    [
        ("conv/dilated_stack", "a", "3/0", "your answer has no value there"),
        ("attention/kv_cache", "a", "1/2", "This is not the right value."),
        ("networks/tanh_from_sigmoid", "a", "🙂", "Write a = …; b = …; c = …: there is no a, b and c yet."),
        ("classical/threshold_units", "a", "Q", "'Q' is none of the inputs A, B, C."),
        ("modern/rms_norm", "c", "0", "Your answer is a single number"),
        ("sequences/lstm_gates", "b", "0", "the entry (1, 1) of your answer is not what the definition gives"),
    ],
)
def test_what_a_confused_student_hears(name, part, text, said):
    assert said in grade_part(BANK[name].variant(0).parts[part], text)["feedback"]
