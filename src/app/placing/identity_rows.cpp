#include "app/placing/identity_rows.hpp"

#include <cmath>
#include <map>
#include <optional>
#include <string>

#include "ledger/lineage_tables.hpp"
#include "link/explain.hpp"

namespace caseweave {

namespace {

/// The weight of the best link that holds each record, and the rule that brought the two together.
std::map<std::uint32_t, const Link*> best_links(const LinkResult& linked) {
    std::map<std::uint32_t, const Link*> best;
    for (const Link& link : linked.links) {
        for (const PersonRow row : {link.a, link.b}) {
            const Link*& held = best[row.value];
            if (held == nullptr || link.bits > held->bits) held = &link;
        }
    }
    return best;
}

/// Tells whether a comparison is of where somebody is or can be reached: an address can be hidden from whoever may see
/// the row that says what a record was linked by. caseweave explain tells of it, and asks who looks.
bool tells_of_a_place(std::size_t comparison) {
    switch (static_cast<Comparison>(comparison)) {
        case Comparison::address:
        case Comparison::street:
        case Comparison::town:
        case Comparison::contact:
            return true;
        default:
            return false;
    }
}

std::string reason_of(const Link& link, const LinkageModel& model) {
    if (link.rule == LinkResult::kReviewerRule) return "reviewer";
    std::string reason;
    for (const ExplainedComparison& comparison : describe_pattern(model, link.pattern)) {
        if (comparison.level == kNull || comparison.bits[0] <= 0 || tells_of_a_place(comparison.comparison)) continue;
        reason += (reason.empty() ? "" : "; ") + comparison.aspect + ": " + comparison.words;
    }
    return reason;
}

CrosswalkEntry entry_of(const PeopleOfRun& people, PersonRow row) {
    return *people.crosswalk.find(people.store.system(row), people.store.key(row));
}

/// Names the event as lineage.identity_event does.
std::string_view stored_name(IdentityEvent::Kind kind) {
    switch (kind) {
        case IdentityEvent::Kind::merged:
            return "merged_into";
        case IdentityEvent::Kind::split:
            return "split_from";
        default:
            return to_string(kind);
    }
}

}  // namespace

std::vector<CrosswalkRow> crosswalk_rows(const PeopleOfRun& people, const LinkageModel& model) {
    const PersonStore& store = people.store;
    const auto best = best_links(people.linked);
    std::vector<CrosswalkRow> rows;
    rows.reserve(store.size());
    for (std::uint32_t i = 0; i < store.size(); ++i) {
        CrosswalkRow row{entry_of(people, {i}), store.system_name(store.system({i})), store.key({i}), std::nullopt, {}};
        // A record's key is its own area's to see: that another service knows the person is not told by it.
        row.entry.area = store.system_area(store.system({i}));
        if (const auto link = best.find(i); link != best.end()) {
            row.link_bits = static_cast<double>(link->second->bits);
            row.link_reason = reason_of(*link->second, model);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<ReviewPairRow> review_pair_rows(const PeopleOfRun& people) {
    const PersonStore& store = people.store;
    std::vector<ReviewPairRow> rows;
    for (const ReviewPair& pair : people.linked.review) {
        const CrosswalkEntry left = entry_of(people, pair.a);
        const CrosswalkEntry right = entry_of(people, pair.b);
        ReviewPairRow row;
        row.area = static_cast<std::uint8_t>(store.system_area(store.system(pair.a)) |
                                             store.system_area(store.system(pair.b)));
        row.access = static_cast<std::uint8_t>(left.access | right.access);
        row.shielded = pair.shielded;
        row.left_system = store.system_name(store.system(pair.a));
        row.left_key = store.key(pair.a);
        row.right_system = store.system_name(store.system(pair.b));
        row.right_key = store.key(pair.b);
        row.weight_bits = static_cast<double>(pair.bits);
        row.probability = 1 / (1 + std::exp2(-row.weight_bits));  // bits are posterior log-odds
        row.reason = to_string(pair.reason);
        rows.push_back(std::move(row));
    }
    return rows;
}

void keep_review_pairs(TargetConnection& loader, RunLedger& ledger, const PeopleOfRun& people) {
    const std::vector<ReviewPairRow> rows = review_pair_rows(people);
    const SourceEntity& entity = review_pair_entity();
    const TallyKey key{entity.system, entity.entity, std::string(kReviewPairs)};
    BatchRecord record;
    record.entity = entity;
    record.pass = "pairs";
    record.checkpoint.complete = true;
    SegmentTallies& change = record.tallies[key];  // there though no pair is: that none may be there is known then
    for (const ReviewPairRow& row : rows) {
        const TalliedRow tallied = tallied_review_pair(row);
        change.add(tallied.source_key, tallied.digest);
    }
    // Against the books and not the table: a pair that someone has taken out of it is written again, and not twice.
    if (const auto books = RunLedger::of_target(loader); books && books->tallies().contains(key))
        change -= books->tallies().at(key);
    write_review_pairs(loader, ledger.run(), rows);
    ledger.write(loader, record);
    ledger.committed(record);
}

std::vector<IdentityEventRow> identity_event_rows(const PeopleOfRun& people, std::int64_t decision) {
    std::map<std::int64_t, CrosswalkEntry> by_person;
    for (std::uint32_t i = 0; i < people.store.size(); ++i)
        by_person.emplace(people.person_of({i}).value, entry_of(people, {i}));
    std::vector<IdentityEventRow> rows;
    for (const IdentityEvent& event : people.identity.events) {
        const auto known = by_person.find(event.person.value);
        // An id that nobody has any more may have been anyone's.
        const CrosswalkEntry entry =
            known == by_person.end() ? CrosswalkEntry{event.person, 7, kAccessRestricted} : known->second;
        rows.push_back({entry, stored_name(event.kind), event.other, "", decision});
    }
    return rows;
}

}  // namespace caseweave
