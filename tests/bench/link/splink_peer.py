#!/usr/bin/env python3
"""Links and scores with Splink on DuckDB.

    splink_peer.py dedupe PEOPLE.csv CLUSTERS.csv THREADS
    splink_peer.py score PEOPLE.csv THREADS

Prints JSON: pairs, and the seconds of each step. Deduplication trains as Splink's documentation teaches: prior from
rules that hardly err, u from random pairs, m by EM under two blocking rules that have no column in common.
"""

import sys

import duckdb
import splink.comparison_library as library
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

import peer_setup
from peer_setup import DAMERAU_LEVENSHTEIN, EDITS, JARO_WINKLER, MATCH_PROBABILITY, SIMILARITIES, Steps

# Random pairs that u is estimated from: Splink's default. Its documentation advises more for a real run, which takes
# longer.
RANDOM_PAIRS = 1e6
# What the rules for the prior are taken to find of all true pairs.
PRIOR_RECALL = 0.8
SEED = 1


def compare(column, kind):
    if kind == JARO_WINKLER:
        return library.JaroWinklerAtThresholds(column, list(SIMILARITIES))
    if kind == DAMERAU_LEVENSHTEIN:
        return library.DamerauLevenshteinAtThresholds(column, list(EDITS))
    return library.ExactMatch(column)


def make_linker(people, threads, columns, rules, rare=()):
    """Reads the records and makes a linker; `rare` are the columns whose rare values weigh more."""
    database = duckdb.connect()
    database.execute(f"set threads = {int(threads)}")
    database.execute("create table people as select * from read_csv(?, all_varchar = true, nullstr = '')", [people])
    comparisons = [compare(column, kind).configure(term_frequency_adjustments=column in rare)
                   for column, (kind, _) in columns.items()]
    settings = SettingsCreator(link_type="dedupe_only", unique_id_column_name="rec_id", comparisons=comparisons,
                               blocking_rules_to_generate_predictions=rules)
    return database, Linker("people", settings, DuckDBAPI(connection=database))


def count(database, table):
    return database.execute(f"select count(*) from {table}").fetchone()[0]


def train(linker):
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("soc_sec_id", "date_of_birth"), block_on("given_name", "surname", "date_of_birth"),
         block_on("soc_sec_id", "given_name")], recall=PRIOR_RECALL)
    training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=SEED)
    training.estimate_parameters_using_expectation_maximisation(block_on("date_of_birth", "given_name"))
    training.estimate_parameters_using_expectation_maximisation(block_on("soc_sec_id"))


def dedupe(people, output, threads):
    steps = Steps()
    rules = [block_on(*rule) for rule in peer_setup.RULES] + [peer_setup.EXCHANGED]
    database, linker = make_linker(people, threads, peer_setup.DEDUPE, rules, ("given_name", "surname", "suburb"))
    steps.end("read")
    train(linker)
    steps.end("train")
    links = linker.inference.predict(threshold_match_probability=MATCH_PROBABILITY)
    steps.end("score")
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(links, MATCH_PROBABILITY)
    database.execute(f"copy (select rec_id as id, cluster_id as cluster from {clusters.physical_name}) "
                     f"to '{output}' (header)")
    steps.end("cluster")
    steps.tell(records=count(database, "people"), links=count(database, links.physical_name))


def score(people, threads):
    steps = Steps()
    database, linker = make_linker(people, threads, peer_setup.SCORE, [block_on(peer_setup.SCORE_RULE)])
    steps.end("read")
    links = linker.inference.predict(threshold_match_probability=MATCH_PROBABILITY)
    steps.end("score")
    rule = f"people l join people r using ({peer_setup.SCORE_RULE}) where l.rec_id < r.rec_id"
    steps.tell(records=count(database, "people"), pairs=count(database, rule),
               links=count(database, links.physical_name))


if __name__ == "__main__":
    {"dedupe": dedupe, "score": score}[sys.argv[1]](*sys.argv[2:])
