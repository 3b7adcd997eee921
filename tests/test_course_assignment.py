"""An assignment is a file: what it says, and what is said of a faulty one."""

import pytest

from derive.bank.banks import files
from derive.bank.feedback import Policy
from derive.course.assignment import EXAMPLE, Assignment, BadAssignment, load


@pytest.fixture
def file(tmp_path):
    def written(text, name="week-3.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


def test_the_example_is_an_assignment(file):
    found = load(file(EXAMPLE), files())
    assert found.name == "week-3"
    assert found.entries == (("conv/gradients", None), ("conv/receptive_field", 10))
    assert (found.attempts, found.policy) == (2, Policy(1, 2, 2))
    assert found.formats == ("md", "tex")
    assert found.text.startswith("Work on paper")


SHORT = 'title = "T"\n[[problems]]\nname = "conv/gradients"\n'


def test_what_is_left_out_has_its_default(file):
    found = load(file("\ufeff" + SHORT), files())
    assert found == Assignment("week-3", "T", entries=(("conv/gradients", None),))


def test_without_a_last_attempt(file):
    assert load(file('attempts = "unlimited"\n' + SHORT)).attempts is None


def test_a_seed_is_a_pure_function_of_assignment_and_student():
    week = Assignment("week-3", "T")
    assert week.seed_of("anna") == 908922899
    ids = [f"s{k}" for k in range(2000)]
    assert len({week.seed_of(s) for s in ids}) == 2000
    assert week.seed_of("jose\u0301") == week.seed_of("josé")
    others = (Assignment("week-4", "T"), Assignment("week-3", "T", seed=1))
    assert all(week.seed_of(s) != o.seed_of(s) for s in ids[:50] for o in others)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[problems]]\nname = "conv/gradients"', "title: this field is missing."),
        ('title = "T"', "problems: this field is missing."),
        ('title = "T"\nproblems = []', "problems: list should have at least 1 item"),
        (SHORT + "marks = 0", "problems.1.marks: input should be greater than or equal to 1 (it is '0')."),
        (SHORT + 'marks = "3"', "problems.1.marks: input should be a valid integer"),
        ('titel = "T"\n' + SHORT, "titel: there is no such field. Did you mean title?"),
        ('seeds = "two"\n' + SHORT, "seeds: input should be 'one' or 'each' (it is 'two')."),
        ("seed = -1\n" + SHORT, "seed: input should be greater than or equal to 0"),
        ('name = "../up"\n' + SHORT, "name: '../up' may hold letters, digits, - and _ only."),
        ('forms = ["pdf"]\n' + SHORT, "forms.1: input should be 'md', 'tex' or 'ipynb' (it is 'pdf')."),
        (SHORT + '[[problems]]\nname = "conv/gradients"', "problems.2.name: conv/gradients stands twice"),
        (SHORT + '[[problems]]\nname = "conv/gradient"', "problems.2.name: there is no problem conv/gradient. Did"),
        ("title = T", "Invalid value (at line 1, column 9)."),
        (b'title = "\xe9"', "this is not UTF-8 (byte 10)."),
    ],
)
def test_a_faulty_file_is_told_by_file_and_field(file, text, said):
    path = file(text)
    with pytest.raises(BadAssignment) as error:
        load(path, files())
    assert str(error.value).startswith(f"{path}: {said}")


def test_every_fault_has_a_line(file):
    with pytest.raises(BadAssignment) as error:
        load(file('title = ""\nseed = 1.5\nattempts = 0\n' + SHORT.split("\n", 1)[1]))
    assert [line.split(": ")[1] for line in str(error.value).split("\n")] == ["title", "seed", "attempts", "attempts"]
