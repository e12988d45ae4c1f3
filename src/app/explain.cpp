#include <fmt/core.h>

#include <filesystem>

#include "app/books/run_books.hpp"
#include "app/commands.hpp"
#include "app/job/viewer.hpp"
#include "app/record/child_record.hpp"
#include "app/record/pair_explanation.hpp"
#include "app/writing/output_file.hpp"

namespace caseweave {

ExitCode run_explain(const ExplainOptions& options) {
    const SourceRecordId first = parse_record_id(options.first);
    const SourceRecordId second = parse_record_id(options.second);
    const auto state = StateFolder::of_earlier_run(options.state);
    const auto viewed = open_for_viewing(state);
    const Asking asking{options.role, options.purpose, "explain", options.first + " " + options.second};
    TargetConnection connection = connect_as(viewed->target, asking);
    TargetConnection loader = viewed->target.connect();
    const std::string unfinished = warn_of_unfinished_run(loader);

    // What the asker may see decides first; what linking knows is asked only about records that both are visible.
    const bool visible = find_person(connection, options.first) != 0 && find_person(connection, options.second) != 0;
    const PairExplanation told = visible ? explain_records(*viewed, connection, first, second) : PairExplanation{};
    record_access(connection, asking, !told.text.empty());
    if (told.text.empty()) throw Error(ErrorKind::usage, not_found_answer(options.first + " with " + options.second));
    fmt::print("{}{}", unfinished, told.text);
    if (!options.svg.empty()) {
        if (told.svg.empty())
            throw Error(ErrorKind::usage, "a record is not weighed against itself: there is nothing to draw");
        OutputFile file(options.svg, {});
        file.write(told.svg);
        file.finish();
    }
    return ExitCode::done;
}

}  // namespace caseweave
