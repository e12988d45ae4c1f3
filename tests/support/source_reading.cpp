#include "support/source_reading.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "core/error.hpp"

namespace caseweave::testing {

namespace {

class MemoryDocument final : public ByteStream {
  public:
    MemoryDocument(const std::pair<std::string, std::string>& document, std::string path,
                   std::optional<std::uint64_t> stated_rows = std::nullopt)
        : document_(&document), path_(std::move(path)), stated_rows_(stated_rows) {}
    std::size_t read(std::span<char> buffer) override {
        // Odd pieces, so that every boundary falls somewhere inside a record.
        const std::size_t size = std::min({buffer.size(), document_->second.size() - at_, std::size_t{8191}});
        if (size > 0) std::memcpy(buffer.data(), document_->second.data() + at_, size);
        at_ += size;
        return size;
    }
    const std::string& name() const override { return document_->first; }
    std::string path() const override { return path_; }
    std::optional<std::uint64_t> stated_rows() const override { return stated_rows_; }

  private:
    const std::pair<std::string, std::string>* document_;
    std::string path_;
    std::optional<std::uint64_t> stated_rows_;
    std::size_t at_ = 0;
};

std::string shown(const FieldView& field) {
    return field.has_value() ? std::string(field.text()) : "<" + std::string(to_string(field.missing())) + ">";
}

}  // namespace

MemoryDocuments::MemoryDocuments(const Documents& documents, std::string_view checkpoint, std::string folder)
    : documents_(&documents),
      folder_(std::move(folder)),
      at_(checkpoint.empty() ? 0 : std::stoul(std::string(checkpoint))) {}

std::unique_ptr<ByteStream> MemoryDocuments::next() {
    if (at_ >= documents_->size()) return nullptr;
    const auto& document = (*documents_)[at_++];
    return std::make_unique<MemoryDocument>(document, folder_.empty() ? "" : folder_ + "/" + document.first);
}

ReadRows read_all(Source& source) {
    ReadRows read;
    RecordBatch batch;
    for (;;) {
        const bool more = source.next(batch);
        EXPECT_EQ(more, batch.rows_read() > 0);
        if (!more) break;
        read.batches.push_back({read.rows.size(), read.rejects.size(), batch.checkpoint});
        read.columns = batch.shape().columns;
        for (std::size_t i = 0; i < batch.rows(); ++i) {
            std::vector<std::string> row;
            for (std::size_t column = 0; column < batch.columns(); ++column) {
                // An extra that a row does not have is nothing: which ones a shape holds depends on where reading
                // began.
                const FieldView& field = batch.row(i)[column];
                if (column < batch.shape().declared || field.missing() != Missing::absent) row.push_back(shown(field));
            }
            read.rows.push_back(std::move(row));
            read.positions.push_back(batch.position(i));
            read.documents.emplace_back(batch.document(i));
        }
        for (const Reject& reject : batch.rejects()) read.rejects.push_back(reject);
    }
    return read;
}

EntityDefinition make_entity(std::string name, std::vector<std::string> columns, std::vector<std::string> paths) {
    EntityDefinition entity;
    entity.name = std::move(name);
    entity.resource = "*";
    entity.columns = std::move(columns);
    entity.column_paths = std::move(paths);
    entity.key = {entity.columns.front()};
    return entity;
}

ConnectorDefinition make_connector(const EntityDefinition& entity, const std::string& format_settings) {
    ConnectorDefinition connector;
    connector.folder = "connectors/example";
    connector.name = "example";
    connector.format_settings = TomlTable::parse(format_settings, "connector.toml");
    connector.entities = {entity};
    return connector;
}

ReadRows read_documents(const Format& format, const EntityDefinition& entity, const ConnectorDefinition& connector,
                        const MemoryDocuments::Documents& documents, std::string_view checkpoint,
                        const std::string& folder) {
    const auto source = format.open(
        entity, connector,
        std::make_unique<MemoryDocuments>(documents, checkpoint.substr(0, checkpoint.find('\n')), folder), checkpoint);
    return read_all(*source);
}

std::optional<std::uint64_t> count_rows(const Format& format, const ConnectorDefinition& connector,
                                        const std::string& text, std::optional<std::uint64_t> stated,
                                        const std::string& path) {
    const std::pair<std::string, std::string> named{"document", text};
    MemoryDocument document(named, path, stated);
    DocumentReaders readers;
    for (const EntityDefinition& entity : connector.entities) readers.push_back(&entity);
    return format.verify(readers, connector, document);
}

void expect_resumes_everywhere(const std::function<std::unique_ptr<Source>(std::string_view)>& open) {
    const ReadRows whole = read_all(*open({}));
    ASSERT_GT(whole.batches.size(), 2U) << "too few rows to say anything about resuming";
    for (std::size_t i = 0; i < whole.batches.size(); ++i) {
        const ReadRows rest = read_all(*open(whole.batches[i].checkpoint));
        const bool last = i + 1 == whole.batches.size();
        const std::size_t rows_before = last ? whole.rows.size() : whole.batches[i + 1].rows_before;
        const std::size_t rejects_before = last ? whole.rejects.size() : whole.batches[i + 1].rejects_before;
        ASSERT_EQ(rest.rows.size(), whole.rows.size() - rows_before) << "after batch " << i;
        ASSERT_EQ(rest.rejects.size(), whole.rejects.size() - rejects_before) << "after batch " << i;
        for (std::size_t row = 0; row < rest.rows.size(); ++row) {
            ASSERT_EQ(rest.rows[row], whole.rows[rows_before + row]) << "after batch " << i << ", row " << row;
            ASSERT_EQ(rest.positions[row].line, whole.positions[rows_before + row].line);
        }
        for (std::size_t reject = 0; reject < rest.rejects.size(); ++reject) {
            const Reject& expected = whole.rejects[rejects_before + reject];
            ASSERT_EQ(rest.rejects[reject].position.line, expected.position.line);
            ASSERT_EQ(rest.rejects[reject].raw, expected.raw);
            ASSERT_EQ(rest.rejects[reject].reason, expected.reason);
        }
    }
}

std::string error_of(const std::function<void()>& run) {
    try {
        run();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

}  // namespace caseweave::testing
