"""Sums over many letters: deltas decide them, and sizes get small where ordinary ones are too much work."""

from typing import Any

import pytest

from derive.grading.compare import answer_request
from derive.grading.settings import Search, small

SIZES = {n: {"domain": "dimension"} for n in ("N", "M", "C", "H", "W", "K", "V", "A", "B")}
ONE_MAP = {
    "F": {"shape": ["K", "V"]},
    "G": {"shape": ["A", "B"]},
    "s": {"domain": "posint"},
    **{n: SIZES[n] for n in "HWKVAB"},
}
BATCH = {
    "G": {"shape": ["N", "M", "A", "B"]},
    "X": {"shape": ["N", "C", "H", "W"]},
    "s": {"domain": "posint"},
    "p": {"domain": "posint"},
    **SIZES,
}
AROUND = r"\sum_{i=0}^{A-1}\sum_{j=0}^{B-1}\sum_{u=0}^{K-1}\sum_{v=0}^{V-1} G_{ij}F_{uv}"
INPUT = r"\sum_{i=0}^{A-1}\sum_{j=0}^{B-1} G_{i,j} F_{a-is,b-js}"
FILTER = r"\sum_{n=0}^{N-1}\sum_{i=0}^{A-1}\sum_{j=0}^{B-1} G_{n,m,i,j} X_{n,c,is+u-p,js+v-p}"


def judged(reference: str, answer: str, symbols: Any, free: dict[str, str]) -> dict[str, Any]:
    return answer_request(
        {
            "id": "1",
            "reference": reference,
            "answer": answer,
            "symbols": symbols,
            "free_indices": free,
            "index_base": 0,
            "out_of_range": "zero",
        }
    )


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("[is+u=a][js+v=b]", "equal"),
        (r"\mathbb 1[a=is+u]\,\mathbb 1[b=js+v]", "equal"),
        (r"\delta_{is+u,a}\delta_{js+v,b}", "equal"),
        ("[is+u=b][js+v=a]", "different"),
        ("[is+u=a][js+v=b+1]", "different"),
        ("[i+u=a][j+v=b]", "different"),
        ("[is+u=a]", "different"),
    ],
)
def test_deltas_of_whole_letters_decide_their_sums(answer: str, verdict: str) -> None:
    assert judged(INPUT, AROUND + answer, ONE_MAP, {"a": "H", "b": "W"})["verdict"] == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (r"\sum_{i=0}^{A-1}\sum_{j=0}^{B-1}\sum_{n=0}^{N-1} X_{n,c,is+u-p,js+v-p}G_{n,m,i,j}", "equal"),
        (r"\sum_{n=0}^{N-1}\sum_{i=0}^{A-1}\sum_{j=0}^{B-2} X_{n,c,is+u-p,js+v-p}G_{n,m,i,j}", "different"),
        (r"\sum_{n=1}^{N-1}\sum_{i=0}^{A-1}\sum_{j=0}^{B-1} X_{n,c,is+u-p,js+v-p}G_{n,m,i,j}", "different"),
        (r"\sum_{n=0}^{N-1}\sum_{i=0}^{A-1}\sum_{j=0}^{B-1} X_{n,c,is+u-p,is+v-p}G_{n,m,i,j}", "different"),
    ],
)
def test_a_filter_gradient_with_batch_channels_stride_and_padding(answer: str, verdict: str) -> None:
    assert judged(FILTER, answer, BATCH, {"m": "M", "c": "C", "u": "K", "v": "V"})["verdict"] == verdict


@pytest.mark.parametrize("number", [1, 2, 3, 7, 8, 12])
def test_small_sizes_tell_letters_apart_and_take_two_values(number: int) -> None:
    letters = tuple("abcdefghijkl"[:number])
    found = small(Search(letters))
    columns = [tuple(setting[x] for setting in found) for x in letters]
    assert len(set(columns)) == number
    assert all(set(column) == {2, 3} for column in columns)


def test_small_sizes_keep_what_is_demanded() -> None:
    assert small(Search()) == [{}]
    from derive.grading.relations import relation

    found = small(Search(("n", "k", "T"), ("s",), where=(relation("n == k + T - 1"), relation("n >= 2*k"))))
    assert found
    assert all(f["n"] == f["k"] + f["T"] - 1 and f["n"] >= 2 * f["k"] and f["s"] >= 1 for f in found)
