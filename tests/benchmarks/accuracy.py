"""Measure how exactly changes are seen, against the tools that people use today, on one corpus in one run.

    python -m tests.benchmarks.accuracy --corpus DIR --labels CSV [--engines project,trafilatura] [--gate]

DIR holds page histories (`<group>/<page>/NNNN_<time>.html` and `meta.json`, with the reference text in `versions/*.md`
where there is one) and, optionally, an extraction set (`truth.json` beside `html/`). CSV labels pairs of captures.
`--gate` measures this project alone and exits 1 where a figure fell below its floor in accuracy_floors.toml. Without
the corpus it says so and exits 0. The corpus is no part of the repository: its pages belong to their sites.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.accuracy_engines import ENGINES, load
from tests.benchmarks.accuracy_extraction import measure_extraction
from tests.benchmarks.accuracy_pairs import measure_pairs, measure_prose

if TYPE_CHECKING:
    from tests.benchmarks.accuracy_pairs import Figures

FLOORS = Path(__file__).with_name("accuracy_floors.toml")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code: 0 done or nothing to measure on, 1 a figure fell."""
    options = _options(arguments)
    histories = options.corpus / "histories" if (options.corpus / "histories").is_dir() else options.corpus
    if not options.labels.is_file() or not any(histories.rglob("meta.json")):
        print(f"no corpus at {options.corpus} with labels {options.labels}: nothing measured")
        return 0
    names = ["project"] if options.gate else options.engines.split(",")
    rows: dict[str, Figures] = {}
    for name in names:
        engine = load(name)
        if isinstance(engine, str):
            print(f"{name} is left out: {engine}", flush=True)
            continue
        figures = measure_pairs(engine, histories, options.labels) | measure_prose(engine, histories)
        rows[name] = figures | measure_extraction(engine, options.corpus)
        print(_line(name, rows[name]), flush=True)
    print(f"\n{_table(rows)}")
    return _gate(rows["project"]) if options.gate else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--corpus", type=Path, required=True, help="the unpacked corpus")
    parser.add_argument("--labels", type=Path, required=True, help="labelled pairs of captures (CSV)")
    parser.add_argument("--engines", default=",".join(ENGINES), help="which to measure, by default all")
    parser.add_argument("--gate", action="store_true", help="measure this project alone, against its floors")
    return parser.parse_args(arguments)


def _line(name: str, figures: Figures) -> str:
    return f"{name}: " + ", ".join(f"{key} {share:.4f} of {count}" for key, (share, count) in figures.items())


def _table(rows: dict[str, Figures]) -> str:
    """The figures as a Markdown table, a column for each engine."""
    keys = list(dict.fromkeys(key for figures in rows.values() for key in figures))
    lines = [f"| | {' | '.join(rows)} |", f"|---|{'---|' * len(rows)}"]
    for key in keys:
        cells = (f"{100 * figures[key][0]:.1f} %" if key in figures else "" for figures in rows.values())
        lines.append(f"| {key} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _gate(figures: Figures) -> int:
    """Compare with the floors (and ceilings) once reached; print each that fell."""
    bounds = tomllib.loads(FLOORS.read_text("utf-8"))
    measured = {name: share for name, (share, _) in figures.items()}
    fell = [
        f"{name}: {measured[name]:.4f}, at least {bound}"
        for name, bound in bounds["at_least"].items()
        if measured.get(name, bound) < bound
    ]
    fell += [
        f"{name}: {measured[name]:.4f}, at most {bound}"
        for name, bound in bounds["at_most"].items()
        if measured.get(name, bound) > bound
    ]
    for line in fell:
        print(f"fell: {line}")
    if not fell:
        print("every figure holds")
    return 1 if fell else 0


if __name__ == "__main__":
    sys.exit(main())
