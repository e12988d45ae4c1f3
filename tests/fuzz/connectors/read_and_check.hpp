#pragma once

#include <cstdlib>
#include <string>

#include "core/error.hpp"
#include "support/source_reading.hpp"
#include "text/utf8.hpp"

namespace caseweave {

/// Reads one document through a format and holds what comes out against what every stage behind it relies on: values
/// are UTF-8 without NUL, and rows are as wide as their shape. An Error is a proper answer; anything else is a finding.
inline void read_and_check(const Format& format, const EntityDefinition& entity, const ConnectorDefinition& connector,
                           const testing::MemoryDocuments::Documents& documents, const std::string& folder = {}) {
    try {
        const auto source =
            format.open(entity, connector, std::make_unique<testing::MemoryDocuments>(documents, "", folder), "");
        RecordBatch batch;
        while (source->next(batch)) {
            if (batch.shape().columns.size() < entity.columns.size()) std::abort();
            for (std::size_t row = 0; row < batch.rows(); ++row) {
                for (const FieldView& field : batch.row(row)) {
                    if (!field.has_value()) continue;
                    if (!text::is_valid_utf8(field.text()) || field.text().find('\0') != std::string_view::npos)
                        std::abort();
                }
            }
            if (batch.checkpoint.empty()) std::abort();
        }
    } catch (const Error&) {
        return;
    }
}

}  // namespace caseweave
