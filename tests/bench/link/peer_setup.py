"""What both peers are given: the files' columns, the blocking rules, and how columns are compared.

The rules are those that caseweave's model for people makes of the same columns, where SQL can say them. What differs:
caseweave sounds names by Double Metaphone, the peers have Soundex in columns made beforehand; caseweave splits blocks
that are too large by further parts, which stand in the peers' rules from the start; its rules "day and month
exchanged" and "state" are left out: they cost the most pairs for the fewest links.
"""

import json
import time

# Records that agree on every column of one of these are compared.
RULES = (("date_of_birth",), ("given_sound", "family_sound", "birth_year"), ("given_sound", "family_sound", "suburb"),
         ("family_sound", "postcode"), ("given_sound", "postcode"), ("family_sound", "birth_month"),
         ("given_sound", "birth_month"), ("address_1", "given_sound"), ("address_1", "family_sound"),
         ("postcode", "street_number"), ("soc_sec_id",))
# The same for names in the wrong order, as SQL.
EXCHANGED = "l.given_sound = r.family_sound and l.family_sound = r.given_sound and l.birth_year = r.birth_year"

# How each column is compared, and (for plain SQL) the bits by which its agreement speaks for one person.
JARO_WINKLER, DAMERAU_LEVENSHTEIN, EXACT = "jaro_winkler", "damerau_levenshtein", "exact"
DEDUPE = {"given_name": (JARO_WINKLER, 6), "surname": (JARO_WINKLER, 8), "address_1": (JARO_WINKLER, 10),
          "suburb": (JARO_WINKLER, 9), "date_of_birth": (DAMERAU_LEVENSHTEIN, 14),
          "postcode": (DAMERAU_LEVENSHTEIN, 9), "soc_sec_id": (DAMERAU_LEVENSHTEIN, 20), "street_number": (EXACT, 6),
          "state": (EXACT, 2)}
# The seven comparisons of bench_pairs.cpp, whose pairs agree on the place.
SCORE_RULE = "place"
SCORE = {"first_name": (JARO_WINKLER, 6), "last_name": (JARO_WINKLER, 8), "address_1": (JARO_WINKLER, 10),
         "born": (DAMERAU_LEVENSHTEIN, 14), "soc_sec_id": (DAMERAU_LEVENSHTEIN, 20),
         "post_code": (DAMERAU_LEVENSHTEIN, 9), SCORE_RULE: (EXACT, 6)}
SIMILARITIES = (0.92, 0.82)
EDITS = (1, 2)
MATCH_PROBABILITY = 0.5


class Steps:
    """Times the steps of a run, and prints them with its counts as JSON."""

    def __init__(self):
        self.steps = {}
        self.begun = time.perf_counter(), time.process_time()

    def end(self, step):
        """Says that a step ends here, and that the next one begins."""
        now = time.perf_counter(), time.process_time()
        wall, processor = (round(end - begin, 4) for begin, end in zip(self.begun, now, strict=True))
        self.steps[step] = {"seconds": wall, "cpu_seconds": processor}
        self.begun = now

    def tell(self, **counts):
        print(json.dumps({**counts, "steps": self.steps}))
