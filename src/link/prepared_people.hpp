#pragma once

#include <functional>
#include <stop_token>
#include <string_view>

#include "link/blocking.hpp"
#include "link/features.hpp"
#include "link/linkage_model.hpp"
#include "people/person_store.hpp"

namespace caseweave {

/// Says how far linking has come: what it is doing, and how many of how many records are done.
using LinkProgress = std::function<void(std::string_view step, std::size_t done, std::size_t total)>;

/// Holds what training and linking read of a sealed store: features and blocks, built once for both.
class PreparedPeople {
  public:
    /// Prepares for `model` and for every model that is trained from it: such a model differs in weights alone.
    /// Once `stop` is asked for, what is left of the work is left out: the result is then of no use.
    PreparedPeople(const PersonStore& store, const LinkageModel& model, unsigned threads,
                   const LinkProgress& progress = {}, const std::stop_token& stop = {});

    const PersonStore& store() const noexcept { return *store_; }
    const FeatureTable& features() const noexcept { return features_; }
    const BlockIndex& blocks() const noexcept { return blocks_; }

    /// Counts rarity from the average chances of `model`. Scorers that are at work must have ended.
    void weigh(const LinkageModel& model) { features_.weigh(model.term_frequency()); }

  private:
    const PersonStore* store_;
    FeatureTable features_;
    BlockIndex blocks_;
};

}  // namespace caseweave
