"""Sizes and channels at which something is wrong are told as rules, or not at all."""

from dataclasses import replace

import numpy as np
from courts import asking, subject_of

from bncheck.deviations import REFERENCE, implementation
from bncheck.diagnosis.base import conforming
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.diagnose import asked
from bncheck.diagnosis.places import places, where
from bncheck.model import Domain


def told(**stages):
    target = implementation(replace(REFERENCE, **stages), "target")
    subject = subject_of(target)
    evidence = [
        item
        for recipe in places(Domain(), "float32", "float32")
        for item in asked(recipe, asking(target), ("train", "infer"))
    ]
    court = Court(conforming(subject.convention), target.abilities, subject.algorithms, ())
    return list(where(court, evidence))


def _wrong_if(bad):
    return {"affine": lambda p: REFERENCE.affine(p) + (100 if bad(p) else 0)}


def test_nothing_is_told_of_a_right_target():
    assert told() == []


def test_vectors_of_channels_are_told():
    assert told(**_wrong_if(lambda p: p.x.shape[0] % 8)) == [
        "wrong exactly where C is no multiple of 8, right where C is a multiple of 8"
    ]


def test_blocks_of_samples_are_told():
    assert told(**_wrong_if(lambda p: p.m > 256)) == [
        "wrong exactly where m is above 256, right where m is at most 256"
    ]


def test_sizes_of_maps_are_told():
    found = told(**_wrong_if(lambda p: p.given.ndim > 2 and np.prod(p.given.shape[2:]) >= 256))
    assert found == ["wrong exactly where H W is above 255, right where H W is at most 255"]


def test_channels_of_the_rest_are_told():
    def affine(p):
        y = REFERENCE.affine(p)
        y[4 * (len(y) // 4) :] += 100
        return y

    assert "in each wrong case it is the last C mod 4 channels that are wrong" in told(
        affine=affine
    )
