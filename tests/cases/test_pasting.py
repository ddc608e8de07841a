"""A case as Python, in the layout that its user has."""

from bncheck.cases import Recipe, Values, build, python_of
from bncheck.cases.pasting import shape_of_relative
from bncheck.model import NORMS

RECIPE = Recipe(shape=(3, 2), x=Values((1, 2, 3, 4, 5, 6)), gamma=(1.0, 2.0, 3.0))


def test_a_relative_is_shown_as_its_user_has_it():
    told = python_of(build(RECIPE, NORMS["layer"]))
    assert shape_of_relative(told) == "(2, 3)"
    assert "x=np.array([[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]], dtype=np.float32)" in told
    assert "gamma=np.array([1.0, 2.0, 3.0], dtype=np.float32)" in told


def test_batch_norm_is_shown_as_it_is():
    told = python_of(build(RECIPE))
    assert shape_of_relative(told) == ""
    assert "x=np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], dtype=np.float32)" in told


def test_a_large_relative_is_told_by_its_users_shape():
    told = python_of(build(Recipe(shape=(300, 2)), NORMS["rms"]))
    assert shape_of_relative(told) == "(2, 300)"
    assert "build(" not in told  # what that makes is in the form of batch normalization
