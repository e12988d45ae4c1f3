#include "evaluate/pair_sampler.hpp"

#include <algorithm>

#include "core/digest.hpp"

namespace caseweave {

namespace {

bool lower_draw(const SampledPair& a, const SampledPair& b) noexcept {
    return a.draw < b.draw;
}

/// Orders the sample. Draws themselves would put strata that were sampled thinly first.
std::uint64_t place_of(const SampledPair& pair) noexcept {
    return hash64({reinterpret_cast<const char*>(&pair.draw), sizeof pair.draw});
}

}  // namespace

PairSampler::PairSampler(std::vector<std::uint64_t> sizes, std::uint64_t seed)
    : sizes_(std::move(sizes)), seed_(seed), heaps_(sizes_.size()) {}

std::uint64_t PairSampler::draw_of(std::string_view ids) const noexcept {
    return hash64(ids, seed_);
}

bool PairSampler::wants(std::size_t stratum, std::uint64_t draw) const noexcept {
    if (heaps_[stratum].size() < sizes_[stratum]) return true;
    return sizes_[stratum] > 0 && draw < heaps_[stratum].front().draw;
}

void PairSampler::take(SampledPair pair) {
    std::vector<SampledPair>& heap = heaps_[pair.stratum];
    if (heap.size() == sizes_[pair.stratum]) {
        std::pop_heap(heap.begin(), heap.end(), lower_draw);
        heap.pop_back();
    }
    heap.push_back(std::move(pair));
    std::push_heap(heap.begin(), heap.end(), lower_draw);
}

std::vector<SampledPair> PairSampler::finish() {
    std::vector<SampledPair> sample;
    for (std::vector<SampledPair>& heap : heaps_) {
        for (SampledPair& pair : heap) sample.push_back(std::move(pair));
        heap.clear();
    }
    std::sort(sample.begin(), sample.end(), [](const SampledPair& a, const SampledPair& b) {
        const std::uint64_t place_a = place_of(a);
        const std::uint64_t place_b = place_of(b);
        return place_a != place_b ? place_a < place_b : a.fields < b.fields;
    });
    return sample;
}

}  // namespace caseweave
