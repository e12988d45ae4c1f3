#include <fmt/core.h>

#include "app/books/run_books.hpp"
#include "app/commands.hpp"
#include "app/job/viewer.hpp"
#include "app/record/child_record.hpp"
#include "app/record/record_as_of.hpp"

namespace caseweave {

namespace {

/// Writes the record as it stood; "" where there was none that the asker may see by today's rules.
std::string describe_as_of(const ViewedTarget& viewed, TargetConnection& loader, const ChildOptions& options,
                           const AsOf& as_of) {
    const std::int64_t person = find_person_as_of(loader, options.first, as_of);
    if (person == 0) return {};
    const std::string text =
        describe_person(record_as_of(loader, viewed.schema, person, as_of), viewed.canonical, viewed.schema, person);
    if (text.empty()) return text;
    const std::string heading = options.as_of.find('T') == std::string::npos ? "the end of " : "";
    return fmt::format("As of {}{}, by the runs named; who may see it is decided by today's rules\n{}{}", heading,
                       options.as_of, retired_since(loader, person, as_of), text);
}

ExitCode show_as_of(const ViewedTarget& viewed, const ChildOptions& options) {
    if (!sees_all_areas(options.role)) {
        throw Error(ErrorKind::usage,
                    "--as-of is for roles that look across service areas: --as data_quality, restricted or sealed");
    }
    const Asking asking{options.role, options.purpose, "child", options.first + " as of " + options.as_of};
    TargetConnection connection = connect_as(viewed.target, asking);
    TargetConnection loader = viewed.target.connect();
    const AsOf as_of{read_instant(loader, options.as_of), clearance_of(options.role)};
    const std::string text = describe_as_of(viewed, loader, options, as_of);
    record_access(connection, asking, !text.empty());
    if (text.empty()) throw Error(ErrorKind::usage, not_found_answer(asking.asked_for));
    fmt::print("{}", text);
    return ExitCode::done;
}

}  // namespace

ExitCode run_child(const ChildOptions& options) {
    const auto state = StateFolder::of_earlier_run(options.state);
    const auto viewed = open_for_viewing(state);
    if (!options.as_of.empty()) return show_as_of(*viewed, options);
    Asking asking{options.role, options.purpose, "child", options.first};
    TargetConnection connection = connect_as(viewed->target, asking);
    TargetConnection loader = viewed->target.connect();
    const std::string unfinished = warn_of_unfinished_run(loader);
    const std::int64_t person = find_person(connection, options.first);
    const std::string text = person == 0
                                 ? std::string()
                                 : describe_person(record_now(connection), viewed->canonical, viewed->schema, person);
    record_access(connection, asking, !text.empty());
    if (text.empty()) throw Error(ErrorKind::usage, not_found_answer(options.first));
    fmt::print("{}{}", unfinished, text);
    return ExitCode::done;
}

}  // namespace caseweave
