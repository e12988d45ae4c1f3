#include "app/people_files/link_mode.hpp"

#include "core/error.hpp"
#include "core/threads.hpp"

namespace caseweave {

LinkMode mode_of(const PeopleFilesOptions& options) {
    if (options.mode == "link" && options.files.size() < 2)
        throw Error(ErrorKind::usage, "--mode link compares files with one another and needs two at least");
    if (options.mode == "link") return LinkMode::link;
    if (options.mode == "both") return LinkMode::both;
    if (options.mode == "dedupe") return LinkMode::dedupe;
    return options.files.size() == 1 ? LinkMode::dedupe : LinkMode::both;
}

PeopleFilesRequest request_of(const PeopleFilesOptions& options, LinkMode mode) {
    PeopleFilesRequest request;
    request.files = options.files;
    request.columns = parse_people_columns(options.columns);
    request.form = {options.separator, options.encoding};
    request.as_one_source = mode == LinkMode::dedupe;
    request.read_ahead = threads_to_use(options.threads) > 1;
    return request;
}

}  // namespace caseweave
