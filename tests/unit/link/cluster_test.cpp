#include "link/cluster.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "unit/link/shipped_model.hpp"
#include "unit/people/person_builder.hpp"

namespace caseweave {
namespace {

using test::PersonBuilder;
using test::shipped_model;

/// Holds everything clustering needs over one store.
struct Stage {
    explicit Stage(PersonBuilder& builder, std::vector<ReviewerDecision> decisions = {})
        : features(builder.store(), shipped_model().term_frequency()),
          constraints(features, builder.store(), decisions, {}),
          scorer(features, shipped_model()),
          seals(features) {}

    Partition run(std::vector<Edge> edges) {
        std::ranges::sort(edges,
                          [](const Edge& x, const Edge& y) { return std::pair(x.a, x.b) < std::pair(y.a, y.b); });
        const EdgesByRecord by_record(edges, features.size());
        seals.inherit(edges, by_record, shipped_model().match_bits(), shipped_model().clustering().seal_margin_bits);
        const auto ambiguous = find_ambiguous(scorer, constraints, edges, by_record, 1, {});
        return Clustering(scorer, constraints, seals, edges).run(ambiguous, {}, {});
    }

    /// Scores all pairs and keeps those a reviewer or a link could come of.
    std::vector<Edge> all_edges() const {
        std::vector<Edge> edges;
        for (Rank a = 0; a < features.size(); ++a) {
            for (Rank b = a + 1; b < features.size(); ++b) {
                if (seals.apart(a, b)) continue;
                const PairScore score = scorer.score(a, b);
                if (score.bits >= shipped_model().review_bits())
                    edges.push_back({a, b, static_cast<float>(score.bits), 0, score.pattern});
            }
        }
        return edges;
    }

    FeatureTable features;
    Constraints constraints;
    PairScorer scorer;
    Seals seals;
};

/// Makes a store of people who look alike to the last letter, so that only constraints can part them.
void add_alike(PersonBuilder& builder, int count) {
    for (int i = 0; i < count; ++i) {
        builder.person(
            "alpha", std::to_string(100 + i),
            {{"given_name", "Rupert"}, {"family_name", "Vandersteen"}, {"birth_date", "2012-03-27"}, {"sex", "M"}});
    }
}

TEST(Clustering, HoldsEveryBarOnAdversarialGraphs) {
    // Random weights, random bars over records that agree in everything: the engine's partition must be that of the
    // slow, obvious procedure that looks at every pair of members before each merge.
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        std::mt19937 random(seed);
        const int people = 4 + static_cast<int>(random() % 14);
        PersonBuilder builder;
        add_alike(builder, people);
        std::vector<ReviewerDecision> decisions;
        std::set<std::pair<Rank, Rank>> bars;
        for (int i = 0; i < people; ++i) {
            for (int j = i + 1; j < people; ++j) {
                if (random() % 5 != 0) continue;
                decisions.push_back({"alpha", std::to_string(100 + j), "alpha", std::to_string(100 + i), false});
                bars.emplace(static_cast<Rank>(i), static_cast<Rank>(j));
            }
        }
        builder.store().seal();
        Stage stage(builder, decisions);
        std::vector<Edge> edges;
        for (Rank a = 0; a < stage.features.size(); ++a) {
            for (Rank b = a + 1; b < stage.features.size(); ++b) {
                if (random() % 3 == 0) continue;
                edges.push_back({a, b, 10.0F + static_cast<float>(random() % 8), 0, stage.scorer.score(a, b).pattern});
            }
        }
        const Partition partition = stage.run(edges);

        std::vector<int> obvious(stage.features.size());
        for (std::size_t i = 0; i < obvious.size(); ++i) obvious[i] = static_cast<int>(i);
        const auto ambiguous = [&](const Edge& edge) {
            // As near to another, who is barred from the first, and not barred from this record.
            const auto is_barred = [&](Rank a, Rank b) { return bars.contains(std::minmax(a, b)); };
            for (const Edge& other : edges) {
                if (&other == &edge || is_barred(other.a, other.b) || is_barred(edge.a, edge.b)) continue;
                for (const auto& [self, partner] : {std::pair(edge.a, edge.b), std::pair(edge.b, edge.a)}) {
                    if (other.a != self && other.b != self) continue;
                    const Rank rival = other.a == self ? other.b : other.a;
                    if (rival != partner && is_barred(rival, partner) && std::abs(edge.bits - other.bits) <= 3.3F)
                        return true;
                }
            }
            return false;
        };
        std::vector<Edge> order = edges;
        std::ranges::stable_sort(order, [](const Edge& x, const Edge& y) {
            return x.bits != y.bits ? x.bits > y.bits : std::pair(x.a, x.b) < std::pair(y.a, y.b);
        });
        for (const Edge& edge : order) {
            const int x = obvious[edge.a];
            const int y = obvious[edge.b];
            if (x == y || std::ranges::any_of(
                              edges, [&](const Edge& e) { return e.a == edge.a && e.b == edge.b && ambiguous(e); }))
                continue;
            bool barred = false;
            for (const auto& [a, b] : bars) {
                barred = barred || (obvious[a] == x && obvious[b] == y) || (obvious[a] == y && obvious[b] == x);
            }
            if (!barred) std::ranges::replace(obvious, y, x);
        }
        for (Rank a = 0; a < obvious.size(); ++a) {
            for (Rank b = a + 1; b < obvious.size(); ++b) {
                ASSERT_EQ(partition.cluster[a] == partition.cluster[b], obvious[a] == obvious[b]) << "seed " << seed;
                ASSERT_FALSE(bars.contains({a, b}) && partition.cluster[a] == partition.cluster[b]) << "seed " << seed;
            }
        }
    }
}

TEST(Clustering, KeepsTheLinksThatHoldEachCluster) {
    PersonBuilder builder;
    add_alike(builder, 9);
    builder.store().seal();
    Stage stage(builder);
    const Partition partition = stage.run(stage.all_edges());
    EXPECT_EQ(partition.clusters, 1U);
    EXPECT_EQ(partition.links.size(), 8U) << "a tree";
    std::vector<std::uint32_t> reached(9);
    for (std::uint32_t i = 0; i < 9; ++i) reached[i] = i;
    for (const Edge& link : partition.links) {
        const auto [from, to] = std::pair(reached[link.a], reached[link.b]);
        std::ranges::replace(reached, from, to);
    }
    EXPECT_EQ(std::set(reached.begin(), reached.end()).size(), 1U);
}

struct Child {
    std::string given = "Rupert";
    std::string family = "Vandersteen";
    std::string birth_date = "2012-03-27";
    std::string nhs = {};
    std::string nhs_status = {};
    std::string upn = {};
    std::string kind = "child";
    std::string earliest = {};
    std::string latest = {};
    std::string home_office_reference = {};
};

/// Links children, the i-th of system i, over all pairs; returns the partition and what was refused.
Partition link_children(const std::vector<Child>& children, std::vector<ReviewerDecision> decisions = {}) {
    PersonBuilder builder;
    for (std::size_t i = 0; i < children.size(); ++i) {
        const Child& child = children[i];
        const std::string system = std::string("s") + static_cast<char>('a' + i);
        builder.person(system, "1",
                       {{"person_kind", child.kind},
                        {"given_name", child.given},
                        {"family_name", child.family},
                        {"birth_date", child.birth_date},
                        {"birth_date_earliest", child.earliest},
                        {"birth_date_latest", child.latest},
                        {"sex", "M"}});
        builder.address(system, "1", "1", "PO19 1RQ", "100");
        if (!child.nhs.empty()) builder.identifier(system, "1", "nhs_number", child.nhs, child.nhs_status);
        if (!child.upn.empty()) builder.identifier(system, "1", "upn", child.upn);
        if (!child.home_office_reference.empty())
            builder.identifier(system, "1", "home_office_reference", child.home_office_reference);
    }
    builder.store().seal();
    Stage stage(builder, std::move(decisions));
    return stage.run(stage.all_edges());
}

bool refused_for(const std::vector<Refusal>& list, RefusalReason reason) {
    return std::ranges::any_of(list, [&](const Refusal& refusal) { return refusal.reason == reason; });
}

TEST(Clustering, TwoTracedNhsNumbersBarAChainAndGoToReview) {
    // The record in the middle shares its UPN with the first, so it is nearer to that one.
    const std::string upn = "A938000000001";
    const Partition partition = link_children(
        {{.nhs = "1", .nhs_status = "verified", .upn = upn}, {.upn = upn}, {.nhs = "2", .nhs_status = "verified"}});
    EXPECT_EQ(partition.clusters, 2U);
    EXPECT_EQ(partition.cluster[0], partition.cluster[1]);
    EXPECT_TRUE(refused_for(partition.review, RefusalReason::verified_nhs_conflict));
    EXPECT_EQ(
        link_children({{.nhs = "1", .nhs_status = "verified"}, {}, {.nhs = "1", .nhs_status = "verified"}}).clusters,
        1U);
}

TEST(Clustering, ARecordAsNearToTwoWhoCannotBeOneGoesToReview) {
    const Partition partition =
        link_children({{.nhs = "1", .nhs_status = "verified"}, {}, {.nhs = "2", .nhs_status = "verified"}});
    EXPECT_EQ(partition.clusters, 3U);
    EXPECT_TRUE(refused_for(partition.review, RefusalReason::ambiguous));
}

TEST(Clustering, ARangeIsAsFarFromADateAsItsNearerEnd) {
    const Child range{
        .birth_date = "", .nhs = "1", .nhs_status = "verified", .earliest = "2009-01-01", .latest = "2010-12-31"};
    const auto linked = [&](const std::string& date) {
        return link_children({range, {.birth_date = date, .nhs = "1", .nhs_status = "verified"}});
    };
    EXPECT_EQ(linked("2010-12-31").clusters, 1U);
    EXPECT_EQ(linked("2012-01-15").clusters, 1U) << "380 days: a year's slip";
    const Partition apart = linked("2012-03-15");
    EXPECT_EQ(apart.clusters, 2U);
    EXPECT_TRUE(refused_for(apart.review, RefusalReason::birth_dates_apart));
}

TEST(Clustering, ARangeDoesNotBridgeDatesThatAreFarApart) {
    const Child early{.birth_date = "2009-01-02", .nhs = "1", .nhs_status = "verified"};
    const Child late{.birth_date = "2010-12-30", .nhs = "1", .nhs_status = "verified"};
    const Child range{
        .birth_date = "", .nhs = "1", .nhs_status = "verified", .earliest = "2009-01-01", .latest = "2010-12-31"};
    EXPECT_EQ(link_children({early, range}).clusters, 1U);
    EXPECT_EQ(link_children({late, range}).clusters, 1U);
    const Partition all = link_children({early, range, late});
    EXPECT_EQ(all.clusters, 2U);
    EXPECT_TRUE(refused_for(all.review, RefusalReason::birth_dates_apart));
}

TEST(Clustering, TwoPermanentPupilNumbersAreAReviewersQuestion) {
    const Partition partition = link_children({{.upn = "A938000000001"}, {.upn = "A938000000002"}});
    EXPECT_EQ(partition.clusters, 2U);
    EXPECT_TRUE(refused_for(partition.review, RefusalReason::permanent_upn_conflict));
    const ReviewerDecision same{"sa", "1", "sb", "1", true};
    EXPECT_EQ(link_children({{.upn = "A938000000001"}, {.upn = "A938000000002"}}, {same}).clusters, 1U);
}

TEST(Clustering, NumbersOfTwoAuthoritiesThatDifferAreAReviewersQuestion) {
    // Unaccompanied children of one name at one address, their birth date guessed alike: a county has dozens.
    Child first{.birth_date = "2008-01-01", .nhs = "1", .home_office_reference = "A1"};
    Child second{.birth_date = "2008-01-01", .nhs = "2", .home_office_reference = "A2"};
    const Child without{.birth_date = "2008-01-01"};
    const Partition partition = link_children({first, second, without});
    EXPECT_EQ(partition.clusters, 2U);
    EXPECT_TRUE(refused_for(partition.review, RefusalReason::numbers_apart));
    const ReviewerDecision same{"sa", "1", "sb", "1", true};
    EXPECT_EQ(link_children({first, second, without}, {same}).clusters, 1U);

    // A number that both have outvotes others that differ.
    second.nhs = "1";
    EXPECT_EQ(link_children({first, second}).clusters, 1U);
    // One alone may be mistaken where the birth date is known; a day used when none is known says less.
    first.nhs = "";
    EXPECT_EQ(link_children({first, second}).clusters, 2U);
    first.birth_date = second.birth_date = "2008-03-27";
    EXPECT_EQ(link_children({first, second}).clusters, 1U);
}

TEST(Clustering, TwinsOfOneFamilyStayTwoFlaggedOrNot) {
    const Partition partition =
        link_children({{.given = "Rupert"}, {.given = "Oliver"}, {.given = "Rupert"}, {.given = "Oliver"}});
    EXPECT_EQ(partition.clusters, 2U);
    EXPECT_EQ(partition.cluster[0], partition.cluster[2]);
    EXPECT_EQ(partition.cluster[1], partition.cluster[3]);
}

TEST(Clustering, ARecordWithoutForenameJoinsNeitherTwin) {
    const Partition partition = link_children({{.given = "Rupert"}, {.given = "Oliver"}, {.given = "Baby"}});
    EXPECT_EQ(partition.clusters, 3U);
    EXPECT_TRUE(refused_for(partition.review, RefusalReason::ambiguous) ||
                refused_for(partition.review, RefusalReason::below_match));
    EXPECT_EQ(link_children({{.given = "Rupert"}, {.given = "R"}}).clusters, 1U)
        << "where there is one child only, an initial is enough";
}

TEST(Clustering, TwoSlipsForOneNameAreExplainedByTheName) {
    EXPECT_EQ(
        link_children(
            {{.given = "Bartholomew"}, {.given = "Brtholomew"}, {.given = "Bartholomew"}, {.given = "Bartholmoew"}})
            .clusters,
        1U);
}

TEST(Clustering, AdultsAndChildrenAreNeverOne) {
    const Partition partition = link_children(
        {{.nhs = "1", .nhs_status = "verified"}, {.nhs = "1", .nhs_status = "verified", .kind = "adult"}});
    EXPECT_EQ(partition.clusters, 2U);
    const ReviewerDecision same{"sa", "1", "sb", "1", true};
    EXPECT_EQ(link_children({{}, {.kind = "adult"}}, {same}).clusters, 2U) << "not even where a reviewer says so";
}

TEST(Clustering, AReviewersWordOutweighsTheEvidence) {
    const ReviewerDecision same{"sa", "1", "sb", "1", true};
    const ReviewerDecision different{"sa", "1", "sb", "1", false};
    EXPECT_EQ(link_children({{}, {.given = "Oliver", .family = "Kelly", .birth_date = "2009-09-09"}}, {same}).clusters,
              1U);
    EXPECT_EQ(link_children({{}, {}}, {different}).clusters, 2U);
    EXPECT_EQ(link_children({{}, {}}, {same, different}).clusters, 2U) << "contradicting decisions do not merge";
    EXPECT_EQ(link_children({{}, {}}, {{"nobody", "1", "sb", "1", true}}).clusters, 1U)
        << "decisions about unknown records are passed over";
}

TEST(Clustering, AReviewersWordTiesWholePersonsTogether) {
    // Two children with two records each, nothing alike: what one decision joins is all four.
    const Child rupert;
    const Child oliver{.given = "Oliver", .family = "Kelly", .birth_date = "2009-09-09"};
    ASSERT_EQ(link_children({rupert, rupert, oliver, oliver}).clusters, 2U);
    const ReviewerDecision same{"sa", "1", "sc", "1", true};
    const Partition joined = link_children({rupert, rupert, oliver, oliver}, {same});
    EXPECT_EQ(joined.clusters, 1U);
    EXPECT_EQ(joined.links.size(), 3U);
}

TEST(Clustering, WhatIsDifferentFromOneIsDifferentFromAllThatAreTheSame) {
    // a and b agree in everything, and so does c with both; c is not b's, and a reviewer says that a is.
    const std::vector<ReviewerDecision> decisions = {{"sa", "1", "sb", "1", true}, {"sb", "1", "sc", "1", false}};
    const Partition partition = link_children({{}, {}, {}}, decisions);
    EXPECT_EQ(partition.clusters, 2U);
    EXPECT_EQ(partition.cluster[0], partition.cluster[1]);
    EXPECT_NE(partition.cluster[0], partition.cluster[2]);
}

TEST(Clustering, ContradictionsThroughOthersPartAndTheOrderOfDecisionsDoesNotMatter) {
    std::vector<ReviewerDecision> decisions = {
        {"sa", "1", "sb", "1", true}, {"sb", "1", "sc", "1", true}, {"sa", "1", "sc", "1", false}};
    const Partition first = link_children({{}, {}, {}}, decisions);
    EXPECT_NE(first.cluster[0], first.cluster[2]);
    std::ranges::sort(decisions, {},
                      [](const ReviewerDecision& d) { return std::tie(d.same, d.system_b, d.system_a); });
    do {
        EXPECT_EQ(link_children({{}, {}, {}}, decisions).cluster, first.cluster);
    } while (std::ranges::next_permutation(decisions, {}, [](const ReviewerDecision& d) {
                 return std::tie(d.same, d.system_b, d.system_a);
             }).found);
}

TEST(Clustering, PeopleRelatedInOneSourceAreTwo) {
    PersonBuilder builder;
    add_alike(builder, 2);
    builder.relation("alpha", "100", "101", "sibling");
    builder.store().seal();
    Stage stage(builder);
    EXPECT_EQ(stage.run(stage.all_edges()).clusters, 2U);

    PersonBuilder duplicates;
    add_alike(duplicates, 2);
    duplicates.relation("alpha", "100", "101", "duplicate");
    duplicates.store().seal();
    Stage hinted(duplicates);
    EXPECT_EQ(hinted.run(hinted.all_edges()).clusters, 1U) << "a source's mark of a duplicate is no relationship";
}

TEST(Clustering, NotQuiteOneForenameInOneSourceIsAReviewers) {
    const auto clusters = [](const std::string& second_system, const std::string& second_forename) {
        PersonBuilder builder;
        const auto add = [&](const std::string& system, const std::string& key, const std::string& forename) {
            builder.person(system, key,
                           {{"given_name", forename},
                            {"family_name", "Vandersteen"},
                            {"birth_date", "2022-11-23"},
                            {"mother_given_name", "Saskia"},
                            {"mother_family_name", "Vandersteen"}});
            builder.address(system, key, "1", "PO19 1RQ", "100");
        };
        add("alpha", "1", "Muhammad");
        add(second_system, "2", second_forename);
        builder.store().seal();
        Stage stage(builder);
        return stage.run(stage.all_edges()).clusters;
    };
    EXPECT_EQ(clusters("alpha", "Muhammad-Ali"), 2U) << "unflagged twins, or a duplicate: for a reviewer";
    EXPECT_EQ(clusters("alpha", "Muhammad"), 1U);
    EXPECT_EQ(clusters("beta", "Muhammad-Ali"), 1U) << "two sources know one child by two forms of the name";
}

TEST(Clustering, AnUnbornChildJoinsTheOneBornAndNoneOfTwo) {
    const auto clusters = [](int born) {
        PersonBuilder builder;
        builder.person("alpha", "u",
                       {{"person_kind", "unborn"},
                        {"given_name", "Unborn"},
                        {"family_name", "Vandersteen"},
                        {"expected_birth_date", "2025-06-15"},
                        {"mother_given_name", "Saskia"},
                        {"mother_family_name", "Vandersteen"}});
        builder.address("alpha", "u", "1", "PO19 1RQ", "100");
        for (int i = 0; i < born; ++i) {
            const std::string key = "b" + std::to_string(i);
            builder.person("beta", key,
                           {{"given_name", i == 0 ? "Rupert" : "Oliver"},
                            {"family_name", "Vandersteen"},
                            {"birth_date", "2025-06-11"},
                            {"mother_given_name", "Saskia"},
                            {"mother_family_name", "Vandersteen"}});
            builder.address("beta", key, "1", "PO19 1RQ", "100");
        }
        builder.store().seal();
        Stage stage(builder);
        return stage.run(stage.all_edges()).clusters;
    };
    EXPECT_EQ(clusters(1), 1U);
    EXPECT_EQ(clusters(2), 3U);
}

}  // namespace
}  // namespace caseweave
