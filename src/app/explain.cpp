#include "link/explain.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "app/child_record.hpp"
#include "app/commands.hpp"
#include "app/stored_people.hpp"
#include "app/viewer.hpp"
#include "core/threads.hpp"

namespace caseweave {

namespace {

struct SourceId {
    std::string system, key;
};

SourceId parse_id(const std::string& id) {
    const std::size_t colon = id.find(':');
    if (colon == id.npos || colon == 0 || colon + 1 == id.size()) {
        throw Error(ErrorKind::usage, "an id for explain is SYSTEM:ID, for instance social_care:10042");
    }
    return {id.substr(0, colon), id.substr(colon + 1)};
}

}  // namespace

ExitCode run_explain(const ViewOptions& options) {
    const SourceId first = parse_id(options.first);
    const SourceId second = parse_id(options.second);
    const StateFolder state(options.state);
    const auto viewed = open_for_viewing(state);
    const Asking asking{options.role, options.purpose, "explain", options.first + " " + options.second};
    TargetConnection connection = connect_as(viewed->target, asking);

    // What the asker may see decides first; what linking knows is asked only about records that both are visible.
    const bool visible = find_person(connection, options.first) != 0 && find_person(connection, options.second) != 0;
    std::string text;
    if (visible) {
        TargetConnection loader = viewed->target.connect();
        const PersonStore store = read_people(loader, viewed->canonical);
        const LinkageModel model = LinkageModel::load(viewed->linkage_model);
        LinkOptions link_options;
        link_options.threads = threads_to_use(0);
        const LinkResult linked = link_people(store, model, link_options);
        const auto explanation =
            Explainer(store, model, linked, link_options).explain(first.system, first.key, second.system, second.key);
        if (explanation) text = in_words(*explanation, model);
    }
    record_access(connection, asking, !text.empty());
    if (text.empty()) throw Error(ErrorKind::usage, not_found_answer(options.first + " with " + options.second));
    fmt::print("{}", text);
    return ExitCode::done;
}

}  // namespace caseweave
