#include <fmt/format.h>

#include <ctime>
#include <fstream>
#include <sstream>

#include "app/commands.hpp"
#include "app/people_files/file_model.hpp"
#include "app/people_files/people_files.hpp"
#include "app/writing/output_file.hpp"
#include "core/digest.hpp"
#include "link/model_file.hpp"
#include "link/training.hpp"
#include "settings/places.hpp"

namespace caseweave {

namespace {

std::string digest_of(const std::vector<std::filesystem::path>& files) {
    Digest128 sum;
    for (const auto& file : files) {
        std::ifstream stream(file, std::ios::binary);
        std::stringstream bytes;
        bytes << stream.rdbuf();
        sum += digest_bytes(bytes.view());
    }
    return to_hex(sum);
}

std::string today() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    char text[16];
    std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
    return text;
}

}  // namespace

ExitCode run_train(const LinkFilesOptions& options) {
    PeopleFilesRequest request;
    request.files = options.files;
    request.columns = parse_people_columns(options.columns);
    request.form = {options.separator, options.encoding};
    request.as_one_source = options.files.size() == 1;
    const CanonicalSchema schema = CanonicalSchema::load(home_folder() / "schemas" / "canonical");
    OutputFile output(options.output, options.files);
    Progress progress(options.quiet);

    const PeopleFromFiles people = read_people_files(schema, request, progress);
    LinkFilesOptions training = options;
    training.train = true;
    const LinkageModel start = load_start_model(training, people.store);
    PreparedPeople prepared = prepare_people(training, people.store, start, progress);
    const FileModel trained = choose_file_model(training, start, prepared, progress);
    if (!options.quiet) fmt::print(stderr, "{}", trained.words);
    if (!trained.training->enough)
        throw Error(ErrorKind::usage, "nothing is written: there is no model to be had from these records");
    TrainingOrigin origin;
    origin.date = today();
    origin.start_digest = digest_of({start_model(options)});
    origin.data_digest = digest_of(options.files);
    origin.seed = options.seed;
    output.write(write_model(trained.model.with_name("trained", origin.date), *trained.training, origin));
    output.finish();
    return ExitCode::done;
}

}  // namespace caseweave
