#include "app/reading/entity_stream.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "core/fault_point.hpp"
#include "core/shutdown.hpp"
#include "core/stopwatch.hpp"

namespace caseweave {

namespace {

/// Rows from which on a key's place is fetched: some hundred nanoseconds of work, about what memory takes.
constexpr std::size_t kKeysAhead = 8;

/// Adds what `work` takes to a sum of seconds.
template <typename Work>
auto timed(double& sum, const Work& work) {
    const auto started = SteadyClock::now();
    auto result = work();
    sum += seconds_since(started);
    return result;
}

}  // namespace

EntityStream::EntityStream(JobSystem& system, const CanonicalSchema& schema, NormaliseOptions options,
                           const PartialReading* partial)
    : system_(&system), schema_(&schema), options_(options), partial_(partial) {}

bool EntityStream::is_people_entity(const EntityDefinition& entity, const CanonicalSchema& schema) {
    return std::any_of(entity.emits.begin(), entity.emits.end(), [&](const EmitDefinition& emit) {
        const EntityDescriptor* descriptor = schema.find(emit.to);
        return descriptor != nullptr && descriptor->pass == Pass::people;
    });
}

bool EntityStream::stream(const EntityDefinition& entity, const KnowsPerson& knows_person,
                          const std::function<bool(PlacedBatch)>& take) {
    NormaliseOptions options = options_;
    options.keep_verbatim = options_.keep_verbatim && is_people_entity(entity, *schema_);
    EntityNormaliser normaliser(*schema_, *system_->definition, entity, options);
    const EntityDefinition* narrowed =
        partial_ != nullptr ? partial_->narrowed(system_->definition->name, entity) : nullptr;
    const auto source =
        timed(seconds_.extract, [&] { return system_->connector->open(narrowed != nullptr ? *narrowed : entity, ""); });
    KeyRegister& keys = keys_[entity.name];
    keys = KeyRegister();
    totals_ = {};
    for (std::uint64_t ordinal = 0;; ++ordinal) {
        throw_if_shutdown_requested();
        RecordBatch read(source->shape());
        if (!timed(seconds_.extract, [&] { return source->next(read); })) break;
        CanonicalBatch batch = timed(seconds_.normalise, [&] { return normaliser.normalise(std::move(read)); });
        PlacedBatch placed = place(entity, normaliser, std::move(batch), keys, knows_person);
        placed.ordinal = ordinal;
        totals_ += placed.counts;
        if (!take(std::move(placed))) return false;
    }
    columns_in_other_form_ = normaliser.columns_in_other_form();
    const bool is_parent = std::any_of(system_->definition->entities.begin(), system_->definition->entities.end(),
                                       [&](const EntityDefinition& other) { return other.parent == entity.name; });
    if (!is_parent) keys_.erase(entity.name);
    return true;
}

PlacedBatch EntityStream::place(const EntityDefinition& entity, const EntityNormaliser& normaliser,
                                CanonicalBatch batch, KeyRegister& keys, const KnowsPerson& knows_person) {
    PlacedBatch result;
    EntityCounts& counts = result.counts;
    counts.read = static_cast<std::int64_t>(batch.rows_read);
    counts.quarantined = static_cast<std::int64_t>(batch.rejects.size());
    const KeyRegister* parents = entity.parent.empty() ? nullptr : &keys_[entity.parent];
    const KeyRegister* parents_there = parents != nullptr && partial_ != nullptr
                                           ? partial_->known_keys(system_->definition->name, entity.parent)
                                           : nullptr;

    std::vector<bool> keep(batch.outcomes.size(), false);
    std::optional<std::string_view> known_person;  // the last one found
    std::size_t row = 0;                           // batch.rows are in source-row order
    for (std::size_t i = 0; i < batch.outcomes.size(); ++i) {
        const std::size_t first = row;
        while (row < batch.rows.size() && batch.rows[row].source_row == i) ++row;
        const SourceRowOutcome& outcome = batch.outcomes[i];
        if (i + kKeysAhead < batch.outcomes.size()) keys.prefetch(batch.outcomes[i + kKeysAhead].key_hash);
        if (outcome.kind == SourceRowOutcome::Kind::rejected) continue;  // counted above
        if (outcome.kind == SourceRowOutcome::Kind::excluded) {
            ++counts.excluded;
            continue;
        }
        const auto quarantine = [&](RejectReason reason, const std::string& field) {
            ++counts.quarantined;
            if (fault_point("swallow_reject")) return;
            Reject rejected{
                reason, std::string(outcome.key), std::string(outcome.document), outcome.position, field, {}, {}};
            rejected.raw = normaliser.row_as_json(batch, i);
            if (row > first) rejected.person_key = batch.rows[first].source_person_key;
            batch.rejects.push_back(std::move(rejected));
        };
        if (knows_person) {
            // Rows of one person stand together: asking once is enough.
            const auto unknown = [&](const CanonicalRow& canonical) {
                if (canonical.entity->subject == Subject::none || known_person == canonical.source_person_key)
                    return false;
                if (!knows_person(canonical.source_person_key)) return true;
                known_person = canonical.source_person_key;
                return false;
            };
            const auto begin = batch.rows.begin() + static_cast<std::ptrdiff_t>(first);
            const auto end = batch.rows.begin() + static_cast<std::ptrdiff_t>(row);
            if (std::any_of(begin, end, unknown)) {
                quarantine(RejectReason::orphan_person, entity.person_key);
                continue;
            }
        }
        const CanonicalRow* person = nullptr;
        for (std::size_t at = first; at < row && person == nullptr; ++at) {
            if (batch.rows[at].entity->name == "person") person = &batch.rows[at];
        }
        if (person != nullptr && entity.person_from == "first" &&
            persons_.contains(hash64(person->source_person_key))) {
            ++counts.excluded;  // an earlier row has made this person
            continue;
        }
        const std::string_view parent = row > first ? batch.rows[first].parent_key : std::string_view();
        if (parents != nullptr && !parent.empty() && !parents->contains(hash64(parent)) &&
            (parents_there == nullptr || !parents_there->contains(hash64(parent)))) {
            quarantine(RejectReason::orphan_parent, entity.parent_key.front());
            continue;
        }
        switch (keys.insert(outcome.key_hash, outcome.content_hash)) {
            case KeyRegister::Seen::duplicate:
                ++counts.duplicate_in_source;
                continue;
            case KeyRegister::Seen::conflict:
                quarantine(RejectReason::key_conflict, entity.key.front());
                continue;
            case KeyRegister::Seen::fresh:
                break;
        }
        if (person != nullptr) persons_.insert(hash64(person->source_person_key), 0);
        keep[i] = true;
        ++counts.placed;
    }
    if (std::find(keep.begin(), keep.end(), false) != keep.end()) {
        std::erase_if(batch.rows, [&](const CanonicalRow& canonical) { return !keep[canonical.source_row]; });
        std::erase_if(batch.issues, [&](const FieldIssue& issue) { return !keep[issue.source_row]; });
    }
    counts.emitted = static_cast<std::int64_t>(batch.rows.size());
    counts.field_issues = static_cast<std::int64_t>(batch.issues.size());
    result.batch = std::move(batch);
    return result;
}

}  // namespace caseweave
