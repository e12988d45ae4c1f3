#include "app/deciding/deciding.hpp"

#include <fmt/format.h>

#include <charconv>

#include "core/error.hpp"
#include "core/threads.hpp"
#include "load/certain_commit.hpp"
#include "load/run_lock.hpp"
#include "people/person_field.hpp"
#include "reconcile/report_charts.hpp"

namespace caseweave {

namespace {

PersonId holder_of(const PeopleOfRun& people, const std::string& system, const std::string& key) {
    const auto id = people.store.find_system(system);
    const auto row = id ? people.store.find(*id, key) : std::nullopt;
    return row ? people.person_of(*row) : PersonId{};
}

/// Refuses a verdict that linking did not follow.
void require_followed(const PeopleOfRun& people, const std::vector<DecisionRow>& decisions) {
    for (const DecisionRow& decision : decisions) {
        const std::string pair = fmt::format("{}:{} and {}:{}", decision.left_system, decision.left_key,
                                             decision.right_system, decision.right_key);
        const PersonId left = holder_of(people, decision.left_system, decision.left_key);
        const PersonId right = holder_of(people, decision.right_system, decision.right_key);
        if (decision.verdict == Verdict::same && left != right) {
            throw Error(ErrorKind::usage,
                        pair +
                            " cannot be made one person: a bar that no decision lifts stands between them, or "
                            "another decision says that they are two (review list --decided). Nothing was changed");
        }
        if (decision.verdict == Verdict::different && left == right) {
            throw Error(ErrorKind::usage, pair + " are still one person after this decision. Nothing was changed");
        }
    }
}

/// Refuses a change that reaches people whom the role may not see: telling of it would tell of them.
void require_cleared(TargetConnection& loader, RunId run, std::uint8_t clearance) {
    const TargetResult beyond = loader.execute(fmt::format(
        "SELECT FROM lineage.record_move WHERE run_id = {} AND (access & ~{}) <> 0 LIMIT 1", run.value, clearance));
    if (beyond.empty()) return;
    throw Error(ErrorKind::usage,
                "this decision changes records that you may not see. Ask the safeguarding owner or the adoption "
                "officer to take it (--as restricted, --as sealed). Nothing was changed");
}

RunDescription describe_run(const Deciding& deciding, TargetConnection& loader) {
    const auto loaded = RunLedger::of_target(loader);
    if (!loaded) throw Error(ErrorKind::usage, "the target holds no records yet: load it first with bulk or demo");
    if (loaded->state() != "done") {
        throw Error(ErrorKind::usage, fmt::format("run {} is {}: run {} again to finish it first", loaded->run().value,
                                                  loaded->state(), loaded->description().kind));
    }
    RunDescription description = loaded->description();
    description.kind = deciding.kind;
    description.program = CASEWEAVE_VERSION;
    description.holder = describe_holder();
    return description;
}

void require_signature(const DecideOptions& options) {
    const auto says_something = [](const std::string& text) {
        return text.find_first_not_of(' ') != std::string::npos;
    };
    if (!says_something(options.reviewer) || !says_something(options.reason))
        throw Error(ErrorKind::usage, "--reviewer and --reason must say who decides and why: both are kept for good");
}

}  // namespace

std::int64_t parse_number(const std::string& word, std::string_view what) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc() || end != word.data() + word.size() || number < 1)
        throw Error(ErrorKind::usage, fmt::format("{} is a number, not {}: see caseweave review list", what, word));
    return number;
}

TargetConnection connect_to_decide(const ViewedTarget& viewed, const DecideOptions& options) {
    require_signature(options);
    if (!sees_all_areas(options.role)) {
        throw Error(ErrorKind::usage,
                    "whose records these are is decided by those who see every area: --as data_quality, "
                    "restricted or sealed, not " +
                        options.role);
    }
    return connect_as(viewed.target, {options.role, options.reason, "", ""});
}

Deciding deciding_of(const DecideOptions& options, std::string kind) {
    Deciding deciding;
    deciding.kind = std::move(kind);
    deciding.role = options.role;
    deciding.reviewer = options.reviewer;
    deciding.reason = options.reason;
    deciding.apply = options.apply;
    deciding.threads = options.threads;
    return deciding;
}

Decided decide(const ViewedTarget& viewed, const Deciding& deciding) {
    const LinkageModel model = LinkageModel::load(viewed.linkage_model);
    const SurvivorshipSettings survivorship = SurvivorshipSettings::load(viewed.survivorship, kPersonFieldNames);
    const RetentionRules retention = RetentionRules::load(viewed.retention, viewed.canonical);
    const PeopleUpdateTools tools{&viewed.canonical, &viewed.schema, &model,
                                  &survivorship,     &retention,     threads_to_use(deciding.threads)};
    const std::uint8_t clearance = clearance_of(deciding.role);
    const RunLock lock(viewed.target.connect(), deciding.kind);
    TargetConnection loader = viewed.target.connect();
    const RunDescription description = describe_run(deciding, loader);

    Decided decided;
    PeopleOfRun people;
    TargetTransaction transaction(loader);
    lock.bind(loader);
    for (const std::int64_t id : deciding.withdrawals) {
        if (!withdraw_decision(loader, id, deciding.reviewer, deciding.reason))
            throw Error(ErrorKind::usage, fmt::format("decision {} is not in force: see review list --decided", id));
    }
    for (DecisionRow decision : deciding.decisions) {
        decision.reviewer = deciding.reviewer;
        decision.reason = deciding.reason;
        decision.os_user = user_name();
        decision.role = deciding.role;
        decision.put_lower_first();
        decided.ids.push_back(record_decision(loader, decision));
    }
    RunLedger ledger = RunLedger::begin(loader, description);
    decided.run = ledger.run().value;
    std::int64_t cause = decided.ids.empty() ? 0 : decided.ids.front();
    if (cause == 0 && !deciding.withdrawals.empty()) cause = deciding.withdrawals.front();
    decided.outcome = regroup_target(loader, ledger, tools, cause, people);
    require_followed(people, deciding.decisions);
    require_cleared(loader, ledger.run(), clearance);
    ledger.close_within(loader, ExitCode::done);
    if (deciding.apply) commit_for_certain(transaction, loader, viewed.target, ledger);
    return decided;
}

std::string describe(const Decided& decided, bool applied) {
    const PeopleUpdate& outcome = decided.outcome;
    std::string text;
    const auto person = [](PersonId id) { return std::to_string(id.value); };
    for (const IdentityEvent& event : outcome.events) {
        switch (event.kind) {
            case IdentityEvent::Kind::merged:
                text += fmt::format("  person {} becomes part of person {}; the id {} is retired\n",
                                    person(event.person), person(event.other), person(event.person));
                break;
            case IdentityEvent::Kind::split:
                text += fmt::format("  person {} is new, split from person {}\n", person(event.person),
                                    person(event.other));
                break;
            case IdentityEvent::Kind::created:
                text += fmt::format("  person {} is new\n", person(event.person));
                break;
            case IdentityEvent::Kind::retired:
                text += fmt::format("  the id {} is retired\n", person(event.person));
                break;
            case IdentityEvent::Kind::shrunk:
                text += fmt::format("  person {} stays, with its other records\n", person(event.person));
                break;
            case IdentityEvent::Kind::grown:
                break;  // the moves say which records
        }
    }
    for (const RecordMove& move : outcome.moves) {
        text += fmt::format("  {}:{} moves from person {} to person {}\n", move.system, move.key, person(move.from),
                            person(move.to));
    }
    if (outcome.moves.empty()) {
        text += "  no record moves\n";
    } else {
        text += fmt::format("  {} rows of records and cases move with them, with their history\n",
                            with_commas(outcome.rows_moved));
    }
    if (outcome.rows_reshielded > 0)
        text += fmt::format("  {} other rows need another clearance\n", with_commas(outcome.rows_reshielded));
    if (!applied) return text + "Nothing is changed yet: give --apply to do this.\n";
    text += fmt::format("Done, as run {}", decided.run);
    if (!decided.ids.empty()) {
        text += decided.ids.size() == 1 ? ", decision " : ", decisions ";
        for (std::size_t i = 0; i < decided.ids.size(); ++i)
            text += (i > 0 ? ", " : "") + std::to_string(decided.ids[i]);
    }
    return text + ".\n";
}

}  // namespace caseweave
