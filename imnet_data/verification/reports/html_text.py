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
    return escape(printable(str(text)), quote=True)


def printable(text: str) -> str:
    r"""A text with what is not plainly printable written as escapes; not yet fit for HTML.

    >>> printable("cat\n\u202e.jpg")
    'cat\\n\\u202e.jpg'
    """
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else _escape(sign) for sign in text)


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape", "surrogatepass").decode("ascii")
