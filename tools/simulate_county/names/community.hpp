#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulate_county/random.hpp"

namespace simulate {

/// Describes how one language community names its children. Lists are blank-separated ('_' stands for a blank inside a
/// name), the commonest name first; a name's frequency falls with its rank (Zipf, offset so that the first ten hold
/// about a third).
struct Community {
    std::string_view name;
    std::string_view ethnicity;    ///< DfE code
    std::string_view language;     ///< code of schemas/canonical/codes/language.csv
    std::string_view nationality;  ///< of the share that is not British
    std::string_view religion;
    double share;    ///< of the county's families
    double british;  ///< share of its children with British nationality
    std::string_view girls;
    std::string_view boys;
    std::string_view families;
    /// How the family name passes on.
    enum class Rule : std::uint8_t {
        inherited,
        gendered,        ///< Slavic, Lithuanian: the daughter's form differs
        sikh,            ///< Singh and Kaur beside or instead of the family name
        father_given,    ///< the father's forename is the family name (Tamil, Eritrean, Somali)
        double_surname,  ///< father's and mother's surnames (Spanish, Portuguese)
    } rule = Rule::inherited;
    bool family_first = false;  ///< systems often keep the family name first
};

/// Lists the communities; shares need not add up to 1.
std::span<const Community> communities();

/// A community's lists cut into names with their weights.
class NameStock {
  public:
    explicit NameStock(std::string_view list, double zipf_offset = 4.0);
    const std::string& draw(Random& random) const;
    const std::vector<std::string>& names() const { return names_; }

  private:
    std::vector<std::string> names_;
    std::vector<double> cumulated_;
};

/// Draws names for people of every community. Immutable; share it freely.
class NameBook {
  public:
    NameBook();

    std::size_t draw_community(Random& random) const;
    std::string draw_given(std::size_t community, char sex, Random& random) const;
    /// Draws "" or one or two middle names, as the community does.
    std::string draw_middle(std::size_t community, char sex, Random& random) const;
    std::string draw_family(std::size_t community, Random& random) const;
    /// Gives the form of a family name that a person of that sex bears (Kowalski, Kowalska).
    std::string family_for(std::size_t community, std::string_view family, char sex) const;

  private:
    struct Stock {
        NameStock girls, boys, families;
    };
    std::vector<Stock> stocks_;
    NameStock english_middle_girls_;
    NameStock english_middle_boys_;
    std::vector<double> shares_;
};

}  // namespace simulate
