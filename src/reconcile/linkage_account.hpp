#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace caseweave {

/// Holds what the report says of linking: aggregates only, no name, key or value of a person.
struct LinkageAccount {
    /// One level of one comparison: how often it is met among pairs of one person (m) and of unrelated people (u).
    struct Level {
        std::string comparison, level;
        double m = 0, u = 0, bits = 0;
    };
    struct Rule {
        std::string name;
        std::uint64_t pairs = 0;          ///< pairs this rule was the first to make
        std::uint64_t links = 0;          ///< of them, those that hold a person together
        std::uint64_t capped_blocks = 0;  ///< blocks too large to compare, left to the other rules
        std::uint64_t largest_block = 0;  ///< records of the largest of them
    };
    /// How unevenly the values of a field are spread: where a few are very common, agreement on them says little.
    struct Spread {
        std::string field;
        std::uint64_t records = 0;                       ///< records that hold the field
        std::uint64_t distinct = 0;                      ///< different values
        std::uint64_t commonest = 0, ten_commonest = 0;  ///< records that hold the commonest value, the ten commonest
    };
    struct WeakLink {
        double bits = 0;
        std::string rule;
    };
    /// How the children's records of one group were linked. Groups of one attribute part the records among them.
    struct Group {
        std::string attribute, name;
        std::uint64_t records = 0;
        std::uint64_t linked = 0;     ///< records of a person that has another record
        std::uint64_t in_review = 0;  ///< records in a pair that waits for a reviewer
        /// Against the truth, where there is one: other records of the same child, and those of them not linked.
        std::uint64_t partners = 0, missed = 0;
    };

    double match_bits = 0, review_bits = 0;  ///< thresholds of the model
    double least_bits = 0, bin_bits = 1;     ///< lower end of the first bin of `weights`, width of a bin
    std::vector<std::uint64_t> weights;      ///< scored pairs by weight
    std::vector<Level> levels;
    std::vector<Rule> rules;
    std::vector<Spread> spreads;
    std::vector<WeakLink> weakest;  ///< weakest first
    std::vector<Group> groups;
    bool has_truth = false;
};

/// Joins groups of fewer than ten records, per attribute, into one; that one with the smallest of the others where it
/// is still as small. Groups come out largest first, attributes in their order.
std::vector<LinkageAccount::Group> join_small_groups(const std::vector<LinkageAccount::Group>& groups);

/// Draws the account as sections of the report: weights, blocking, spreads, weakest links, weights of agreement, rates
/// by group.
std::string render_linkage_account(const LinkageAccount& account);

}  // namespace caseweave
