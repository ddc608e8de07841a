"""Where in a page something stands: how deep its headings are, and what its ids begin with."""

from __future__ import annotations

from dataclasses import dataclass

from bncheck.reports.html.markup import LINE, Markup, join, tag


@dataclass(frozen=True)
class Place:
    """One report in a page.

    prefix: of all its ids, which are numbered and never named by what a report says
    level: of its first heading, 1 where the page has no other report
    """

    prefix: str = ""
    level: int = 1

    def id(self, name: str) -> str:
        """Return an id that no other report of the page has."""
        return f"{self.prefix}{name}"

    def heading(self, depth: int, *inside: str | None, **attributes: str | None) -> Markup:
        """Return a heading so much deeper than the first one."""
        return tag(f"h{min(self.level + depth, 6)}", *inside, **attributes)

    def section(self, name: str, title: str, *inside: str | None) -> Markup:
        """Return a section under its title; nothing where it would hold nothing."""
        held = join(inside, LINE)
        if not held:
            return Markup()
        known = self.id(name)
        head = self.heading(1, title, id=known)
        return tag("section", head, LINE, held, aria_labelledby=known, class_=name)


def folded(title: str, *inside: str | None, kind: str | None = None) -> Markup:
    """Return what is only shown on request. kind: its class"""
    return tag("details", tag("summary", title), LINE, join(inside, LINE), class_=kind)
