"""Writes the reference of the package into the manual: `python crates/python/reference.py`.

Sources are read and not imported, so that PyTorch need not be there; tests/test_reference.py holds both equal.
"""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

SOURCES = Path(__file__).parent / "python" / "memspike"
PAGES = Path(__file__).parents[2] / "docs" / "python"

CONTENTS: dict[str, tuple[str, list[str]]] = {
    "circuits": (
        "Circuits and devices",
        [
            *("Deck", "Circuit", "Run", "Runs", "Table", "DeviceSpikes", "Waveforms", "Waveform"),
            *("Diagnostic", "Card", "fit", "Fit"),
        ],
    ),
    "networks": (
        "Networks of point neurons",
        [
            *("NetworkBuilder", "Population", "Network", "Simulation", "Probe", "NetworkRun", "Spikes", "Membranes"),
            *("LifDelta", "LifExp", "Parrot", "Input", "Poisson", "Regular", "Recorded"),
            *("OneToOne", "AllToAll", "InDegree", "OutDegree", "Total", "Probability"),
            *("Normal", "Lognormal", "Uniform"),
        ],
    ),
    "layers": (
        "Networks of layers",
        [
            *("train_images", "evaluate_images", "train_exact", "evaluate_exact", "exact_network", "Samples"),
            *("Training", "Evaluation", "Epoch", "Progress"),
        ],
    ),
    "torch": ("Layers for PyTorch", ["ExactLayers", "Answer", "padded"]),
    "cores": ("Cores", ["Core", "CoreLayer", "Exported", "CoreModel", "ClockedModel", "Outputs"]),
    "results": (
        "Errors and figures",
        [
            *("Error", "DeckError", "NetworkError", "FitError", "TrainingError", "HardwareError", "RunError"),
            *("Interrupted", "Figure"),
        ],
    ),
}
"""Title and names of each page."""

LINE = 100
"""Letters of the longest call that stands on one line."""

Definition = ast.ClassDef | ast.FunctionDef


def definitions() -> dict[str, Definition]:
    """All classes and functions of the package by their names; those of stubs last, for what only they have."""
    found: dict[str, Definition] = {}
    paths = [*sorted(SOURCES.glob("*.py")), SOURCES / "_core.pyi"]
    for path in paths:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                found.setdefault(node.name, node)
    return found


def public() -> set[str]:
    """What the package says that it has."""
    names: set[str] = set()
    for module in ("__init__.py", "torch.py"):
        for node in ast.parse((SOURCES / module).read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                names |= set(ast.literal_eval(node.value))
    return names


def signature(name: str, node: ast.FunctionDef, skip: int) -> str:
    """A call as it is written, without what Python gives itself."""
    arguments = ast.parse(ast.unparse(node)).body[0].args  # type: ignore[attr-defined]
    del arguments.args[:skip]
    returns = "" if node.returns is None or name[:1].isupper() else f" -> {ast.unparse(node.returns)}"
    return f"{name}({ast.unparse(arguments)}){returns}"


def broken(call: str) -> str:
    """A call with a line for each argument, if one line is too long for a page."""
    if len(call) <= LINE:
        return call
    head, rest = call.split("(", 1)
    lines, depth, begin = [f"{head}("], 0, 0
    for at, letter in enumerate(rest):
        if letter in ",)" and depth == 0:
            lines.append(f"    {rest[begin:at].strip()},")
            begin = at + 1
            if letter == ")":
                return "\n".join([*lines, rest[at:]])
        depth += (letter in "([") - (letter in ")]")
    raise ValueError(call)


def marks(node: ast.FunctionDef) -> set[str]:
    """Names of its decorators."""
    return {ast.unparse(each) for each in node.decorator_list}


def call(node: ast.ClassDef) -> str:
    """How an object is made."""
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            return signature(node.name, each, 1)
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    words = [ast.unparse(each) for each in fields if not ast.unparse(each.target).startswith("_")]
    return f"{node.name}({', '.join(words)})"


def document(node: Definition) -> str:
    """A docstring, its sections as bold lines and its examples as code."""
    lines = inspect.cleandoc(ast.get_docstring(node) or "").splitlines()
    told: list[str] = []
    in_list = in_code = False
    for at, line in enumerate(lines):
        after = lines[at + 1] if at + 1 < len(lines) else ""
        if line and after and set(after) == {"-"}:
            told += [f"**{line}**", ""]
            in_list = line in ("Parameters", "Attributes", "Returns", "Raises")
        elif line and set(line) == {"-"}:
            continue
        elif line.startswith(">>>") or line.startswith("..."):
            told += [*([] if in_code else ["```python"]), line]
            in_code = True
        else:
            if in_code and not line:
                told.append("```")
                in_code = False
            told.append(f"- `{line}`" if in_list and line and not line.startswith(" ") else line)
    if in_code:
        told.append("```")
    return "\n".join(told).strip()


def methods(node: ast.ClassDef) -> list[str]:
    """What a class can do and what it has, one after another."""
    told = []
    for each in node.body:
        if not isinstance(each, ast.FunctionDef) or (each.name.startswith("_") and each.name != "__call__"):
            continue
        text = document(each)
        if not text:
            continue
        head = (
            each.name
            if "property" in marks(each)
            else signature(each.name, each, 0 if "staticmethod" in marks(each) else 1)
        )
        told.append(f"### `{node.name}.{head}`\n{text}")
    return told


def entry(name: str, node: Definition) -> str:
    """A class or a function."""
    if isinstance(node, ast.FunctionDef):
        return f"## {name}\n```python\n{broken(signature(name, node, 0))}\n```\n{document(node)}"
    parts = [f"## {name}", f"```python\n{broken(call(node))}\n```", document(node), *methods(node)]
    return "\n".join(part for part in parts if part)


def pages() -> dict[str, str]:
    """The text of each page by the name of its file."""
    found = definitions()
    told = {}
    for page, (title, names) in CONTENTS.items():
        entries = "\n\n".join(entry(name, found[name]) for name in names)
        told[f"{page}.md"] = (
            f"# {title} in Python\n<!-- made by crates/python/reference.py from docstrings -->\n\n{entries}\n"
        )
    return told


def main() -> None:
    """Writes all pages."""
    PAGES.mkdir(exist_ok=True)
    for name, text in pages().items():
        (PAGES / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
