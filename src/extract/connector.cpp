#include "extract/connector.hpp"

#include <algorithm>
#include <map>

#include "core/error.hpp"

namespace caseweave {

std::unique_ptr<Source> Transport::open_rows(const EntityDefinition& entity, std::string_view) {
    throw Error(ErrorKind::source, "entity " + entity.name + ": this transport yields documents, not rows");
}

std::unique_ptr<DocumentSequence> Transport::open_documents(const EntityDefinition& entity, std::string_view) {
    throw Error(ErrorKind::source, "entity " + entity.name + ": this transport yields rows, not documents");
}

namespace {

void check_stated_rows(const ByteStream& document, std::optional<std::uint64_t> found) {
    const std::optional<std::uint64_t> stated = document.stated_rows();
    if (!stated || found == stated) return;
    const std::string where = document.path().empty() ? document.name() : document.path();
    throw Error(ErrorKind::integrity, where + " holds " + (found ? std::to_string(*found) : "an unknown number of") +
                                          " rows and its manifest states " + std::to_string(*stated) +
                                          ": rows were lost or added on the way; nothing was loaded, have the file and "
                                          "its manifest exported and sent again");
}

}  // namespace

Connector::Connector(std::shared_ptr<const ConnectorDefinition> definition, std::unique_ptr<Transport> transport,
                     std::unique_ptr<Format> format)
    : definition_(std::move(definition)), transport_(std::move(transport)), format_(std::move(format)) {}

std::vector<CheckFinding> Connector::check(LookInto look) {
    transport_->check_reachable();
    std::vector<CheckFinding> findings = transport_->findings();
    for (const EntityDefinition& entity : definition_->entities) {
        const auto source = open(entity, "");
        const bool looks = look == LookInto::records && transport_->may_look_into_records();
        if (!source->names_columns_first() && looks) {
            // As far as it takes to meet every column that must be there: the first records do, as a rule.
            for (RecordBatch batch; source->next(batch) && !source->has_met_columns();) {
            }
        }
        const auto shape = source->shape();
        for (std::size_t i = shape->declared; i < shape->columns.size(); ++i) {
            const std::string& column = shape->columns[i];
            if (std::find(entity.ignored.begin(), entity.ignored.end(), column) != entity.ignored.end()) continue;
            findings.push_back({CheckFinding::Level::warning,
                                "entity " + entity.name + " has a column no mapping names: " + column +
                                    " (kept in extras; map it or list it under ignored)",
                                true});
        }
        const bool seen = source->names_columns_first() || looks;
        findings.push_back({CheckFinding::Level::ok,
                            "entity " + entity.name + ": " + std::to_string(shape->declared) +
                                (seen ? " declared columns found" : " declared columns, which its records name"),
                            seen});
    }
    return findings;
}

void Connector::verify() {
    transport_->verify(definition_->entities);
    if (!format_ || !transport_->may_look_into_records()) return;
    std::map<std::string, DocumentReaders> readers;  // by document: one look does for all of them
    for (const EntityDefinition& entity : definition_->entities) {
        const auto documents = transport_->open_documents(entity, "");
        while (const auto document = documents->next()) readers[document->name()].push_back(&entity);
    }
    for (const EntityDefinition& entity : definition_->entities) {
        const auto documents = transport_->open_documents(entity, "");
        while (const auto document = documents->next()) {
            const DocumentReaders& all = readers[document->name()];
            if (all.front() == &entity) check_stated_rows(*document, format_->verify(all, *definition_, *document));
        }
    }
}

std::unique_ptr<Source> Connector::open(const EntityDefinition& entity, std::string_view checkpoint) {
    if (!format_) return transport_->open_rows(entity, checkpoint);
    // A format's checkpoint is "<document checkpoint>\n<row within>"; the sequence starts at the document.
    const std::string_view document_checkpoint = checkpoint.substr(0, checkpoint.find('\n'));
    return format_->open(entity, *definition_, transport_->open_documents(entity, document_checkpoint), checkpoint);
}

}  // namespace caseweave
