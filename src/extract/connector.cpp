#include "extract/connector.hpp"

#include <algorithm>
#include <map>
#include <new>

#include "core/allocator.hpp"
#include "core/error.hpp"

namespace caseweave {

std::unique_ptr<Source> Transport::open_rows(const EntityDefinition& entity, std::string_view) {
    throw Error(ErrorKind::source, "entity " + entity.name + ": this transport yields documents, not rows");
}

std::unique_ptr<DocumentSequence> Transport::open_documents(const EntityDefinition& entity, std::string_view) {
    throw Error(ErrorKind::source, "entity " + entity.name + ": this transport yields rows, not documents");
}

namespace {

/// Says in front of an error's sentence of which system and entity it speaks, unless it begins so already.
std::string told_of(const std::string& system, std::string_view entity, std::string_view sentence) {
    if (sentence.starts_with(system + ", entity ")) return std::string(sentence);
    const std::string prefix = system + ": ";
    if (sentence.starts_with(prefix)) sentence.remove_prefix(prefix.size());
    const bool named = entity.empty() || sentence.find("entity " + std::string(entity)) != std::string_view::npos;
    return system + (named ? "" : ", entity " + std::string(entity)) + ": " + std::string(sentence);
}

/// Does `what`; an Error of the source becomes a SourceError that says of which system and entity it speaks. One of
/// settings names their place.
template <typename What>
auto telling(const std::string& system, std::string_view entity, const What& what) {
    try {
        return what();
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::usage || error.kind() == ErrorKind::interrupted) throw;
        if (memory_has_run_out()) throw std::bad_alloc();  // whatever the driver made of it
        const auto* const told = dynamic_cast<const SourceError*>(&error);
        const std::string of(entity.empty() && told != nullptr ? told->entity() : entity);
        throw SourceError(error.kind(), system, of, told_of(system, of, error.what()));
    }
}

/// Passes a source on; what goes wrong while it is read is told as telling() does.
class ToldSource final : public Source {
  public:
    ToldSource(std::unique_ptr<Source> source, std::string system, std::string entity)
        : source_(std::move(source)), system_(std::move(system)), entity_(std::move(entity)) {}
    std::shared_ptr<const RowShape> shape() const override { return source_->shape(); }
    bool names_columns_first() const override { return source_->names_columns_first(); }
    bool has_met_columns() const override { return source_->has_met_columns(); }
    bool next(RecordBatch& batch) override {
        return telling(system_, entity_, [&] { return source_->next(batch); });
    }

  private:
    std::unique_ptr<Source> source_;
    std::string system_, entity_;
};

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

std::optional<std::string> Connector::delivery_digest() {
    return telling(definition_->name, {}, [&] { return transport_->delivery_digest(); });
}

std::vector<CheckFinding> Connector::check(LookInto look) {
    return telling(definition_->name, {}, [&] { return find(look); });
}

std::vector<CheckFinding> Connector::find(LookInto look) {
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
    telling(definition_->name, {}, [&] { verify_documents(); });
}

void Connector::verify_documents() {
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
            if (all.front() != &entity) continue;
            telling(definition_->name, all.size() == 1 ? entity.name : std::string(),
                    [&] { check_stated_rows(*document, format_->verify(all, *definition_, *document)); });
        }
    }
}

std::unique_ptr<Source> Connector::open(const EntityDefinition& entity, std::string_view checkpoint) {
    return telling(definition_->name, entity.name, [&]() -> std::unique_ptr<Source> {
        return std::make_unique<ToldSource>(open_source(entity, checkpoint), definition_->name, entity.name);
    });
}

std::unique_ptr<Source> Connector::open_source(const EntityDefinition& entity, std::string_view checkpoint) {
    if (!format_) return transport_->open_rows(entity, checkpoint);
    // A format's checkpoint is "<document checkpoint>\n<row within>"; the sequence starts at the document.
    const std::string_view document_checkpoint = checkpoint.substr(0, checkpoint.find('\n'));
    return format_->open(entity, *definition_, transport_->open_documents(entity, document_checkpoint), checkpoint);
}

}  // namespace caseweave
