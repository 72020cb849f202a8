"""Text from anywhere made fit to stand in HTML: escaped, and nothing in it unseen.

What the report says is report_html.py's.
"""

from __future__ import annotations

from html import escape


def shown(text: object) -> str:
    r"""A text for HTML, as content or between the quotes of an attribute.

    Names of images are data: one may be a tag, a control sequence, a sign that turns the writing
    direction, or bytes that are no text. What is not plainly printable is written as an escape.

    >>> shown("<script>\u202e.jpg")
    '&lt;script&gt;\\u202e.jpg'
    """
    value = str(text)
    if not value.isprintable():
        value = "".join(sign if sign.isprintable() else _escape(sign) for sign in value)
    return escape(value, quote=True)


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape", "surrogatepass").decode("ascii")
