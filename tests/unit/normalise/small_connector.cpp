#include "small_connector.hpp"

#include <stdlib.h>

#include <fstream>
#include <stdexcept>

namespace caseweave::test {

namespace {

void write_file(const std::filesystem::path& file, std::string_view content) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
}

}  // namespace

const CanonicalSchema& canonical_schema() {
    static const CanonicalSchema loaded = CanonicalSchema::load(CASEWEAVE_SOURCE_DIR "/schemas/canonical");
    return loaded;
}

SmallConnector::SmallConnector(std::string_view entity, const std::vector<std::pair<std::string, std::string>>& codes) {
    std::string name = (std::filesystem::temp_directory_path() / "caseweave-connector-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder for the test");
    folder_ = name;
    write_file(
        folder_ / "connector.toml",
        "name = \"small\"\ntitle = \"A connector for a test\"\nsupplier = \"T\"\nservice_area = \"social_care\"\n"
        "version = \"1\"\ntransport = \"file_drop\"\nformat = \"delimited\"\n"
        "dates = [\"%d/%m/%Y\"]\nnull_texts = [\"NULL\"]\n" +
            std::string(entity));
    for (const auto& [list, content] : codes) write_file(folder_ / "codes" / (list + ".csv"), content);
    definition_ = std::make_unique<ConnectorDefinition>(ConnectorDefinition::load(folder_));
}

SmallConnector::~SmallConnector() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

EntityNormaliser SmallConnector::normaliser(NormaliseOptions options) const {
    return EntityNormaliser(canonical_schema(), *definition_, entity(), options);
}

RecordBatch SmallConnector::rows(const std::vector<std::vector<Cell>>& rows,
                                 const std::vector<std::string>& extra) const {
    auto shape = std::make_shared<RowShape>();
    shape->columns = entity().columns;
    shape->declared = shape->columns.size();
    shape->columns.insert(shape->columns.end(), extra.begin(), extra.end());
    RecordBatch batch(shape);
    const std::uint32_t document = batch.add_document("small.csv");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        batch.begin_row({.document = document, .line = i + 2, .byte = 0});
        for (std::size_t column = 0; column < rows[i].size(); ++column) {
            if (rows[i][column]) {
                batch.set(column, *rows[i][column]);
            } else {
                batch.set_missing(column, Missing::null);
            }
        }
        batch.commit_row();
    }
    return batch;
}

std::string field_of(const CanonicalRow& row, std::string_view field) {
    const int index = row.entity->find(field);
    if (index < 0) throw std::invalid_argument("no such field");
    const Value& value = row.values[index];
    if (!value.has_value()) return "<" + std::string(to_string(value.missing)) + ">";
    switch (row.entity->fields[static_cast<std::size_t>(index)].type) {
        case FieldType::date:
        case FieldType::partial_date:
            return "date " + to_string(value.date) + (value.date.estimated ? " estimated" : "");
        case FieldType::integer:
        case FieldType::boolean:
        case FieldType::decimal:
        case FieldType::timestamp:
            return std::to_string(value.integer);
        default:
            return std::string(value.text);
    }
}

}  // namespace caseweave::test
