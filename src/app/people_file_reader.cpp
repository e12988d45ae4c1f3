#include "app/people_file_reader.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.hpp"
#include "extract/registry.hpp"
#include "pipeline/shutdown.hpp"

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
    const std::string_view no_prefix;
    const auto definition =
        std::make_shared<const ConnectorDefinition>(define_people_file({}, file, form, {&no_prefix, 1}));
    const auto connector = connect_file(definition, file);
    return connector->open(definition->entities.front(), "")->shape()->columns;
}

PeopleFileReader::PeopleFileReader(const CanonicalSchema& schema, const std::filesystem::path& file,
                                   const PeopleColumns& columns, const PeopleFileForm& form,
                                   std::span<const std::string_view> prefixes)
    : definition_(std::make_shared<const ConnectorDefinition>(define_people_file(columns, file, form, prefixes))),
      connector_(connect_file(definition_, file)),
      source_(connector_->open(definition_->entities.front(), "")),
      shape_(source_->shape()),
      normaliser_(schema, *definition_, definition_->entities.front(), file_options()),
      dates_(compile_date_forms(definition_->dates)) {}

bool PeopleFileReader::next(CanonicalBatch& batch) {
    if (shutdown_requested()) throw_stopped();
    RecordBatch read(shape_);
    if (!source_->next(read)) return false;
    batch = normaliser_.normalise(std::move(read));
    return true;
}

}  // namespace caseweave
