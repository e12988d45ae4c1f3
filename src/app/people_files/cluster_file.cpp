#include "app/people_files/cluster_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "app/writing/weight_text.hpp"

namespace caseweave {

namespace {

constexpr float kNoLink = -std::numeric_limits<float>::infinity();

/// Knows what became of pairs whose records are in two clusters.
class Parting {
  public:
    Parting(const PeopleFromFiles& people, const LinkResult& linked, const LinkageModel& model,
            const LinkOptions& options)
        : store_(people.store), linked_(linked), model_(model), options_(options) {
        for (const RefusedPair& pair : linked.refused) refused_.try_emplace(clusters_of(pair.a, pair.b), pair.reason);
        for (const ReviewPair& pair : linked.review) review_.try_emplace(clusters_of(pair.a, pair.b), pair.reason);
    }

    struct Verdict {
        std::string_view outcome;
        RefusalReason reason = RefusalReason::none;
    };
    Verdict verdict(const Link& pair) {
        const Clusters clusters = clusters_of(pair.a, pair.b);
        if (clusters.first == clusters.second) return {"match", RefusalReason::none};
        if (const auto found = review_.find(clusters); found != review_.end()) return {"review", found->second};
        if (const auto found = refused_.find(clusters); found != refused_.end()) return {"different", found->second};
        return {"different", bar(pair)};
    }

  private:
    using Clusters = std::pair<std::uint32_t, std::uint32_t>;
    Clusters clusters_of(PersonRow a, PersonRow b) const {
        return std::minmax(linked_.cluster[a.value], linked_.cluster[b.value]);
    }

    /// Asks for the bar of a pair below the match threshold, which no list of the result holds. Where none lies on the
    /// two, one lies on others of their clusters.
    RefusalReason bar(const Link& pair) {
        if (!features_) {
            features_ = std::make_unique<FeatureTable>(store_, model_.term_frequency());
            constraints_ =
                std::make_unique<Constraints>(*features_, store_, options_.decisions, options_.unique_systems);
        }
        const RefusalReason reason = constraints_->bar(features_->rank(pair.a), features_->rank(pair.b), pair.pattern);
        return reason == RefusalReason::none ? RefusalReason::incoherent : reason;
    }

    const PersonStore& store_;
    const LinkResult& linked_;
    const LinkageModel& model_;
    const LinkOptions& options_;
    std::map<Clusters, RefusalReason> refused_, review_;
    std::unique_ptr<FeatureTable> features_;  // made when a pair first needs it
    std::unique_ptr<Constraints> constraints_;
};

}  // namespace

void write_clusters(OutputFile& file, const PeopleFromFiles& people, const LinkResult& linked) {
    std::vector<float> strongest(people.store.size(), kNoLink);
    for (const Link& link : linked.links) {
        for (const PersonRow row : {link.a, link.b}) strongest[row.value] = std::max(strongest[row.value], link.bits);
    }
    CsvWriter csv(file);
    csv.field("source").field("id").field("cluster").field("weight_bits").field("probability").end_row();
    for (const PeopleFileReading& reading : people.files) {
        for (std::uint32_t i = reading.first_row; i < reading.first_row + reading.rows_taken; ++i) {
            csv.field(reading.source).field(people.id_of({i})).field(fmt::format_int(linked.cluster[i] + 1).c_str());
            if (strongest[i] == kNoLink) {
                csv.field({}).field({});
            } else {
                csv.field(weight_text(static_cast<double>(strongest[i])))
                    .field(probability_text(static_cast<double>(strongest[i])));
            }
            csv.end_row();
        }
    }
}

void write_pairs(OutputFile& file, const PeopleFromFiles& people, const LinkResult& linked, const LinkageModel& model,
                 const LinkOptions& options, bool between_files_only) {
    std::vector<Link> pairs = linked.pairs;
    for (Link& pair : pairs) {
        if (pair.b < pair.a) std::swap(pair.a, pair.b);
    }
    std::sort(pairs.begin(), pairs.end(),
              [](const Link& x, const Link& y) { return std::tie(x.a, x.b) < std::tie(y.a, y.b); });
    Parting parting(people, linked, model, options);
    CsvWriter csv(file);
    for (const char* name : {"left_source", "left_id", "right_source", "right_id", "rule", "weight_bits", "probability",
                             "outcome", "reason"})
        csv.field(name);
    csv.end_row();
    for (const Link& pair : pairs) {
        const PeopleFileReading& left = people.file_of(pair.a);
        const PeopleFileReading& right = people.file_of(pair.b);
        if (between_files_only && &left == &right) continue;
        const auto verdict = parting.verdict(pair);
        csv.field(left.source).field(people.id_of(pair.a)).field(right.source).field(people.id_of(pair.b));
        csv.field(model.blocking()[pair.rule].name)
            .field(weight_text(static_cast<double>(pair.bits)))
            .field(probability_text(static_cast<double>(pair.bits)));
        csv.field(verdict.outcome);
        csv.field(verdict.reason == RefusalReason::none ? std::string_view() : to_string(verdict.reason)).end_row();
    }
}

}  // namespace caseweave
