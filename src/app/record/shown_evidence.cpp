#include "app/record/shown_evidence.hpp"

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <vector>

namespace caseweave {

namespace {

/// Says which rows of a record `r` some comparisons rest on.
struct Evidence {
    std::string_view rows;  ///< SQL: what is joined to `r` (source_system, source_person_key)
    std::vector<Comparison> comparisons;
};

const std::vector<Evidence>& all_evidence() {
    using enum Comparison;
    static const std::vector<Evidence> kEvidence = {
        {"lineage.person_record t USING (source_system, source_person_key)",
         {given_name, middle_names, family_name, birth_date, expected_birth, sex, parent_name, multiple_birth, school,
          birth_place}},
        {"integrated.person_name t USING (source_system, source_person_key)", {given_name, middle_names, family_name}},
        {"integrated.person_identifier t USING (source_system, source_person_key)", {nhs_number, upn, uln, other_id}},
        {"integrated.person_address t USING (source_system, source_person_key)", {address, street, town}},
        {"integrated.person_contact t USING (source_system, source_person_key)", {contact}},
        {"integrated.unaccompanied_asylum t USING (source_system, source_person_key)", {birth_date}},
        // That two are of one birth stands with either of them, a parent's name with the parent.
        {"integrated.relationship t ON t.source_system = r.source_system AND r.source_person_key IN "
         "(t.source_person_key, t.related_person)",
         {parent_name, multiple_birth}},
        {"integrated.relationship t USING (source_system, source_person_key) JOIN lineage.person_record p ON "
         "p.source_system = t.source_system AND p.source_person_key = t.related_person",
         {parent_name}}};
    return kEvidence;
}

/// Counts each record's rows that a connection sees, by the record's place in the list.
std::map<std::size_t, std::int64_t> count_rows(TargetConnection& connection, const std::string& records,
                                               std::string_view rows) {
    const TargetResult counted = connection.execute(
        fmt::format("SELECT r.place, count(*) FROM (VALUES {}) r (place, source_system, source_person_key) JOIN {} "
                    "GROUP BY 1",
                    records, rows),
        TargetConnection::kLongDeadline);
    std::map<std::size_t, std::int64_t> counts;
    for (std::size_t i = 0; i < counted.rows(); ++i)
        counts[static_cast<std::size_t>(counted.integer(i, 0))] = counted.integer(i, 1);
    return counts;
}

}  // namespace

ShownEvidence::ShownEvidence(TargetConnection& loader, TargetConnection& reader, const PersonStore& store,
                             const LinkageModel& model, std::span<const PersonRow> records) {
    std::string listed;
    for (std::size_t i = 0; i < records.size(); ++i) {
        listed += fmt::format("{}({}, {}, {})", i == 0 ? "" : ", ", i,
                              TargetConnection::quote_literal(store.system_name(store.system(records[i]))),
                              TargetConnection::quote_literal(store.key(records[i])));
    }
    const auto seen = count_rows(reader, listed, "lineage.crosswalk t USING (source_system, source_person_key)");
    for (std::size_t i = 0; i < records.size(); ++i)
        if (!seen.contains(i)) unseen_.insert(records[i]);
    for (const Evidence& evidence : all_evidence()) {
        auto shown = count_rows(reader, listed, evidence.rows);
        for (const auto& [place, count] : count_rows(loader, listed, evidence.rows)) {
            if (shown[place] == count) continue;
            std::set<Comparison>& hidden = hidden_[records[place]];
            hidden.insert(evidence.comparisons.begin(), evidence.comparisons.end());
            if (model.separate_address_parts()) continue;
            hidden.erase(Comparison::street);  // which nothing is compared by
            hidden.erase(Comparison::town);
        }
    }
}

std::set<Comparison> ShownEvidence::withheld(PersonRow a, PersonRow b) const {
    std::set<Comparison> comparisons;
    for (const PersonRow record : {a, b}) {
        const auto found = hidden_.find(record);
        if (found != hidden_.end()) comparisons.insert(found->second.begin(), found->second.end());
    }
    return comparisons;
}

}  // namespace caseweave
