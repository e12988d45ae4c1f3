#include "app/people_files/people_file_reader.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "app/people_files/people_file_survey.hpp"
#include "core/error.hpp"
#include "core/shutdown.hpp"
#include "extract/registry.hpp"

namespace caseweave {

namespace {

std::unique_ptr<Connector> connect_file(std::shared_ptr<const ConnectorDefinition> definition,
                                        const std::filesystem::path& file) {
    Registry registry;
    register_transports_and_formats(registry);
    const TransportContext context{
        *definition,
        TomlTable::parse("folder = " + quote_toml(file.string()) + "\nmanifest = \"\"\n", file.filename().string()),
        [](std::string_view) { return std::string(); }};
    return registry.connect(std::move(definition), context);
}

NormaliseOptions file_options() {
    NormaliseOptions options;
    // A file for trying things out is full of them, and one that a real file holds is nobody else's either.
    options.identifiers.accept_test_numbers = true;
    options.keep_extras = false;
    return options;
}

}  // namespace

std::filesystem::path find_people_file(const std::filesystem::path& named) {
    const auto refuse = [&](const std::string& why) {
        throw Error(ErrorKind::usage, fmt::format("cannot read {}: {}", named.string(), why));
    };
    std::error_code failure;
    const std::filesystem::path file = std::filesystem::canonical(named, failure);
    if (failure) refuse(failure.message());
    if (!std::filesystem::is_regular_file(file)) refuse("it is not a regular file");
    if (::access(file.c_str(), R_OK) != 0) refuse(std::strerror(errno));
    return file;
}

std::vector<std::string> read_people_header(const std::filesystem::path& file, const PeopleFileForm& form) {
    return PeopleFileRows(file, {}, form, {}, {}).shape().columns;
}

PeopleFileRows::PeopleFileRows(const std::filesystem::path& file, const PeopleColumns& columns,
                               const PeopleFileForm& form, std::span<const std::string_view> prefixes,
                               const ColumnHabits& habits)
    : definition_(
          std::make_shared<const ConnectorDefinition>(define_people_file(columns, file, form, prefixes, habits))),
      connector_(connect_file(definition_, file)),
      source_(connector_->open(definition_->entities.front(), "")),
      shape_(source_->shape()),
      nulls_(definition_->null_texts) {}

bool PeopleFileRows::next(RecordBatch& batch) {
    if (shutdown_requested()) throw_stopped();
    batch = RecordBatch(shape_);
    return source_->next(batch);
}

PeopleFileReader::PeopleFileReader(const CanonicalSchema& schema, const std::filesystem::path& file,
                                   const PeopleColumns& columns, const PeopleFileForm& form,
                                   std::span<const std::string_view> prefixes)
    : habits_(survey_columns(file, columns, form, prefixes)),
      rows_(file, columns, form, prefixes, habits_),
      normaliser_(schema, rows_.definition(), rows_.definition().entities.front(), file_options()) {}

bool PeopleFileReader::next(CanonicalBatch& batch) {
    RecordBatch read;
    if (!rows_.next(read)) return false;
    batch = normaliser_.normalise(std::move(read));
    return true;
}

}  // namespace caseweave
