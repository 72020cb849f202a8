"""Class expressions: names joined by `|`, `&`, `-` and parentheses, read into a tree.

Reading only; evaluation.py says what a tree means.

    expression = meet (("|" | " - ") meet)*        left to right
    meet       = term ("&" term)*                  binds tighter
    term       = name | "(" expression ")"

A name runs up to an operator or a parenthesis. `-` is an operator only between white space, since
4,169 lemmas hold a hyphen. A name with other signs in it, as a user's own class may have, is
written in double quotes, a double quote inside one twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NoReturn

from imnet_data.errors import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Iterator

Operator = Literal["|", "&", "-"]

# Deeper than anybody writes, and far from Python's own limit on recursion.
_DEEPEST = 100

_PLAIN = re.compile(r'[^\s|&()"]+(\s[^\s|&()"]+)*\Z')


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it was written; `position` counts characters from 0."""

    text: str
    position: int = field(default=0, compare=False)

    def __str__(self) -> str:
        plain = _PLAIN.match(self.text) and not _HYPHEN_AT_EDGE.search(self.text)
        return self.text if plain else '"' + self.text.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands joined by operators of one precedence, from left to right.

    Flat, so that a chain of 20,000 names is no deeper than one of two.
    """

    first: Node
    rest: tuple[tuple[Operator, Node], ...]

    def __str__(self) -> str:
        meets = self.rest[0][0] == "&"
        operands = [self.first, *(operand for _, operand in self.rest)]
        texts = [_in_parentheses(operand, meets=meets) for operand in operands]
        joined = (f" {op} {text}" for (op, _), text in zip(self.rest, texts[1:], strict=True))
        return texts[0] + "".join(joined)


Node = Name | Chain


def _in_parentheses(operand: Node, *, meets: bool) -> str:
    loose = isinstance(operand, Chain) and (meets or operand.rest[0][0] != "&")
    return f"({operand})" if loose else str(operand)


def parse(text: str) -> Node:
    """The tree of an expression; `str()` of a tree gives an expression that reads as it does.

    Raises:
        ExpressionError: it does not parse, with the position of the first fault.

    >>> str(parse("car|(truck&@ilsvrc2012)"))
    'car | truck & @ilsvrc2012'
    """
    if not text.strip():
        raise ExpressionError("the expression is empty", expression=text, position=0)
    return _Parser(text).whole()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: Literal["name", "|", "&", "-", "(", ")", "end"]
    text: str
    position: int


_HYPHEN_AT_EDGE = re.compile(r"(^|\s)-|-(\s|$)")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_RUN = re.compile(r'[^|&()"]+')
_MINUS = re.compile(r"(?:^|(?<=\s))-(?=\s|$)")


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        sign = text[at]
        if sign in "|&()":
            yield _Token(sign, sign, at)  # type: ignore[arg-type]
            at += 1
        elif sign == '"':
            quoted = _QUOTED.match(text, at)
            if quoted is None:
                _fail("this '\"' is never closed", text, at)
            yield _Token("name", quoted[1].replace('""', '"'), at)
            at = quoted.end()
        else:
            run = _RUN.match(text, at)
            assert run is not None
            yield from _names_and_minuses(text, at, run.end())
            at = run.end()
    yield _Token("end", "", len(text))


def _names_and_minuses(text: str, start: int, end: int) -> Iterator[_Token]:
    """The tokens of a stretch without other operators, parentheses and quotes."""
    at = start
    # One sign further than the stretch: a parenthesis after a '-' is no white space.
    for minus in _MINUS.finditer(text, start, end + 1):
        yield from _name(text, at, minus.start())
        yield _Token("-", "-", minus.start())
        at = minus.end()
    yield from _name(text, at, end)


def _name(text: str, start: int, end: int) -> Iterator[_Token]:
    written = text[start:end]
    name = written.strip()
    if not name:
        return
    position = start + len(written) - len(written.lstrip())
    if (hyphen := _HYPHEN_AT_EDGE.search(name)) is not None:
        at = position + hyphen.start() + hyphen[0].index("-")
        _fail("'-' takes away only between spaces; inside a name it is a hyphen", text, at)
    yield _Token("name", name, position)


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._depth = 0
        self._last: _Token | None = None
        self._next = next(self._tokens)

    def whole(self) -> Node:
        node = self._expression()
        if self._next.kind == ")":
            self._fail("this ')' closes nothing")
        if self._next.kind != "end":
            self._fail("an operator ('|', '&' or '-') is missing here")
        return node

    def _expression(self) -> Node:
        first = self._meet()
        rest: list[tuple[Operator, Node]] = []
        while self._next.kind in ("|", "-"):
            operator: Operator = "|" if self._take().kind == "|" else "-"
            rest.append((operator, self._meet()))
        return Chain(first, tuple(rest)) if rest else first

    def _meet(self) -> Node:
        first = self._term()
        rest: list[tuple[Operator, Node]] = []
        while self._next.kind == "&":
            self._take()
            rest.append(("&", self._term()))
        return Chain(first, tuple(rest)) if rest else first

    def _term(self) -> Node:
        if self._next.kind == "name":
            token = self._take()
            if not token.text.strip():
                _fail("this name is empty", self._text, token.position)
            return Name(token.text, token.position)
        if self._next.kind == "(":
            return self._group()
        return self._missing_name()

    def _group(self) -> Node:
        opening = self._take()
        self._depth += 1
        if self._depth > _DEEPEST:
            _fail(f"more than {_DEEPEST} parentheses in one another", self._text, opening.position)
        node = self._expression()
        if self._next.kind == "end":
            _fail("this '(' is never closed", self._text, opening.position)
        if self._next.kind != ")":
            self._fail("an operator ('|', '&' or '-') is missing here")
        self._take()
        self._depth -= 1
        return node

    def _missing_name(self) -> NoReturn:
        last, following = self._last, self._next
        if last is not None and last.kind == "(" and following.kind == ")":
            _fail("there is nothing between these parentheses", self._text, last.position)
        if last is not None and last.kind == "(" and following.kind == "end":
            _fail("this '(' is never closed", self._text, last.position)
        if last is None or last.kind == "(":
            self._fail(f"a name is missing before '{following.kind}'")
        _fail(f"a name is missing after '{last.kind}'", self._text, last.position)

    def _take(self) -> _Token:
        self._last = token = self._next
        if token.kind != "end":
            self._next = next(self._tokens)
        return token

    def _fail(self, reason: str) -> NoReturn:
        _fail(reason, self._text, self._next.position)


def _fail(reason: str, expression: str, position: int) -> NoReturn:
    raise ExpressionError(reason, expression=expression, position=position)
