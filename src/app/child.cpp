#include <fmt/core.h>

#include "app/child_record.hpp"
#include "app/commands.hpp"
#include "app/viewer.hpp"

namespace caseweave {

ExitCode run_child(const ViewOptions& options) {
    const StateFolder state(options.state);
    const auto viewed = open_for_viewing(state);
    Asking asking{options.role, options.purpose, "child", options.first};
    TargetConnection connection = connect_as(viewed->target, asking);
    const std::int64_t person = find_person(connection, options.first);
    const std::string text =
        person == 0 ? std::string() : describe_person(record_now(connection), viewed->canonical, viewed->schema, person);
    record_access(connection, asking, !text.empty());
    if (text.empty()) throw Error(ErrorKind::usage, not_found_answer(options.first));
    fmt::print("{}", text);
    return ExitCode::done;
}

}  // namespace caseweave
