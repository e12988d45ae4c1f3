#include "app/cluster_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "app/weight_text.hpp"

namespace caseweave {

namespace {
constexpr float kNoLink = -std::numeric_limits<float>::infinity();
}

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
                csv.field(weight_text(strongest[i])).field(probability_text(strongest[i]));
            }
            csv.end_row();
        }
    }
}

}  // namespace caseweave
