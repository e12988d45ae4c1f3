#!/usr/bin/env python3
"""Links and scores with plain SQL on DuckDB: what one would write without a linkage library.

    duckdb_peer.py dedupe PEOPLE.csv CLUSTERS.csv THREADS
    duckdb_peer.py score PEOPLE.csv THREADS

Prints JSON: pairs, and the seconds of each step. Each level of a comparison has its fixed bits; a pair whose bits
outweigh the odds against it is a link.
"""

import csv
import math
import sys

import duckdb

import peer_setup
from peer_setup import DAMERAU_LEVENSHTEIN, EDITS, JARO_WINKLER, SIMILARITIES, Steps

DIFFERENT_BITS = -4


def likeness(column, kind):
    """Gives SQL for how alike two values are: computed once, and read by level_bits()."""
    if kind == JARO_WINKLER:
        return f"jaro_winkler_similarity(l.{column}, r.{column})"
    if kind == DAMERAU_LEVENSHTEIN:
        return f"damerau_levenshtein(l.{column}, r.{column})"
    return f"l.{column} = r.{column}"


def level_bits(column, kind, bits):
    """Gives SQL for the bits of a column's level: all where equal, half and a quarter for the closer levels."""
    conditions = {JARO_WINKLER: [">= 1", *(f">= {least}" for least in SIMILARITIES)],
                  DAMERAU_LEVENSHTEIN: ["= 0", *(f"<= {most}" for most in EDITS)]}.get(kind, [""])
    cases = " ".join(f"when {column} {condition} then {bits / 2**i}" for i, condition in enumerate(conditions))
    return f"case when {column} is null then 0 {cases} else {DIFFERENT_BITS} end"


def links_of(pairs, columns, records):
    """Gives SQL for the links among pairs of l and r."""
    alike = ", ".join(f"{likeness(column, kind)} as {column}" for column, (kind, _) in columns.items())
    bits = " + ".join(level_bits(column, kind, weight) for column, (kind, weight) in columns.items())
    return (f"select a, b from (select a, b, {bits} as bits from (select l.n as a, r.n as b, {alike} from {pairs})) "
            f"where bits > {math.log2(records)}")


def blocked_pairs():
    """Gives SQL for the pairs of all rules, each once."""
    rules = [" and ".join(f"l.{column} = r.{column}" for column in rule) for rule in peer_setup.RULES]
    joins = [f"select l.n as a, r.n as b from people l join people r on {rule} where l.n < r.n" for rule in rules]
    joins.append("select least(l.n, r.n), greatest(l.n, r.n) from people l join people r on "
                 f"{peer_setup.EXCHANGED} where l.n <> r.n")
    return " union ".join(joins)


def find_components(records, links):
    """Gives each record the least record that links lead to."""
    least = list(range(records))

    def find(record):
        while least[record] != record:
            least[record] = record = least[least[record]]
        return record

    for a, b in links:
        low, high = sorted((find(a), find(b)))
        least[high] = low
    return [find(record) for record in range(records)]


def connect(people, threads):
    """Opens a database in memory with the table `people`, numbered from 0; gives it with the count of records."""
    database = duckdb.connect()
    database.execute(f"set threads = {int(threads)}")
    database.execute("create table people as select (row_number() over () - 1)::integer as n, * "
                     "from read_csv(?, all_varchar = true, nullstr = '')", [people])
    return database, database.execute("select count(*) from people").fetchone()[0]


def dedupe(people, output, threads):
    steps = Steps()
    database, records = connect(people, threads)
    steps.end("read")
    database.execute(f"create table pairs as {blocked_pairs()}")
    steps.end("block")
    judged = "pairs join people l on l.n = a join people r on r.n = b"
    links = database.execute(links_of(judged, peer_setup.DEDUPE, records)).fetchall()
    steps.end("score")
    clusters = find_components(records, links)
    ids = database.execute("select rec_id from people order by n").fetchall()
    with open(output, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["id", "cluster"])
        rows.writerows((record[0], cluster) for record, cluster in zip(ids, clusters, strict=True))
    steps.end("cluster")
    pairs = database.execute("select count(*) from pairs").fetchone()[0]
    steps.tell(records=records, pairs=pairs, links=len(links))


def score(people, threads):
    steps = Steps()
    database, records = connect(people, threads)
    steps.end("read")
    rule = f"people l join people r on l.{peer_setup.SCORE_RULE} = r.{peer_setup.SCORE_RULE} and l.n < r.n"
    database.execute(f"create table links as {links_of(rule, peer_setup.SCORE, records)}")
    steps.end("score")
    pairs = database.execute(f"select count(*) from {rule}").fetchone()[0]
    steps.tell(records=records, pairs=pairs, links=database.execute("select count(*) from links").fetchone()[0])


if __name__ == "__main__":
    {"dedupe": dedupe, "score": score}[sys.argv[1]](*sys.argv[2:])
