#include <fmt/format.h>

#include "app/books/run_books.hpp"
#include "app/commands.hpp"
#include "app/job/viewer.hpp"
#include "app/record/child_record.hpp"
#include "app/record/row_lineage.hpp"
#include "app/record/value_lineage.hpp"

namespace caseweave {

namespace {

std::string lineage_of_value(const ViewedTarget& viewed, TargetConnection& connection, const LineageOptions& options) {
    const std::int64_t person = find_person(connection, options.first);
    if (person == 0) return {};
    return describe_value_lineage(connection, viewed.schema, person, options.second, clearance_of(options.role));
}

std::string lineage_of_row(const ViewedTarget& viewed, TargetConnection& connection, TargetConnection& loader,
                           const LineageOptions& options) {
    const AskedSourceRow row{options.source[0], options.source[1], options.source[2]};
    return describe_row_lineage(connection, loader, viewed.schema, row, clearance_of(options.role));
}

}  // namespace

ExitCode run_lineage(const LineageOptions& options) {
    const bool of_row = !options.source.empty();
    if (!of_row && options.second.empty())
        throw Error(ErrorKind::usage, "lineage takes a person and a field, or --source SYSTEM ENTITY KEY");
    const auto state = StateFolder::of_earlier_run(options.state);
    const auto viewed = open_for_viewing(state);
    if (!of_row) require_golden_field(viewed->schema, options.second);
    const Asking asking{
        options.role, options.purpose, "lineage",
        of_row ? fmt::format("{}", fmt::join(options.source, " ")) : options.first + " " + options.second};
    TargetConnection connection = connect_as(viewed->target, asking);
    TargetConnection loader = viewed->target.connect();
    const std::string unfinished = warn_of_unfinished_run(loader);
    const std::string text =
        of_row ? lineage_of_row(*viewed, connection, loader, options) : lineage_of_value(*viewed, connection, options);
    record_access(connection, asking, !text.empty());
    if (text.empty()) throw Error(ErrorKind::usage, not_found_answer(of_row ? asking.asked_for : options.first));
    fmt::print("{}{}", unfinished, text);
    return ExitCode::done;
}

}  // namespace caseweave
