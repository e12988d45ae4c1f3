#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "extract/source.hpp"
#include "extract/transport.hpp"

namespace caseweave::testing {

/// Documents in memory, in order; the checkpoint is the number of the next one.
class MemoryDocuments final : public DocumentSequence {
  public:
    using Documents = std::vector<std::pair<std::string, std::string>>;  // name, bytes
    /// `documents` must outlive the sequence. `path` is the folder they also lie in, for formats that need files.
    MemoryDocuments(const Documents& documents, std::string_view checkpoint, std::string folder = {});
    std::unique_ptr<ByteStream> next() override;
    std::string checkpoint() const override { return at_ == 0 ? "" : std::to_string(at_); }

  private:
    const Documents* documents_;
    std::string folder_;
    std::size_t at_ = 0;
};

/// Everything a source gave, as text: a value, or why it is missing in angle brackets; extras a row lacks are left out.
struct ReadRows {
    struct Batch {
        std::size_t rows_before = 0, rejects_before = 0;  ///< read before this batch
        std::string checkpoint;
    };
    std::vector<std::string> columns;  ///< of the last shape
    std::vector<std::vector<std::string>> rows;
    std::vector<Position> positions;
    std::vector<std::string> documents;  ///< of each row
    std::vector<Reject> rejects;
    std::vector<Batch> batches;
};
ReadRows read_all(Source& source);

/// Makes an entity whose columns stand at `paths` (xml, json), or bare columns where it is empty.
EntityDefinition make_entity(std::string name, std::vector<std::string> columns, std::vector<std::string> paths = {});
/// Makes a connector of one entity with [format_settings] in TOML.
ConnectorDefinition make_connector(const EntityDefinition& entity, const std::string& format_settings = {});

/// Reads documents in memory through a format.
ReadRows read_documents(const Format& format, const EntityDefinition& entity, const ConnectorDefinition& connector,
                        const MemoryDocuments::Documents& documents, std::string_view checkpoint = {},
                        const std::string& folder = {});

/// Verifies a document in memory as a delivery that states `stated` rows. @return the rows the format counts.
std::optional<std::uint64_t> count_rows(const Format& format, const ConnectorDefinition& connector,
                                        const std::string& text, std::optional<std::uint64_t> stated = 0,
                                        const std::string& path = {});

/// Checks that a source opened from each checkpoint gives exactly what the uninterrupted one gave after it.
void expect_resumes_everywhere(const std::function<std::unique_ptr<Source>(std::string_view checkpoint)>& open);

/// Runs something that should throw an Error. @return what it says; "" where it does not throw.
std::string error_of(const std::function<void()>& run);

}  // namespace caseweave::testing
