"""What a class says that it is, in its name, a docstring or an argument."""

import pytest

from bncheck.targets.common.claiming import claimed, none_of_them


def of(name, doc=None, base=object, argument="size"):
    source = {"__doc__": doc, "__init__": lambda self, size: None}
    if argument == "normalized_shape":
        source["__init__"] = lambda self, normalized_shape: None
    return type(name, (base,), source)


@pytest.mark.parametrize(
    ("kind", "norms"),
    [
        (of("LayerNorm"), ("layer",)),
        (of("LN"), ("layer",)),
        (of("LlamaRMSNorm"), ("rms",)),
        (of("T5LayerNorm"), ("rms",)),
        (of("LayerNorm", "No bias and no subtraction of mean."), ("rms",)),
        (of("LayerNorm", "As RMSNorm, but centred."), ("layer", "rms")),
        (of("GroupNorm32"), ("group",)),
        (of("InstanceNorm2d"), ("instance",)),
        (of("Mine", base=of("LayerNorm")), ("layer",)),
        (of("Model", "Simple model that performs RMS Normalization."), ("rms",)),
        (of("Model", "Root mean square layer normalization."), ("rms",)),
        (of("Norm", argument="normalized_shape"), ("layer", "rms")),
        # those say nothing, or that they are batch normalization
        (of("Norm"), ()),
        (of("Performs"), ()),
        (of("BatchLayerNorm"), ()),
        (of("BatchNorm", "Unlike layer normalization, over the batch."), ()),
        (of("Norm", "Unlike layer normalization, over the batch."), ()),
        (of("Norm", "Batch norm; see layer norm, too."), ()),
        (of("Norm", "Normalizes.\n\nSee layer norm, too."), ()),
    ],
)
def test_what_is_said_counts(kind, norms):
    assert claimed(kind).norms == norms


def test_an_argument_alone_says_it_less_plainly():
    claim = claimed(of("Norm", argument="normalized_shape"))
    assert (claim.plain, claim.by) == (False, "its argument 'normalized_shape'")
    assert claimed(of("LayerNorm")).plain


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (of("L2Norm"), "sum of squares"),
        (of("L1Norm"), "magnitudes"),
        (of("Model", "Simple model that performs Frobenius norm normalization."), "whole array"),
        (of("SpectralNorm"), "weights"),
        (of("Norm"), ""),
        (of("Norm", "Batch norm with the L1 norm."), ""),
        (of("RMSNorm", "As L2 normalization."), ""),
    ],
)
def test_other_normalizations_are_told_from_the_five(kind, word):
    told = none_of_them(kind)
    assert word in told
    assert bool(told) == bool(word)
