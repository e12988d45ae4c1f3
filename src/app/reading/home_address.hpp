#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "canonical/canonical_batch.hpp"

namespace caseweave {

/// Holds what one row says of where a person lives, so that two rows can be asked whether they may mean one home.
///
/// Its house is told by the words of the house's number or name; where the source does not give those apart, by the
/// words of its text that have a digit. Words are folded as linkage folds them.
class HomeAddress {
  public:
    /// Texts may be empty. @param text the address in one line.
    HomeAddress(std::string_view postcode, std::string_view uprn, std::string_view house_number,
                std::string_view street, std::string_view text);
    /// Takes a row of person_address.
    explicit HomeAddress(const CanonicalRow& row);

    const std::string& postcode() const noexcept { return postcode_; }
    const std::string& uprn() const noexcept { return uprn_; }
    /// House and street in one folded line ("17 chestnut lane"); "" where it does not give both.
    const std::string& line() const noexcept { return line_; }

    /// Tells whether house and street are a line that `is_line` knows, or its text begins with one, whole words.
    bool begins_with_line(const std::function<bool(std::string_view)>& is_line) const;

    /// Tells whether two addresses of one postcode may be one home: the house of the one is in what the other says.
    /// Where one of them tells no house they cannot be told apart, unless by two UPRNs.
    friend bool may_be_same_home(const HomeAddress& a, const HomeAddress& b);

    /// Writes its texts as a row of VALUES: postcode, UPRN, house, street, text.
    std::string sql_values() const;

    std::strong_ordering operator<=>(const HomeAddress&) const = default;

  private:
    std::string postcode_, uprn_, house_number_, street_, text_;
    std::string line_;
    std::vector<std::string> house_, words_;  // folded; sorted, each once
};

}  // namespace caseweave
