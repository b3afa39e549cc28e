"""The HTML of a status holds what its author wrote, and nothing that its author could smuggle in."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from flashcrowd.reference.content import hashtags, to_html, usernames

ROOT = "http://platform.example"


@given(st.text())
def test_markup_of_an_author_is_shown_not_obeyed(text: str) -> None:
    """Only our own tags are left, and without them the text is what was written, line ends apart."""
    made = to_html(text, usernames(text), ROOT)
    assert not re.sub(r"</?(?:p|br|a|span)(?: [^<>]*)?/?>", "", made).count("<")
    shown = re.sub(r"</?(?:p|br|a|span)(?: [^<>]*)?/?>", "", made)
    assert html.unescape(shown) == re.sub(r"\n{2,}|\n", "", text.replace("\r\n", "\n"))


def test_address_is_not_read_as_hashtag_or_mention() -> None:
    """What follows # or @ inside an address belongs to the address."""
    text = "https://a.example/@bob#part then #tag and @ann"
    assert hashtags(text) == ["tag"]
    assert usernames(text) == ["ann"]
    assert '<a href="https://a.example/@bob#part"' in to_html(text, (), ROOT)


def test_mention_of_nobody_is_plain_text() -> None:
    """A name that is no member's is not a link."""
    assert to_html("hello @nobody", (), ROOT) == "<p>hello @nobody</p>"


def test_mention_keeps_its_spelling() -> None:
    """Names are found whatever their case and shown as they were written."""
    assert "@<span>Ann</span>" in to_html("hello @Ann", ["ann"], ROOT)


def test_number_is_no_hashtag() -> None:
    """A hashtag needs a letter."""
    assert hashtags("#1 #2nd") == ["2nd"]
