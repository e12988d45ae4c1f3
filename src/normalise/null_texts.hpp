#pragma once

#include <bitset>
#include <string>
#include <vector>

#include "core/field_view.hpp"

namespace caseweave {

/// Knows the texts by which a source says NULL, and gives its values as mappings see them.
class NullTexts {
  public:
    explicit NullTexts(std::vector<std::string> texts);

    /// Trims a value; one that is nothing but blanks is Missing::empty, a null text Missing::null.
    FieldView value_of(const FieldView& field) const noexcept;

  private:
    std::vector<std::string> texts_;
    std::bitset<256> starts_;  // first bytes of texts_: most values need no comparison
};

}  // namespace caseweave
