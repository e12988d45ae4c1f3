#pragma once

#include <map>
#include <string>
#include <vector>

#include "canonical/canonical_batch.hpp"
#include "canonical/copy_encoding.hpp"
#include "canonical/row_digest.hpp"
#include "core/ids.hpp"

namespace caseweave {

/// Digests canonical rows as the loader does, without loading them. One thread.
class RowDigester {
  public:
    /// Whose row it is and who may see it stays out of the digest.
    Digest128 digest(const std::string& system, const std::string& source_entity, const CanonicalRow& row);
    /// Encodes the row too, for the table's COPY: nobody's, of run 0. @param rows takes it.
    Digest128 encode(const std::string& system, const std::string& source_entity, const CanonicalRow& row,
                     CopyBuffer& rows);

  private:
    std::map<TallyKey, RowEncoder> encoders_;
    CopyBuffer buffer_;
    std::vector<PersonId> references_;
};

}  // namespace caseweave
