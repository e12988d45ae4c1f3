#include <fmt/format.h>

#include <algorithm>

#include "app/commands.hpp"
#include "app/deciding/deciding.hpp"
#include "app/record/child_record.hpp"
#include "app/record/record_comparison.hpp"

namespace caseweave {

ExitCode run_unmerge(const DecideOptions& options) {
    const auto state = StateFolder::of_earlier_run(options.state);
    const auto viewed = open_for_viewing(state);
    TargetConnection connection = connect_to_decide(*viewed, options);
    const std::string& id = options.words.front();
    const std::int64_t person = id.find(':') == id.npos ? parse_number(id, "a person") : find_person(connection, id);
    const TargetResult rows = connection.query(
        "SELECT source_system, source_person_key FROM lineage.crosswalk WHERE person_id = $1"
        " ORDER BY source_system COLLATE \"C\", source_person_key COLLATE \"C\"",
        {std::to_string(person)});
    record_access(connection, {options.role, options.reason, "unmerge", id}, !rows.empty());
    if (rows.empty()) throw Error(ErrorKind::usage, not_found_answer(id));

    std::vector<SourceRecordId> kept;
    std::vector<SourceRecordId> parted;
    for (const std::string& word : options.keep) kept.push_back(parse_record_id(word));
    std::vector<bool> found(kept.size(), false);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const SourceRecordId record{std::string(rows.text(i, 0)), std::string(rows.text(i, 1))};
        const auto named = std::ranges::find(kept, record.text(), &SourceRecordId::text);
        if (named == kept.end())
            parted.push_back(record);
        else
            found[static_cast<std::size_t>(named - kept.begin())] = true;
    }
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (!found[i])
            throw Error(ErrorKind::usage, fmt::format("{} is no record of person {}: see caseweave child {}",
                                                      kept[i].text(), person, person));
    }
    if (parted.empty())
        throw Error(ErrorKind::usage,
                    fmt::format("every record of person {} is kept: nothing would be split off", person));

    Deciding deciding = deciding_of(options, "unmerge");
    for (const SourceRecordId& keep : kept) {
        for (const SourceRecordId& part : parted) {
            DecisionRow& decision = deciding.decisions.emplace_back();
            decision.left_system = keep.system;
            decision.left_key = keep.key;
            decision.right_system = part.system;
            decision.right_key = part.key;
            decision.verdict = Verdict::different;
            decision.command = "unmerge";
            decision.keeps = PersonId{person};
        }
    }
    const Decided decided = decide(*viewed, deciding);
    fmt::print("person {} keeps {} of its {} records, decided by {}\n{}", person, kept.size(), rows.rows(),
               options.reviewer, describe(decided, options.apply));
    return ExitCode::done;
}

}  // namespace caseweave
