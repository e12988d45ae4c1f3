#include "app/placing/row_digester.hpp"

namespace caseweave {

Digest128 RowDigester::digest(const std::string& system, const std::string& source_entity, const CanonicalRow& row) {
    buffer_.clear();
    return encode(system, source_entity, row, buffer_);
}

Digest128 RowDigester::encode(const std::string& system, const std::string& source_entity, const CanonicalRow& row,
                              CopyBuffer& rows) {
    const TallyKey key{system, source_entity, row.entity->name};
    auto encoder = encoders_.find(key);
    if (encoder == encoders_.end())
        encoder = encoders_.emplace(key, RowEncoder(*row.entity, system, source_entity, 0, RunId{0})).first;
    references_.assign(encoder->second.references(), PersonId{});
    RowPlacement placement;
    placement.references = references_;
    return encoder->second.encode(row, placement, rows);
}

}  // namespace caseweave
