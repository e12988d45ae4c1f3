#include "app/runs/truth.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "core/error.hpp"

namespace caseweave {

namespace {

struct TruthRow {
    std::string person, domain, birth;
    bool young = false;  // child or unborn
};

/// A person's two sides of a seal are two.
std::string identity_of(const TruthRow& row) {
    return row.person + "\x1f" + row.domain;
}

std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> fields;
    std::size_t start = 0;
    while (true) {
        const std::size_t end = line.find(',', start);
        fields.push_back(line.substr(start, end == line.npos ? line.npos : end - start));
        if (end == line.npos) return fields;
        start = end + 1;
    }
}

std::uint64_t pairs_of(std::uint64_t count) noexcept {
    return count * (count - (count > 0 ? 1 : 0)) / 2;
}

/// Counts pairs of equal group by sizes.
template <typename Key>
std::uint64_t count_pairs(const std::map<Key, std::uint64_t>& sizes) {
    std::uint64_t pairs = 0;
    for (const auto& entry : sizes) pairs += pairs_of(entry.second);
    return pairs;
}

}  // namespace

LinkageQuality compare_with_truth(const std::filesystem::path& truth, const PersonStore& store,
                                  std::span<const std::uint32_t> cluster) {
    std::ifstream in(truth, std::ios::binary);
    if (!in) throw Error(ErrorKind::usage, "cannot read the truth file " + truth.string());
    std::vector<TruthRow> rows(store.size());
    std::string line;
    std::getline(in, line);
    constexpr std::size_t kColumns = 7;
    if (!line.starts_with("system,key,person,kind,domain,multiple_birth")) {
        throw Error(ErrorKind::usage,
                    truth.string() + ": the header must be system,key,person,kind,domain,multiple_birth,hazards");
    }
    while (std::getline(in, line)) {
        const auto fields = split(line);
        if (fields.size() < kColumns) continue;
        const auto system = store.find_system(fields[0]);
        const auto row = system ? store.find(*system, fields[1]) : std::nullopt;
        if (!row) continue;  // a record that was quarantined links with nothing
        rows[row->value] = {fields[2], fields[4], fields[5], fields[3] != "adult"};
    }

    // A person's two sides of a seal are two persons here: their pairs are neither true nor to be found.
    std::map<std::string, std::uint64_t> by_person;
    std::map<std::uint32_t, std::uint64_t> by_cluster;
    std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> by_both;
    std::map<std::uint32_t, std::map<std::string, std::set<std::string>>> births;  // cluster -> birth -> persons
    std::map<std::string, std::set<std::string>> born_together;
    std::uint64_t sealed = 0;
    std::map<std::tuple<std::uint32_t, std::string>, std::map<std::string, std::uint64_t>> sealed_sizes;
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
        const TruthRow& row = rows[i];
        if (row.person.empty() || !row.young) continue;
        const std::string identity = identity_of(row);
        ++by_person[identity];
        ++by_cluster[cluster[i]];
        ++by_both[{identity, cluster[i]}];
        if (!row.domain.empty()) ++sealed_sizes[{cluster[i], row.person}][row.domain];
        if (!row.birth.empty()) {
            births[cluster[i]][row.birth].insert(row.person);
            born_together[row.birth].insert(row.person);
        }
    }
    for (const auto& entry : sealed_sizes) {
        std::uint64_t total = 0;
        std::uint64_t within = 0;
        for (const auto& side : entry.second) {
            total += side.second;
            within += pairs_of(side.second);
        }
        sealed += pairs_of(total) - within;
    }

    LinkageQuality quality;
    quality.partners.assign(rows.size(), 0);
    quality.found_partners.assign(rows.size(), 0);
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
        if (rows[i].person.empty() || !rows[i].young) continue;
        const std::string identity = identity_of(rows[i]);
        quality.partners[i] = by_person[identity] - 1;
        quality.found_partners[i] = by_both[{identity, cluster[i]}] - 1;
    }
    quality.true_pairs = count_pairs(by_person);
    quality.found_pairs = count_pairs(by_cluster) - sealed;
    quality.right_pairs = count_pairs(by_both);
    quality.sealed_pairs_linked = sealed;
    if (quality.found_pairs > 0)
        quality.precision = static_cast<double>(quality.right_pairs) / static_cast<double>(quality.found_pairs);
    if (quality.true_pairs > 0)
        quality.recall = static_cast<double>(quality.right_pairs) / static_cast<double>(quality.true_pairs);
    const double sum = quality.precision + quality.recall;
    quality.f1 = sum > 0 ? 2 * quality.precision * quality.recall / sum : 0;
    for (const auto& birth : born_together) quality.twin_pairs += pairs_of(birth.second.size());
    std::set<std::pair<std::string, std::string>> merged;
    for (const auto& in_cluster : births) {
        for (const auto& birth : in_cluster.second) {
            for (auto a = birth.second.begin(); a != birth.second.end(); ++a) {
                for (auto b = std::next(a); b != birth.second.end(); ++b) merged.emplace(*a, *b);
            }
        }
    }
    quality.twins_merged = merged.size();
    return quality;
}

}  // namespace caseweave
