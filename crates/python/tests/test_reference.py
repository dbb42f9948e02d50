"""The manual's pages of the package are what its docstrings say."""

from __future__ import annotations

import importlib.metadata
import sys

import memspike
from conftest import ROOT

sys.path.insert(0, str(ROOT / "crates/python"))
import reference


def test_pages_are_those_of_the_docstrings():
    pages = reference.pages()
    assert {path.name for path in reference.PAGES.glob("*.md")} == set(pages)
    for name, text in pages.items():
        assert (reference.PAGES / name).read_text(encoding="utf-8") == text, "run crates/python/reference.py"


def test_every_public_name_stands_on_one_page_and_is_documented():
    listed = [name for _, names in reference.CONTENTS.values() for name in names]
    assert len(listed) == len(set(listed))
    assert set(listed) == reference.public()
    definitions = reference.definitions()
    assert all(reference.document(definitions[name]) for name in listed)


def test_the_version_is_that_of_what_is_installed():
    assert memspike.__version__ == importlib.metadata.version("memspike")
