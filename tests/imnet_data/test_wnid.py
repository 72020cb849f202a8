import pytest
from hypothesis import given
from hypothesis import strategies as st

from imnet_data.wnid import FIRST_OWN_ID, from_id, is_wnid, to_id


@given(st.integers(1, FIRST_OWN_ID - 1))
def test_a_wnid_and_its_id_lead_to_one_another(synset: int) -> None:
    assert is_wnid(from_id(synset))
    assert to_id(from_id(synset)) == synset


@pytest.mark.parametrize(
    "text",
    ["", "n", "n2084071", "n020840711", "N02084071", "v02084071", "n02084071\n", " n02084071",
     "n0208407\u0661", "dog.n.01"],
)  # fmt: skip
def test_what_is_no_wnid_is_refused(text: str) -> None:
    assert not is_wnid(text)
    with pytest.raises(ValueError, match="is not a wnid"):
        to_id(text)


@pytest.mark.parametrize("synset", [0, -1, FIRST_OWN_ID, FIRST_OWN_ID + 1])
def test_an_id_that_is_no_offset_has_no_wnid(synset: int) -> None:
    with pytest.raises(ValueError, match="has no wnid"):
        from_id(synset)
