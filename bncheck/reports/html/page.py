"""A page of its own: one file, no script, nothing from elsewhere, and a policy that says so."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

from bncheck.reports.html.markup import LINE, Markup, join, tag
from bncheck.terminal import beginning

_MOST_TITLE = 100


def page(title: str, body: str, more: str = "") -> str:
    """Return a page. title: anybody's text; body: markup; more: style that the body needs"""
    own = Markup(style() + more)
    head = tag(
        "head",
        *(
            tag("meta", charset="utf-8"),
            # what slipped through all the same would not be run, fetched or applied
            tag(
                "meta",
                http_equiv="Content-Security-Policy",
                content=_policy(own, fonts="@font-face" in more),
            ),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="color-scheme", content="light dark"),
            tag("title", beginning(title, _MOST_TITLE)),
            tag("style", own),
        ),
    )
    whole = tag("html", LINE, head, LINE, tag("body", tag("main", body)), LINE, lang="en")
    return join([Markup("<!DOCTYPE html>"), whole, ""], LINE)


def style() -> Markup:
    """Return the style of every page."""
    return Markup(resources.files(__package__).joinpath("style.css").read_text("utf-8"))


def _policy(style: str, fonts: bool) -> str:
    """Forbid everything but this very style: no script, no image, no other style, no form.

    fonts: those that are in the style are let in as well
    """
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    let_in = "font-src data:; " if fonts else ""
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; {let_in}base-uri 'none'; "
        "form-action 'none'"
    )
