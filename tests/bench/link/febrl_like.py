#!/usr/bin/env python3
"""Writes records like those of the Febrl sets, with their truth, at any size.

    febrl_like.py BASE.csv RECORDS OUTPUT.csv TRUTH.csv [--seed N]

BASE is a Febrl set of originals (dataset4a.csv): its names, streets and places are the values drawn from. Seven records
in ten are originals; the others are duplicates of them, up to five of one, with the errors Febrl's generator makes:
typing slips, exchanged neighbours, missing values, exchanged columns, other values, one to four in a record.
"""

import argparse
import csv
import datetime
import random
import string

COLUMNS = ["given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state",
           "date_of_birth", "soc_sec_id"]
# Columns that err together, and how often each column is the one chosen.
WEIGHTS = {"given_name": 18, "surname": 18, "street_number": 8, "address_1": 14, "address_2": 10, "suburb": 14,
           "postcode": 7, "state": 4, "date_of_birth": 5, "soc_sec_id": 4}
ORIGINAL_SHARE = 0.7
MOST_DUPLICATES = 5


def draw_original(draw, values):
    record = {column: draw.choice(values[column]) for column in
              ["given_name", "surname", "street_number", "address_1", "address_2", "date_of_birth"]}
    record["suburb"], record["postcode"], record["state"] = draw.choice(values["place"])
    # The base set's dates are too few for a large file: one in ten is missing there as well.
    if record["date_of_birth"]:
        born = datetime.date(1900, 1, 1) + datetime.timedelta(days=draw.randrange(36_500))
        record["date_of_birth"] = born.strftime("%Y%m%d")
    record["soc_sec_id"] = str(draw.randrange(1_000_000, 10_000_000))
    return record


def misspell(draw, text):
    alphabet = string.digits if text.isdigit() else string.ascii_lowercase
    at = draw.randrange(len(text))
    kind = draw.randrange(4)
    if kind == 0 and len(text) > 1:
        return text[:at] + text[at + 1:]
    if kind == 1:
        return text[:at] + draw.choice(alphabet) + text[at:]
    if kind == 2 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2:]
    return text[:at] + draw.choice(alphabet) + text[at + 1:]


def misspell_date(draw, text):
    at = draw.choice([3, 5, 7])
    changed = text[:at] + draw.choice(string.digits) + text[at + 1:]
    try:
        datetime.datetime.strptime(changed, "%Y%m%d")
    except ValueError:
        return text
    return changed


def make_duplicate(draw, original, values):
    record = dict(original)
    names, weights = list(WEIGHTS), list(WEIGHTS.values())
    for column in draw.choices(names, weights, k=draw.choice([1, 1, 2, 2, 3, 4])):
        value = record[column]
        kind = draw.random()
        if kind < 0.12:
            record[column] = ""
        elif kind < 0.16 and column in ("given_name", "surname"):
            record["given_name"], record["surname"] = record["surname"], record["given_name"]
        elif kind < 0.22 and column in values:
            record[column] = draw.choice(values[column])
        elif value and column == "date_of_birth":
            record[column] = misspell_date(draw, value)
        elif value:
            record[column] = misspell(draw, value)
    return record


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("records", type=int)
    parser.add_argument("output")
    parser.add_argument("truth")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)
    with open(arguments.base, newline="", encoding="utf-8") as file:
        base = list(csv.DictReader(file, skipinitialspace=True))
    values = {column: [row[column].strip() for row in base] for column in COLUMNS}
    values["place"] = [tuple(row[column].strip() for column in ("suburb", "postcode", "state")) for row in base]

    originals = round(arguments.records * ORIGINAL_SHARE)
    made = []
    for entity in range(originals):
        made.append((f"rec-{entity}-org", entity, draw_original(draw, values)))
    copies = [0] * originals
    while len(made) < arguments.records:
        entity = draw.randrange(originals)
        if copies[entity] == MOST_DUPLICATES:
            continue
        made.append((f"rec-{entity}-dup-{copies[entity]}", entity, make_duplicate(draw, made[entity][2], values)))
        copies[entity] += 1
    draw.shuffle(made)
    with open(arguments.output, "w", newline="", encoding="utf-8") as file, \
            open(arguments.truth, "w", newline="", encoding="utf-8") as truth:
        rows = csv.writer(file, lineterminator="\n")
        entities = csv.writer(truth, lineterminator="\n")
        rows.writerow(["rec_id", *COLUMNS])
        entities.writerow(["id", "entity"])
        for record_id, entity, record in made:
            rows.writerow([record_id, *(record[column] for column in COLUMNS)])
            entities.writerow([record_id, entity])


if __name__ == "__main__":
    main()
