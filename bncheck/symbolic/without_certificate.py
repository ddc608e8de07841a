"""Theorems that Coq has no certificate of, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping

WITHOUT: Mapping[str, str] = {}
