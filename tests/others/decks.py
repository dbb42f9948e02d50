#!/usr/bin/env python3
"""Other people's decks: how many memspike checks, runs, and how many agree with ngspice.

    python3 tests/others/decks.py [--memspike PATH] [--jobs N] [--json FILE] FOLDER ...

Every deck below the folders is read on its own, without memspike: a deck counts if its analyses are .tran, .op, .dc
and .ac alone and its elements, those of subcircuits that it uses included, are R C V I L K E F G H B S W X A N. Each
deck that does not count is in one class, with its reason:
- sources with expressions that are not piecewise linear cannot be told by their text alone: what memspike refuses for that
  reason (codes not-linear and not-constant, of a card that is no .meas) is counted apart, by name, so that it can be
  looked at; a measurement that memspike does not know counts as a deck refused;
- laws of time, frequency or chance, filters, splines and tables of time in files, in elements, .func and .param; names that
  the deck gives to parameters of its own are none;
- thermal resistors of Xyce, whose temperature follows the square of their current;
- tests of error messages, by their names, or because the script beside the deck expects the simulator that the deck was
  written for to refuse it (runAndCheckError of Xyce's suite), whether memspike refuses it or not;
- decks that another program (DAKOTA) completes with values that the deck lacks.
ngspice runs the same deck with reltol=1e-6 and
a step of at most a 1e5th of the run. A value agrees if it is within 1e-3 of the signal's span of the values that
ngspice has within two of its steps (an edge is not at the same step); if not, ngspice runs again with half the step,
and where that alone moves its values by more than 1e-4 of the span, the deck is none to compare with.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

ENDINGS = (".cir", ".sp", ".spice", ".ckt", ".net", ".cki", ".spi")
LETTERS = set("rcvilkefghbswxan")
ANALYSES = {"tran", "op", "dc", "ac"}
OTHER_ANALYSES = {"noise", "pz", "sens", "tf", "disto", "hb", "mpde", "pss", "four", "fft", "sp", "sampling",
                  "embeddedsampling", "pce", "lin", "data", "result", "dcvolt"}
SUFFIXES = {"t": 1e12, "g": 1e9, "meg": 1e6, "x": 1e6, "k": 1e3, "mil": 25.4e-6, "m": 1e-3, "u": 1e-6, "n": 1e-9,
            "p": 1e-12, "f": 1e-15}
STEPS = 1e5
# In what a source follows: what is no law of voltages and currents.
OF_TIME = re.compile(r"\b(time|freq|hertz|ddt|sdt|idt|laplace|rand|spice_pulse|spice_sin|spice_exp|spice_sffm|tablefile|akima"
                     r"|akimafile|cubic|cubicfile|fasttable|fasttablefile|wodicka|wodickafile|spline|bli|blifile|trnoise|trrandom|sffm|am|external|pat|agauss|gauss|aunif|unif)\b\s*[-+*/()<>=,}?:]"
                     r"|\b(table)\s*\(\s*\"")
TIMEOUT_S = 90


def text_of(path):
    """A file as text, whatever its encoding; nothing if it is none."""
    with open(path, "rb") as file:
        data = file.read(4 << 20)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        return None
    return data.decode("latin-1")


def cards(text, skip_title):
    """Logical lines in lower case: comments gone, continuations joined."""
    found = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines):
        if number == 0 and skip_title:
            continue
        line = re.split(r";|\s\$\s|\s//", line)[0].strip().lower()
        if not line or line.startswith(("*", "$", "#")):
            continue
        if line.startswith("+") and found:
            found[-1] += " " + line[1:]
        else:
            found.append(line)
    return found


class Deck:
    """What a deck asks for and is made of, as far as its text tells."""

    def __init__(self, path):
        self.path = path
        self.problem = None
        self.analyses = set()
        self.others = set()
        self.has_step = False
        self.letters = set()
        self.has_heat = False
        self.own_models = self.has_core = self.of_time = self.is_template = False
        text = text_of(path)
        if text is None:
            self.problem = "no text"
            return
        lines = self.with_includes(cards(text, True), os.path.dirname(path), 0)
        self.read(lines)

    def with_includes(self, lines, folder, depth):
        found = []
        for line in lines:
            words = line.split()
            if words[0] in (".include", ".inc", ".lib") and len(words) > 1 and depth < 8:
                name = line[len(words[0]):].strip()
                if words[0] == ".lib":
                    if len(words) == 2 and not re.search(r"[./\"]", words[1]):
                        continue
                    name = words[1]
                target = os.path.join(folder, name.strip("\"'"))
                target = self.any_case(target)
                if target is None:
                    self.problem = "a file that it includes is missing"
                    continue
                inner = text_of(target)
                found += self.with_includes(cards(inner or "", False), os.path.dirname(target), depth + 1)
            else:
                found.append(line)
            if words[0] == ".end":
                break
        return found

    @staticmethod
    def any_case(path):
        """The file, whose name was brought to lower case."""
        if os.path.isfile(path):
            return path
        parts, at = os.path.normpath(path).split(os.sep), os.sep if path.startswith(os.sep) else ""
        for part in filter(None, parts):
            try:
                names = os.listdir(at or ".")
            except OSError:
                return None
            match = [name for name in names if name.lower() == part.lower()]
            if part not in names and not match and part != "..":
                return None
            at = os.path.join(at, part if part in names or part == ".." else match[0])
        return at if os.path.isfile(at) else None

    def read(self, lines):
        bodies = collections.defaultdict(lambda: (set(), set()))
        open_bodies, control = [""], False
        # Names of time, frequency and chance in values, and those that the deck gives to parameters of its own.
        laws, own = set(), set()
        for line in lines:
            head = line.split()[0]
            self.is_template |= bool(re.search(r"\bdakota_\w", line))
            if head == ".control":
                control = True
            elif head == ".endc":
                control = False
            elif control:
                if head in ANALYSES:
                    self.analyses.add(head)
                elif head in OTHER_ANALYSES:
                    self.others.add(head)
            elif head.startswith("."):
                name = head[1:]
                if name in ("subckt", "macro"):
                    own |= set(re.findall(r"(\w+)\s*=", re.sub(r"\{[^}]*\}|'[^']*'", "", line)))
                    open_bodies.append((line.split() + [""])[1])
                elif name in ("ends", "eom") and len(open_bodies) > 1:
                    open_bodies.pop()
                elif name in ANALYSES:
                    self.analyses.add(name)
                elif name in OTHER_ANALYSES:
                    self.others.add(name)
                elif name == "step":
                    self.has_step = True
                elif name in ("param", "global_param", "params", "func"):
                    self.of_time |= bool(re.search(r"\b(agauss|gauss|aunif|unif|rand|sgauss|sunif)\s*\(", line))
                    for law in re.findall(r"\{[^}]*\}|'[^']*'", line):
                        laws |= {found.group(1) or 'table(file)' for found in OF_TIME.finditer(law[:-1] + "}")}
                    own |= set(re.findall(r"(\w+)\s*=", re.sub(r"\{[^}]*\}|'[^']*'", "", line)))
                elif name == "model":
                    words = re.split(r"[\s(]+", line)
                    self.has_heat |= "heatcapacity" in line
                    self.own_models |= "ts_memristor" in words or "crossbar" in words
                    self.has_core |= len(words) > 2 and words[2] == "core"
            else:
                letters, used = bodies[open_bodies[-1]]
                letters.add(head[0])
                if head[0] in "begfhrclvis":
                    laws |= {found.group(1) or 'table(file)' for found in OF_TIME.finditer(line.split(None, 1)[-1])}
                if head[0] == "x":
                    words = re.split(r"\s+params:|\s+\S+\s*=", line)[0].split()
                    used.add(words[-1])
        self.of_time |= bool(laws - own)
        waiting, seen = [""], set()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                letters, used = bodies[name]
                self.letters |= letters
                waiting += used

    def scope(self):
        """Why it does not count; nothing if it does."""
        if self.problem:
            return self.problem
        if not self.analyses:
            return "no analysis of these" if self.others else "no deck (no analysis)"
        if self.others:
            return "other analyses: " + " ".join(sorted(self.others))
        if not self.letters:
            return "no elements"
        strange = self.letters - LETTERS
        # These letters are other simulators' names of code models and of compiled devices.
        if self.letters & set("an") and not self.own_models:
            strange |= self.letters & set("an")
        if strange:
            return "other elements"
        if self.has_core and "k" in self.letters:
            return "magnetic cores"
        if self.has_heat:
            return "thermal resistors: a state that follows the square of a current"
        if self.of_time:
            return "laws of time, frequency or chance, filters, splines"
        if self.is_template or "/dakota/" in self.path.lower():
            return "a deck that another program completes"
        script = text_of(self.path + ".sh") if os.path.isfile(self.path + ".sh") else None
        if script and "runAndCheckError" in script:
            return "a test of error messages, by the script beside it"
        if re.search(r"/message/|invalid_char|error|bad_|/bad|fail|defective|dummy", self.path.lower()):
            return "a test of error messages, by its name"
        return None


def number(text):
    """A SPICE number; nothing if it is none."""
    match = re.match(r"^([-+]?[0-9.]+(?:e[-+]?\d+)?)([a-z]*)$", text.lower())
    if not match:
        return None
    suffix = match.group(2)
    scale = next((SUFFIXES[s] for s in ("meg", "mil", *SUFFIXES) if suffix.startswith(s)), 1.0)
    try:
        return float(match.group(1)) * scale
    except ValueError:
        return None


def fine(card, steps):
    """A tran card with a step of at most a part of the run."""
    body = re.sub(r"(?i)^\.?tran\s*", "", card.strip())
    uic = " uic" if re.search(r"(?i)\buic\b", body) else ""
    body = re.sub(r"(?i)\buic\b.*$", "", body)
    values = re.findall(r"\{[^}]*\}|'[^']*'|[^\s,]+", body)
    if len(values) == 1:
        values = values * 2
    stop = values[1]
    start = values[2] if len(values) > 2 else "0"
    plain = number(stop)
    if plain is not None:
        step = repr(plain / steps)
    else:
        step = "{(%s)/%g}" % (stop.strip("{}'"), steps)
    return f".tran {step} {stop} {start} {step}{uic}"


def for_ngspice(path, steps):
    """The deck with fine steps and without what chooses or shows its results."""
    lines = text_of(path).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    out, analyses, control, skipping = [lines[0]], [], False, False
    has_dot = {word for word in ANALYSES for line in lines[1:] if line.strip().lower().split()[:1] == ["." + word]}
    for line in lines[1:]:
        words = line.strip().lower().split()
        head = words[0] if words else ""
        if head == ".control":
            control = True
        elif head == ".endc":
            control = False
        elif control:
            if head in ANALYSES and head not in has_dot and not any(a.lower().startswith("." + head) for a in analyses):
                analyses.append(fine(line, steps) if head == "tran" else "." + line.strip())
        elif head == ".end":
            break
        elif head in (".print", ".plot", ".probe", ".save", ".meas", ".measure", ".four", ".width", ".backanno"):
            skipping = True
        elif skipping and head.startswith("+"):
            continue
        elif head == ".tran":
            skipping = False
            try:
                out.append(fine(line, steps))
            except IndexError:
                out.append(line)
        else:
            skipping = False
            out.append(line)
    return "\n".join(out + analyses + [".options reltol=1e-6", ".end", ""])


def raw_plots(path):
    """The plots of a binary raw file: kind, and each vector by name."""
    plots = {}
    with open(path, "rb") as file:
        data = file.read()
    at = 0
    while True:
        mark = data.find(b"Binary:\n", at)
        if mark < 0:
            return plots
        head = data[at:mark].decode("latin-1")
        begin = mark + len(b"Binary:\n")
        count = int(re.search(r"No\. Variables:\s*(\d+)", head).group(1))
        points = int(re.search(r"No\. Points:\s*(\d+)", head).group(1))
        complex_ = "complex" in re.search(r"Flags:(.*)", head).group(1)
        title = re.search(r"Plotname:\s*(.*)", head).group(1).lower()
        names = [line.split()[1].lower() for line in head.split("Variables:\n", 1)[1].split("\n") if line.strip()]
        wide = 2 if complex_ else 1
        size = points * count * wide
        values = struct.unpack("<%dd" % size, data[begin:begin + 8 * size])
        vectors = {}
        for n, name in enumerate(names[:count]):
            if complex_:
                vectors[name] = [complex(*values[2 * (p * count + n):2 * (p * count + n) + 2]) for p in range(points)]
            else:
                vectors[name] = list(values[n::count])
        kind = next((k for word, k in (("transient", "tran"), ("operating", "op"), ("dc transfer", "dc"),
                                        ("a.c.", "ac"), ("ac analysis", "ac")) if word in title), title)
        plots.setdefault(kind, (names, vectors))
        at = begin + 8 * size


def ngspice(path, steps):
    """Its plots of a deck; nothing if it does not run."""
    folder = os.path.dirname(os.path.abspath(path))
    with tempfile.TemporaryDirectory() as out:
        deck, raw = os.path.join(out, "deck.cir"), os.path.join(out, "out.raw")
        text = for_ngspice(path, steps)
        # Files are looked for beside the deck.
        text = re.sub(r"(?im)^(\.inc(?:lude)?\s+)[\"']?([^\"'\n]+?)[\"']?\s*$",
                      lambda m: f'{m.group(1)}"{os.path.join(folder, m.group(2))}"', text)
        with open(deck, "w", encoding="latin-1", errors="replace") as file:
            file.write(text)
        try:
            subprocess.run(["ngspice", "-b", "-r", raw, deck], cwd=folder, capture_output=True, timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return None
        if not os.path.isfile(raw):
            return None
        try:
            return raw_plots(raw)
        except (AttributeError, struct.error, IndexError):
            return None


def envelope(times, values, at, reach):
    """Least and greatest of straight lines between points, within `reach` of an instant."""
    import bisect
    low, high = bisect.bisect_left(times, at - reach), bisect.bisect_right(times, at + reach)

    def between(t):
        n = min(max(bisect.bisect_right(times, t), 1), len(times) - 1)
        t0, t1 = times[n - 1], times[n]
        share = 0.0 if t1 == t0 else min(max((t - t0) / (t1 - t0), 0.0), 1.0)
        return values[n - 1] + share * (values[n] - values[n - 1])

    near = values[low:high] + [between(at - reach), between(at), between(at + reach)]
    return min(near), max(near)


def apart(ours, theirs, reach):
    """By how much of its span the worst signal of a run in time is off."""
    times = theirs["time"]
    if len(times) < 2:
        return 0.0, ""
    worst = (0.0, "")
    floor = 1e-9 + 1e-6 * max((max(map(abs, v)) for n, v in theirs.items() if n != "time"), default=0.0)
    for name, values in ours.items():
        if name == "time" or name not in theirs:
            continue
        vector = theirs[name]
        span = max(max(vector) - min(vector), 1e-3 * max(map(abs, vector)), floor)
        for at, value in zip(ours["time"], values):
            # What happens at the very end (a period that is as long as the run begins anew) is not the run's.
            if at < times[0] or at > times[-1] - reach:
                continue
            low, high = envelope(times, vector, at, reach)
            off = max(low - value, value - high, 0.0) / span
            if off > worst[0]:
                worst = (off, f"{name} at {at:g}")
    return worst


def at_rest_apart(kind, ours, plot):
    """The same of .op, .dc and .ac."""
    names, theirs = plot
    if kind == "op":
        mine = {name: [value] for name, value in ours.items()}
    else:
        columns, rows = ours["columns"], ours["rows"]
        mine = {name: [row[n] for row in rows] for n, name in enumerate(columns)}
        if kind == "ac":
            mine = {name[:-3]: [complex(*z) if None not in z else None for z in zip(values, mine[name[:-3] + ".im"])]
                    for name, values in mine.items() if name.endswith(".re")}
    worst = (0.0, "")
    size = max((abs(x) for name in mine if name.startswith("v(") and name in theirs for x in theirs[name]), default=0.0)
    for name, values in mine.items():
        vector = theirs.get(name)
        if not name.startswith("v(") or vector is None:
            continue
        if len(vector) != len(values):
            return 1.0, f"{len(values)} points, ngspice {len(vector)}"
        span = max(max(map(abs, vector)), 1e-6 * size, 1e-9)
        for n, (a, b) in enumerate(zip(values, vector)):
            off = 1.0 if a is None else abs(a - b) / span
            if off > worst[0]:
                worst = (off, f"{name}, point {n}")
    return worst


def memspike(program, arguments):
    try:
        done = subprocess.run([program, *arguments], capture_output=True, timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return None
    return done


def run_ours(program, path, analyses):
    """Results of a deck: (why not, results)."""
    with tempfile.TemporaryDirectory() as out:
        table = os.path.join(out, "t.csv")
        grid = []
        if "tran" in analyses:
            grid = ["--csv", table]
        arguments = ["run", path, "--json", "--lenient", "--threads", "1", "--save", "v(*)", *grid]
        done = memspike(program, arguments)
        if done is None:
            return "takes longer than %d s" % TIMEOUT_S, None
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip().split("\n")
            return next((line for line in said if line.startswith("error")), said[-1])[:200], None
        results = json.loads(done.stdout)
        found = {kind: results[kind] for kind in ("op", "dc", "ac") if kind in results}
        if grid and os.path.isfile(table):
            with open(table, encoding="utf-8") as file:
                import csv
                reader = csv.reader(file)
                header = next(reader)
                columns = list(zip(*[[float(x) for x in row] for row in reader]))
            found["tran"] = dict(zip(header, map(list, columns)))
        return None, found


def thin(signals, count):
    """At most so many of the rows."""
    rows = len(signals["time"])
    step = max(1, rows // count)
    return {name: values[::step] for name, values in signals.items()}


def compare(ours, plots, path):
    """The verdict on a deck that both run."""
    worst = (0.0, "", "")
    for kind, mine in ours.items():
        if kind not in plots:
            continue
        if kind == "tran":
            mine = thin(mine, 3000)
            stop = plots["tran"][1]["time"][-1]
            off, where = apart(mine, plots["tran"][1], 2 * stop / STEPS)
        else:
            off, where = at_rest_apart(kind, mine, plots[kind])
        if off > worst[0]:
            worst = (off, kind, where)
    if worst[0] <= 1e-3:
        return "agrees", ""
    if worst[1] == "tran":
        again = ngspice(path, 2 * STEPS)
        if again and "tran" in again:
            stop = plots["tran"][1]["time"][-1]
            moved, _ = apart(thin(again["tran"][1], 3000), plots["tran"][1], 2 * stop / STEPS)
            if moved > 1e-4:
                return "ngspice moves with its step", f"by {moved:.1e}"
    return "disagrees", f"{worst[1]} by {worst[0]:.1e} of {worst[2]}"


def of_measurement(error):
    """Whether an error is that of a .meas."""
    text = text_of(error.get("file", "")) if os.path.isfile(error.get("file", "")) else None
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    at = error.get("line", 0) - 1
    while 0 < at < len(lines) and lines[at].lstrip().startswith("+"):
        at -= 1
    return 0 <= at < len(lines) and lines[at].strip().lower().startswith((".meas", "meas"))


def examine(program, path, with_ngspice=True):
    """All about one deck."""
    try:
        deck = Deck(path)
    except (OSError, RecursionError) as error:
        return {"path": path, "scope": f"unreadable: {error}"}
    result = {"path": path, "scope": deck.scope(), "letters": "".join(sorted(deck.letters))}
    if result["scope"]:
        return result
    done = memspike(program, ["check", path, "--json"])
    if done is None:
        return {**result, "verdict": "refused", "class": "check takes too long", "what": ""}
    try:
        errors = json.loads(done.stdout)["errors"]
    except (ValueError, KeyError):
        errors = [{"code": "crash", "message": done.stderr.decode("utf-8", "replace")[:200]}]
    codes = [error["code"] for error in errors]
    if any(error["code"] in ("not-linear", "not-constant") and not of_measurement(error) for error in errors):
        return {**result, "scope": "not piecewise linear, by memspike's word", "what": errors[0]["message"]}
    if errors:
        return {**result, "verdict": "refused", "class": codes[0], "what": errors[0]["message"]}
    if not with_ngspice:
        return {**result, "verdict": "runs", "class": "not compared: --check-only"}
    why, ours = run_ours(program, path, deck.analyses)
    if why:
        return {**result, "verdict": "fails", "class": re.sub(r"'[^']*'|[-\d.e+]+", "*", why)[:60], "what": why}
    plots = ngspice(path, STEPS)
    if not plots or not any(kind in plots for kind in ours):
        return {**result, "verdict": "runs", "class": "ngspice does not run it"}
    if deck.has_step:
        return {**result, "verdict": "runs", "class": "steps, which ngspice has not"}
    verdict, what = compare(ours, plots, path)
    return {**result, "verdict": "runs", "class": verdict, "what": what}


def shown(results):
    counted = [r for r in results if not r.get("scope")]
    print(f"{len(results)} files, {len(counted)} decks that count")
    for scope, count in collections.Counter(r["scope"] for r in results if r.get("scope")).most_common(12):
        print(f"  not counted: {count:5} {scope}")
    run = [r for r in counted if r["verdict"] == "runs"]
    checked = [r for r in counted if r["verdict"] in ("runs", "fails")]
    share = lambda part, all_: f"{len(part)} of {len(all_)}" + (f" ({100 * len(part) / len(all_):.1f} %)" if all_ else "")
    print(f"check: {share(checked, counted)}\nrun:   {share(run, counted)}")
    compared = [r for r in run if r["class"] in ("agrees", "disagrees")]
    agree = [r for r in compared if r["class"] == "agrees"]
    print(f"agree with ngspice: {share(agree, compared)}")
    for name, count in collections.Counter(r["class"] for r in run if r not in compared).most_common():
        print(f"  runs, not compared: {count:5} {name}")
    for verdict in ("refused", "fails"):
        classes = collections.Counter(r["class"] for r in counted if r["verdict"] == verdict)
        for name, count in classes.most_common():
            print(f"{verdict}: {count} {name}")
            for r in [r for r in counted if r["verdict"] == verdict and r["class"] == name][:200]:
                print(f"    {r['path']}: {r['what'][:140]}")
    for r in compared:
        if r["class"] == "disagrees":
            print(f"disagrees: {r['path']}: {r['what']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--memspike", default="target/release/memspike", help="the program")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="decks side by side")
    parser.add_argument("--check-only", action="store_true", help="check alone, in a minute or two")
    parser.add_argument("--json", help="a file for all results")
    arguments = parser.parse_args()
    program = shutil.which(arguments.memspike)
    if program is None:
        sys.exit(f"there is no program '{arguments.memspike}': build it, cargo build --release")
    if shutil.which("ngspice") is None:
        sys.exit("ngspice is missing: install the Debian package ngspice")
    program = os.path.abspath(program)
    paths = []
    for folder in arguments.folders:
        if os.path.isfile(folder):
            paths.append(folder)
        for top, folders, names in os.walk(folder):
            folders[:] = sorted(f for f in folders if f != ".git")
            paths += [os.path.join(top, name) for name in sorted(names) if name.lower().endswith(ENDINGS)]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(lambda path: examine(program, path, not arguments.check_only), paths))
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)
    shown(results)


if __name__ == "__main__":
    main()
