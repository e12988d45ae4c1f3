#include "link/prepared_people.hpp"

#include <algorithm>

namespace caseweave {

PreparedPeople::PreparedPeople(const PersonStore& store, const LinkageModel& model, unsigned threads,
                               const LinkProgress& progress, const std::stop_token& stop)
    : store_(&store) {
    const auto begin = [&](std::string_view step) {
        if (progress) progress(step, 0, store.size());
    };
    if (stop.stop_requested()) return;
    begin("reading features");
    features_ = FeatureTable(store, model, std::max(1U, threads));
    if (stop.stop_requested()) return;
    begin("blocking");
    blocks_ = BlockIndex(features_, model.blocking(), std::max(1U, threads));
}

}  // namespace caseweave
